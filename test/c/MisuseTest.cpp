// What C code gets wrong: null handles, sizes of structs, buffers, ids, numbers, objects that do not belong together.
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <vector>

#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

struct Objects {
  Objects() : graph(graphOfText("in x; const w:f32[2] = 1 2; y = MatMul(x, w); out y", 17)) {
    handle = const_cast<precast_graph*>(c::handleOf<precast_graph>(graph));
    REQUIRE(precast_compile(handle, nullptr, result.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_target_builtin("onnx", target.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "y", nullptr) == PRECAST_OK);
    REQUIRE(precast_pipeline_create(pipeline.out(), nullptr) == PRECAST_OK);
    plan = precast_result_plan(result);
  }
  Graph graph;
  precast_graph* handle = nullptr;
  const precast_plan* plan = nullptr;
  CResult result;
  CTarget target;
  CPolicy policy;
  CPipeline pipeline;
};

struct Call {
  const char* message;  // what the error says
  std::function<precast_status(Objects&, precast_error**)> run;
};

void checkRefused(const std::vector<Call>& calls) {
  Objects objects;
  const std::string before = test::textOf(objects.graph);
  for (const Call& call : calls) {
    CError error;
    INFO(call.message);
    CHECK(call.run(objects, error.out()) == PRECAST_INVALID_ARGUMENT);
    CHECK(error.code() == PRECAST_INVALID_ARGUMENT);
    CHECK(error.message() == call.message);
    CHECK(call.run(objects, nullptr) == PRECAST_INVALID_ARGUMENT);
  }
  CHECK(test::textOf(objects.graph) == before);
}

std::uint32_t id;
std::size_t size;

// Asks a policy for an entry.
template <typename Entry>
auto entryOf(precast_status (*get)(const precast_policy*, size_t, Entry*, precast_error**), Entry init, bool ofNull) {
  return [=](Objects& o, precast_error** e) {
    Entry entry = init;
    return get(ofNull ? nullptr : o.policy.get(), 1, &entry, e);
  };
}

}  // namespace

TEST_CASE("a null where an object is needed is an error that names it") {
  checkRefused({
      {"graph is null", [](Objects&, auto e) { return precast_graph_create(nullptr, e); }},
      {"graph is null", [](Objects&, auto e) { return precast_graph_verify(nullptr, e); }},
      {"graph is null", [](Objects&, auto e) { return precast_graph_add_input(nullptr, 0, e); }},
      {"graph is null",
       [](Objects&, auto e) { return precast_graph_add_node(nullptr, 0, "n", nullptr, 0, nullptr, 0, 0, &id, e); }},
      {"inputs is null",
       [](Objects& o, auto e) { return precast_graph_add_node(o.handle, 0, "n", nullptr, 2, nullptr, 0, 0, &id, e); }},
      {"graph is null", [](Objects&, auto e) { return precast_graph_op_inputs(nullptr, 0, nullptr, 0, &size, e); }},
      {"word is null",
       [](Objects&, auto e) {
         precast_guard g = 0;
         return precast_guard_parse(nullptr, &g, e);
       }},
      {"guard is null", [](Objects&, auto e) { return precast_guard_parse("keep", nullptr, e); }},
      {"mode is null", [](Objects&, auto e) { return precast_impl_mode_parse("keep_fp16", nullptr, e); }},
      {"op is null", [](Objects& o, auto e) { return precast_graph_add_op(o.handle, nullptr, &id, e); }},
      {"dims is null",
       [](Objects& o, auto e) { return precast_graph_add_value(o.handle, "v", 1, nullptr, 2, 0, &id, e); }},
      {"value is null",
       [](Objects& o, auto e) { return precast_graph_add_value(o.handle, "v", 1, nullptr, -1, 0, nullptr, e); }},
      {"data is null but has 8 bytes",
       [](Objects& o, auto e) { return precast_graph_set_constant(o.handle, 1, 1, nullptr, 8, e); }},
      {"result is null", [](Objects& o, auto e) { return precast_compile(o.handle, nullptr, nullptr, e); }},
      {"graph is null", [](Objects& o, auto e) { return precast_compile(nullptr, nullptr, o.result.out(), e); }},
      {"plan is null",
       [](Objects& o, auto e) {
         precast_decision d = PRECAST_DECISION_INIT;
         return precast_plan_decision(o.handle, nullptr, 0, &d, e);
       }},
      {"the struct to fill is null",
       [](Objects& o, auto e) { return precast_graph_get_node(o.handle, 0, nullptr, e); }},
      {"the buffer is null",
       [](Objects& o, auto e) { return precast_graph_node_inputs(o.handle, 0, nullptr, 9, &size, e); }},
      {"name is null",
       [](Objects&, auto e) {
         CTarget t;
         return precast_target_builtin(nullptr, t.out(), e);
       }},
      {"path is null",
       [](Objects&, auto e) {
         CModel m;
         return precast_onnx_read_file(nullptr, nullptr, m.out(), e);
       }},
      {"data is null",
       [](Objects&, auto e) {
         CModel m;
         return precast_onnx_read(nullptr, 4, nullptr, nullptr, nullptr, m.out(), e);
       }},
      {"model is null",
       [](Objects& o, auto e) { return precast_onnx_write_file(nullptr, o.result, "x", nullptr, nullptr, e); }},
      {"source is null",
       [](Objects& o, auto e) {
         return precast_policy_read_keep_dtype(o.policy, "a", 1, nullptr, nullptr, nullptr, e);
       }},
      {"target is null",
       [](Objects& o, auto e) {
         return precast_policy_read_mixlist(o.policy, "{}", 2, "m", nullptr, nullptr, nullptr, e);
       }},
      {"policy is null", [](Objects&, auto e) { return precast_policy_set_mode(nullptr, 0, e); }},
      {"pattern is null", [](Objects& o, auto e) { return precast_policy_keep_dtype(o.policy, 0, nullptr, e); }},
      {"policy is null", entryOf(precast_policy_get_move_op, precast_move_entry PRECAST_MOVE_ENTRY_INIT, true)},
      {"policy is null", entryOf(precast_policy_get_keep_dtype, precast_keep_entry PRECAST_KEEP_ENTRY_INIT, true)},
      {"policy is null",
       entryOf(precast_policy_get_customize_dtypes, precast_custom_entry PRECAST_CUSTOM_ENTRY_INIT, true)},
      {"policy is null",
       entryOf(precast_policy_get_impl_mode, precast_impl_mode_entry PRECAST_IMPL_MODE_ENTRY_INIT, true)},
      {"policy is null",
       entryOf(precast_policy_get_output_type_of, precast_output_type_entry PRECAST_OUTPUT_TYPE_ENTRY_INIT, true)},
      {"policy is null",
       [](Objects&, auto e) { return precast_policy_get_customize_inputs(nullptr, 0, nullptr, 0, &size, e); }},
      {"policy is null",
       [](Objects&, auto e) { return precast_policy_get_customize_outputs(nullptr, 0, nullptr, 0, &size, e); }},
      {"the struct to fill is null",
       [](Objects& o, auto e) { return precast_policy_get_keep_dtype(o.policy, 0, nullptr, e); }},
      {"policy is null",
       [](Objects& o, auto e) {
         precast_guard g = 0;
         return precast_policy_effective_numeric_guard(nullptr, o.target, &g, e);
       }},
      {"target is null",
       [](Objects& o, auto e) {
         precast_guard g = 0;
         return precast_policy_effective_numeric_guard(o.policy, nullptr, &g, e);
       }},
      {"guard is null",
       [](Objects& o, auto e) { return precast_policy_effective_numeric_guard(o.policy, o.target, nullptr, e); }},
      {"policy is null",
       [](Objects&, auto e) {
         CPolicy copy;
         return precast_policy_copy(nullptr, copy.out(), e);
       }},
      {"copy is null", [](Objects& o, auto e) { return precast_policy_copy(o.policy, nullptr, e); }},
      {"pass is null", [](Objects& o, auto e) { return precast_pipeline_add(o.pipeline, nullptr, e); }},
      {"kernel is null",
       [](Objects&, auto e) { return precast_kernel_input_column(nullptr, 0, nullptr, 0, &size, e); }},
      {"mapping is null", [](Objects&, auto e) { return precast_mapping_inputs(nullptr, nullptr, 0, &size, e); }},
      {"src is null",
       [](Objects&, auto e) { return precast_convert_elements(1, nullptr, 10, &size, 1, 0, nullptr, e); }},
      {"context is null",
       [](Objects&, auto e) {
         precast_target_op op = PRECAST_TARGET_OP_INIT;
         return precast_context_target_op(nullptr, &op, e);
       }},
      {"report is null", [](Objects&, auto e) { return precast_report_json(nullptr, appendText, nullptr, e); }},
      {"the callback is null", [](Objects&, auto e) { return precast_list_builtin_targets(nullptr, nullptr, e); }},
  });
}

TEST_CASE("ids and numbers that do not exist are errors") {
  checkRefused({
      {"value 3 is not there: there are 3", [](Objects& o, auto e) { return precast_graph_add_input(o.handle, 3, e); }},
      {"node 1 is not there: there are 1",
       [](Objects& o, auto e) {
         precast_node n = PRECAST_NODE_INIT;
         return precast_graph_get_node(o.handle, 1, &n, e);
       }},
      {"region 7 is not there: there are 1",
       [](Objects& o, auto e) {
         precast_region r = PRECAST_REGION_INIT;
         return precast_graph_get_region(o.handle, 7, &r, e);
       }},
      {"node 4294967295 is not there: there are 1",
       [](Objects& o, auto e) { return precast_plan_explain(o.handle, o.plan, PRECAST_NONE, nullptr, 0, &size, e); }},
      {"constant 1 is not there: there are 1",
       [](Objects& o, auto e) {
         precast_constant k = PRECAST_CONSTANT_INIT;
         return precast_result_constant(o.result, 1, &k, e);
       }},
      {"operator 1 is not there: there are 1",
       [](Objects& o, auto e) {
         precast_op_info k = PRECAST_OP_INFO_INIT;
         return precast_graph_get_op(o.handle, 1, &k, e);
       }},
      {"operator 1 is not there: there are 1",
       [](Objects& o, auto e) { return precast_graph_op_type_vars(o.handle, 1, nullptr, 0, &size, e); }},
      {"attribute number 0 is not there: there are 0",
       [](Objects& o, auto e) {
         precast_attribute_number k = PRECAST_ATTRIBUTE_NUMBER_INIT;
         return precast_graph_get_attribute_number(o.handle, 0, &k, e);
       }},
      {"node 7 is not there: there are 1",
       [](Objects& o, auto e) { return precast_graph_add_attribute_number(o.handle, 7, "high", 1, e); }},
      {"library 1 is not there: there are 1",
       [](Objects& o, auto e) {
         const precast_kernel* k = nullptr;
         return precast_target_kernel_of(o.target, o.handle, 0, 1, &k, e);
       }},
      {"operator 1 is not there: there are 1",
       [](Objects& o, auto e) {
         const precast_kernel* k = nullptr;
         return precast_target_kernel_of(o.target, o.handle, 1, 0, &k, e);
       }},
      {"elements of int8 are not float32, float16 or bfloat16",
       [](Objects&, auto e) { return precast_convert_elements(1, &size, 3, &size, 1, 0, nullptr, e); }},
      {"27 is no dtype",
       [](Objects& o, auto e) { return precast_graph_add_value(o.handle, "v", 27, nullptr, -1, 0, &id, e); }},
      {"-1 is no dtype", [](Objects& o, auto e) { return precast_graph_set_value_dtype(o.handle, 0, -1, e); }},
      {"a rank is -1 (unknown) or more",
       [](Objects& o, auto e) { return precast_graph_set_value_shape(o.handle, 0, nullptr, -2, e); }},
      {"mode is 8, known are 0 to 7", [](Objects& o, auto e) { return precast_policy_set_mode(o.policy, 8, e); }},
      {"list move 1 is not there: there are 0",
       entryOf(precast_policy_get_move_op, precast_move_entry PRECAST_MOVE_ENTRY_INIT, false)},
      {"keep_dtype entry 1 is not there: there are 1",
       entryOf(precast_policy_get_keep_dtype, precast_keep_entry PRECAST_KEEP_ENTRY_INIT, false)},
      {"customize_dtypes entry 1 is not there: there are 0",
       entryOf(precast_policy_get_customize_dtypes, precast_custom_entry PRECAST_CUSTOM_ENTRY_INIT, false)},
      {"implementation mode 1 is not there: there are 0",
       entryOf(precast_policy_get_impl_mode, precast_impl_mode_entry PRECAST_IMPL_MODE_ENTRY_INIT, false)},
      {"output_type entry 1 is not there: there are 0",
       entryOf(precast_policy_get_output_type_of, precast_output_type_entry PRECAST_OUTPUT_TYPE_ENTRY_INIT, false)},
      {"customize_dtypes entry 0 is not there: there are 0",
       [](Objects& o, auto e) { return precast_policy_get_customize_inputs(o.policy, 0, nullptr, 0, &size, e); }},
      {"customize_dtypes entry 0 is not there: there are 0",
       [](Objects& o, auto e) { return precast_policy_get_customize_outputs(o.policy, 0, nullptr, 0, &size, e); }},
      {"guard is -2, known are 0 to 2",
       [](Objects& o, auto e) { return precast_policy_set_numeric_guard(o.policy, -2, e); }},
      {"colour is -1, known are 0 to 2",
       [](Objects& o, auto e) { return precast_policy_move_op(o.policy, "Conv", -1, e); }},
      {"an output needs a dtype", [](Objects& o, auto e) { return precast_policy_output_type(o.policy, 0, e); }},
      {"overflow is 2, known are 0 to 1",
       [](Objects& o, auto e) { return precast_graph_contents(o.handle, 1, 2, nullptr, 0, nullptr, e); }},
      {"value 'x' has neither contents nor a default",
       [](Objects& o, auto e) {
         precast_dtype d = 0;
         const void* p = nullptr;
         return precast_graph_stored_contents(o.handle, 0, &d, &p, &size, e);
       }},
      {"type variable 3 is not there: there are 0",
       [](Objects& o, auto e) {
         const precast_operand_spec spec = {3, 0, 0, 0};
         precast_op op = PRECAST_OP_INIT;
         op.type = "Relu";
         op.has_schema = 1;
         op.inputs = &spec;
         op.input_count = 1;
         return precast_graph_add_op(o.handle, &op, &id, e);
       }},
  });
}

TEST_CASE("a plan is refused with another graph than its own") {
  Objects objects;
  const Graph other = graphOfText("in x; a = Relu(x); y = Relu(a); out y");
  const auto* graph = c::handleOf<precast_graph>(other);
  CError error;
  CHECK(precast_plan_explain(graph, objects.plan, 0, nullptr, 0, &size, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "the plan has 1 nodes: it was made for another graph than this, which has 2");
  precast_report report = PRECAST_REPORT_INIT;
  report.graph = graph;
  report.result = objects.result;
  CHECK(precast_report_json(&report, appendText, nullptr, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "report.result was not compiled from report.graph");
}

TEST_CASE("a struct of the wrong size is an error, one of another version is not") {
  Objects objects;
  // As a later header might declare it.
  struct Newer {
    precast_compile_options known = PRECAST_COMPILE_OPTIONS_INIT;
    std::size_t appended = 0;
  } newer;
  const auto compileWith = [&](std::size_t structSize, precast_error** error = nullptr) {
    newer.known.struct_size = structSize;
    CPlan plan;
    return precast_make_plan(objects.handle, &newer.known, plan.out(), error);
  };
  CHECK(compileWith(sizeof(newer.known)) == PRECAST_OK);
  CHECK(compileWith(sizeof(newer)) == PRECAST_OK);
  newer.appended = 1;
  CError error;
  CHECK(compileWith(sizeof(newer), error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "compile_options: struct_size is " + std::to_string(sizeof(newer)) +
                               ", this library knows " + std::to_string(sizeof(newer.known)) +
                               " bytes; use the _INIT macro");
  for (std::size_t wrong : {std::size_t{0}, std::size_t{8}, sizeof(newer.known) - 1, ~std::size_t{0}}) {
    CHECK(compileWith(wrong) == PRECAST_INVALID_ARGUMENT);
  }

  SECTION("of a struct that is filled, no more than its size is touched") {
    struct {
      precast_node node = PRECAST_NODE_INIT;
      std::uint64_t beyond = 0x1122334455667788;
    } own;
    REQUIRE(precast_graph_get_node(objects.handle, 0, &own.node, nullptr) == PRECAST_OK);
    CHECK(own.beyond == 0x1122334455667788);
    own.node.struct_size = sizeof(own.node) - 1;
    CHECK(precast_graph_get_node(objects.handle, 0, &own.node, nullptr) == PRECAST_INVALID_ARGUMENT);
    own.node.struct_size = 0;
    CHECK(precast_graph_get_node(objects.handle, 0, &own.node, nullptr) == PRECAST_INVALID_ARGUMENT);
  }
}

TEST_CASE("a buffer that is too small stays untouched, and its size is told") {
  Objects objects;
  CError error;
  std::size_t needed = 0;
  CHECK(precast_plan_explain(objects.handle, objects.plan, 0, nullptr, 0, &needed, error.out()) ==
        PRECAST_OUT_OF_RANGE);
  const std::string text = explain(objects.graph, *c::behind(objects.plan), static_cast<NodeId>(0));
  CHECK(needed == text.size());
  for (std::size_t capacity = 0; capacity <= text.size() + 1; ++capacity) {
    std::vector<char> buffer(text.size() + 2, '#');
    const precast_status status =
        precast_plan_explain(objects.handle, objects.plan, 0, buffer.data(), capacity, &needed, nullptr);
    CHECK(needed == text.size());
    if (capacity <= text.size()) {
      CHECK(status == PRECAST_OUT_OF_RANGE);
      CHECK(buffer == std::vector<char>(text.size() + 2, '#'));
    } else {
      CHECK(status == PRECAST_OK);
      CHECK(std::string(buffer.data()) == text);
      CHECK(buffer.back() == '#');
    }
  }
  std::uint32_t ids[2] = {7, 7};
  CHECK(precast_graph_node_inputs(objects.handle, 0, ids, 1, &needed, error.out()) == PRECAST_OUT_OF_RANGE);
  CHECK(error.message() == "the buffer holds 1, the answer has 2");
  CHECK((needed == 2 && ids[0] == 7));
  CHECK(precast_graph_node_inputs(objects.handle, 0, ids, 2, nullptr, nullptr) == PRECAST_OK);
}

TEST_CASE("questions without a status answer a null with nothing, and freeing one is nothing") {
  CHECK(precast_graph_node_count(nullptr) + precast_graph_value_count(nullptr) + precast_graph_op_count(nullptr) == 0);
  CHECK(precast_result_cast_count(nullptr) + precast_written_bytes(nullptr) + precast_model_bytes(nullptr) == 0);
  CHECK((precast_result_graph(nullptr) == nullptr && precast_result_plan(nullptr) == nullptr));
  CHECK((precast_model_graph(nullptr) == nullptr && precast_context_graph(nullptr) == nullptr));
  CHECK((precast_context_node(nullptr) == PRECAST_NONE && precast_context_policy(nullptr) == nullptr));
  CHECK((precast_context_keep_entry(nullptr) == PRECAST_NONE && precast_context_custom_entry(nullptr) == PRECAST_NONE));
  CHECK(precast_context_colour_origin(nullptr).size == 0);
  CHECK(precast_policy_move_op_count(nullptr) + precast_policy_keep_dtype_count(nullptr) +
            precast_policy_customize_dtypes_count(nullptr) + precast_policy_impl_mode_count(nullptr) +
            precast_policy_output_type_of_count(nullptr) + precast_policy_input_fp16_count(nullptr) ==
        0);
  CHECK((precast_policy_get_mode(nullptr) == PRECAST_FORCE_FP16 && precast_policy_get_weight_clip(nullptr) == 1));
  CHECK(precast_policy_get_numeric_guard(nullptr) == PRECAST_GUARD_UNSET);
  CHECK(precast_policy_get_output_type(nullptr) == PRECAST_DTYPE_UNDEFINED);
  CHECK(precast_policy_get_input_fp16(nullptr, 0).size == 0);
  CHECK((precast_target_name(nullptr).size == 0 && precast_target_library_name(nullptr, 0).size == 0));
  CHECK((precast_pipeline_name(nullptr, 0).size == 0 && precast_written_data(nullptr).size == 0));
  CHECK((precast_mode_name(99).size == 0 && precast_reason_name(-1).size == 0 && precast_dtype_name(50).size == 0));
  CHECK((precast_impl_mode_name(PRECAST_IMPL_NONE).size == 0 && precast_dtype_bits(1000) == 0));
  CHECK(precast_dtype_parse(nullptr) == PRECAST_DTYPE_UNDEFINED);
  CHECK(precast_dtype_parse("half") == PRECAST_DTYPE_FLOAT16);
  CHECK(std::string(precast_error_message(nullptr)).empty());
  CHECK(precast_error_code(nullptr) == PRECAST_OK);
  CHECK(std::string(precast_status_name(77)) == "unknown");
  precast_graph_free(nullptr);
  precast_error_free(nullptr);
  precast_diagnostics_free(nullptr);
  precast_diagnostics_collect(nullptr, nullptr);
}
