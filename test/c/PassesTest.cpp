// Deciders in C, and what becomes of the exceptions of a callback and of a machine without memory.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

// The allocation that fails, counted down; 0: none does.
thread_local long failAt = 0;

bool fails() { return failAt != 0 && --failAt == 0; }

struct Pass {
  int asked = 0;
  int released = 0;
  std::string seen;
};

// Softmax stays in float32; everything else is left to the next pass.
int32_t keepSoftmax(const precast_context* context, precast_request* request, void* user) {
  auto& pass = *static_cast<Pass*>(user);
  ++pass.asked;
  precast_node node = PRECAST_NODE_INIT;
  precast_graph_get_node(precast_context_graph(context), precast_context_node(context), &node, nullptr);
  if (textOf(node.op_type) != "Softmax") return 0;
  std::uint32_t source = PRECAST_NONE;
  precast_dtype dtype = PRECAST_DTYPE_UNDEFINED;
  precast_context_source(context, 0, &source, &dtype, nullptr);
  precast_target_op op = PRECAST_TARGET_OP_INIT;
  precast_context_target_op(context, &op, nullptr);
  pass.seen = std::to_string(source) + " " + textOf(precast_dtype_name(dtype)) + " " +
              std::to_string(precast_context_is_constant(context, 0)) +
              std::to_string(precast_context_is_constant(context, 9)) + std::to_string(op.known) +
              textOf(precast_target_name(precast_context_target(context)));
  request->inputs = request->constants = request->outputs = PRECAST_WANT_FLOAT32;
  request->because = source;
  return 1;
}

precast_pass passOf(Pass& state) {
  precast_pass pass = PRECAST_PASS_INIT;
  pass.name = "keep-softmax";
  pass.decide = keepSoftmax;
  pass.user = &state;
  pass.release = [](void* user) { ++static_cast<Pass*>(user)->released; };
  return pass;
}

}  // namespace

void* operator new(std::size_t size) {
  void* memory = fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {  // or a sanitizer's own would serve it
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("a pass in C decides before the built-in ones") {
  const Graph graph = graphOfText("in x; a = Relu(x); y = Softmax(a); out y", 17);
  const auto* handle = c::handleOf<precast_graph>(graph);
  Pass state;
  const precast_pass pass = passOf(state);
  CPipeline pipeline;
  REQUIRE(precast_pipeline_create_standard(pipeline.out(), nullptr) == PRECAST_OK);
  const std::size_t standard = precast_pipeline_count(pipeline);
  REQUIRE(precast_pipeline_insert_before(pipeline, "mode", &pass, nullptr) == PRECAST_OK);
  CHECK(precast_pipeline_count(pipeline) == standard + 1);
  CHECK(textOf(precast_pipeline_name(pipeline, standard - 1)) == "keep-softmax");
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.pipeline = pipeline;
  CPlan plan;
  REQUIRE(precast_make_plan(handle, &options, plan.out(), nullptr) == PRECAST_OK);
  CHECK(state.asked == 2);
  CHECK(state.seen == "0 float16 001onnx");
  precast_decision decision = PRECAST_DECISION_INIT;
  REQUIRE(precast_plan_decision(handle, plan, 1, &decision, nullptr) == PRECAST_OK);
  CHECK((decision.reason == PRECAST_REASON_USER_PASS && decision.because == 0));
  CHECK((decision.leading_dtype == PRECAST_DTYPE_FLOAT32 && textOf(decision.detail) == "keep-softmax"));

  // The same name again, and a place that is not there: refused, and what was not taken is released.
  CHECK(precast_pipeline_add(pipeline, &pass, nullptr) == PRECAST_ALREADY_EXISTS);
  CHECK(state.released == 1);
  REQUIRE(precast_pipeline_remove(pipeline, "keep-softmax", nullptr) == PRECAST_OK);
  CHECK(state.released == 2);
  CHECK(precast_pipeline_insert_before(pipeline, "nowhere", &pass, nullptr) == PRECAST_NOT_FOUND);
  CHECK(precast_pipeline_add(nullptr, &pass, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(state.released == 4);
  REQUIRE(precast_pipeline_add(pipeline, &pass, nullptr) == PRECAST_OK);
  pipeline.out();
  CHECK(state.released == 5);
}

TEST_CASE("passes in C are put in another order, the built-in ones too") {
  const Graph graph = graphOfText("in x; a = Relu(x); y = Softmax(a); out y", 17);
  const auto* handle = c::handleOf<precast_graph>(graph);
  CPipeline pipeline;
  REQUIRE(precast_pipeline_create_standard(pipeline.out(), nullptr) == PRECAST_OK);
  const auto names = [&] {
    std::string text;
    for (std::size_t i = 0; i < precast_pipeline_count(pipeline); ++i)
      text += textOf(precast_pipeline_name(pipeline, i)) + " ";
    return text;
  };
  const std::string standard = "customize-dtypes keep-dtype numeric-guard list-colour mode ";
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_TYPE, "Softmax", nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.policy = policy;
  options.pipeline = pipeline;
  const auto softmax = [&] {
    CPlan plan;
    precast_decision decision = PRECAST_DECISION_INIT;
    REQUIRE(precast_make_plan(handle, &options, plan.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_plan_decision(handle, plan, 1, &decision, nullptr) == PRECAST_OK);
    return decision.leading_dtype;
  };
  CHECK(softmax() == PRECAST_DTYPE_FLOAT32);
  REQUIRE(precast_pipeline_move_before(pipeline, "keep-dtype", nullptr, nullptr) == PRECAST_OK);
  CHECK(names() == "customize-dtypes numeric-guard list-colour mode keep-dtype ");
  CHECK(softmax() == PRECAST_DTYPE_FLOAT16);  // the mode answers for every node
  REQUIRE(precast_pipeline_move_before(pipeline, "keep-dtype", "numeric-guard", nullptr) == PRECAST_OK);
  REQUIRE(precast_pipeline_move_before(pipeline, "mode", "mode", nullptr) == PRECAST_OK);
  CHECK(names() == standard);
  CHECK(softmax() == PRECAST_DTYPE_FLOAT32);

  CError error;
  CHECK(precast_pipeline_move_before(pipeline, "mode", "nowhere", error.out()) == PRECAST_NOT_FOUND);
  CHECK_THAT(error.message(), Catch::StartsWith("no pass named 'nowhere' in the pipeline, which has "));
  CHECK(precast_pipeline_move_before(pipeline, "nowhere", "nowhere", error.out()) == PRECAST_NOT_FOUND);
  CHECK(names() == standard);
}

TEST_CASE("a pass in C sees the constant that float16 cannot hold, while the guard keeps such nodes") {
  const Graph graph = graphOfText("in x; const w:f32[2] = 70000 2; y = MatMul(x, w); out y", 17);
  for (const precast_guard guard : {PRECAST_GUARD_KEEP, PRECAST_GUARD_WARN}) {
    CAPTURE(guard);
    precast_beyond_half seen[2] = {PRECAST_BEYOND_HALF_INIT, PRECAST_BEYOND_HALF_INIT};
    precast_pass pass = PRECAST_PASS_INIT;
    pass.name = "looks";
    pass.user = seen;
    pass.decide = [](const precast_context* context, precast_request*, void* user) -> int32_t {
      auto* beyond = static_cast<precast_beyond_half*>(user);
      for (std::size_t input : {0, 1}) precast_context_constant_beyond_half(context, input, beyond + input, nullptr);
      return precast_context_constant_beyond_half(context, 2, beyond, nullptr) == PRECAST_OK ? 1 : 0;
    };
    CPipeline pipeline;
    REQUIRE(precast_pipeline_create_standard(pipeline.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_pipeline_insert_before(pipeline, "mode", &pass, nullptr) == PRECAST_OK);
    REQUIRE(precast_pipeline_move_before(pipeline, "numeric-guard", nullptr, nullptr) == PRECAST_OK);
    CPolicy policy;
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    REQUIRE(precast_policy_set_numeric_guard(policy, guard, nullptr) == PRECAST_OK);
    precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
    options.policy = policy;
    options.pipeline = pipeline;
    CResult result;
    REQUIRE(precast_compile(c::handleOf<precast_graph>(graph), &options, result.out(), nullptr) == PRECAST_OK);
    CHECK(precast_result_numeric_guard(result) == guard);
    CHECK(seen[0].constant == PRECAST_NONE);
    if (guard == PRECAST_GUARD_KEEP) {
      CHECK((seen[1].constant == 1 && seen[1].elements == 1 && seen[1].max_abs == 70000 && seen[1].is_summed == 0));
    } else {
      CHECK(seen[1].constant == PRECAST_NONE);
    }
  }
  CHECK(precast_result_numeric_guard(nullptr) == PRECAST_GUARD_OFF);
}

TEST_CASE("a pass in C sees the policy, and which of its entries speak for the node") {
  const Graph graph = graphOfText("in x; a = Relu(x); b = Softmax(a); y = Exp(b); out y", 17);
  std::string seen;
  precast_pass pass = PRECAST_PASS_INIT;
  pass.name = "looks";
  pass.user = &seen;
  pass.decide = [](const precast_context* context, precast_request*, void* user) -> int32_t {
    const precast_policy* policy = precast_context_policy(context);
    auto& text = *static_cast<std::string*>(user);
    text += textOf(precast_mode_name(precast_policy_get_mode(policy)));
    precast_keep_entry keep = PRECAST_KEEP_ENTRY_INIT;
    if (const auto entry = precast_context_keep_entry(context); entry != PRECAST_NONE) {
      precast_policy_get_keep_dtype(policy, entry, &keep, nullptr);
      text += " keep " + textOf(keep.pattern);
    }
    precast_custom_entry custom = PRECAST_CUSTOM_ENTRY_INIT;
    if (const auto entry = precast_context_custom_entry(context); entry != PRECAST_NONE) {
      precast_policy_get_customize_dtypes(policy, entry, &custom, nullptr);
      text += " custom " + textOf(custom.pattern);
    }
    text += " " + textOf(precast_context_colour_origin(context)) + "\n";
    return 0;
  };
  CPipeline pipeline;
  REQUIRE(precast_pipeline_create_standard(pipeline.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_pipeline_insert_before(pipeline, "customize-dtypes", &pass, nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.pipeline = pipeline;
  const auto look = [&] {
    seen.clear();
    CPlan plan;
    REQUIRE(precast_make_plan(c::handleOf<precast_graph>(graph), &options, plan.out(), nullptr) == PRECAST_OK);
    return seen;
  };
  CHECK(look() == "force_fp16 \nforce_fp16 \nforce_fp16 \n");  // no policy is a new one

  CTarget target;
  REQUIRE(precast_target_builtin("onnx", target.out(), nullptr) == PRECAST_OK);
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_mode(policy, PRECAST_ALLOW_MIX_PRECISION, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_TYPE, "Softmax", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "b", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_GLOB, "*", nullptr) == PRECAST_OK);
  const precast_dtype half = PRECAST_DTYPE_FLOAT16;
  REQUIRE(precast_policy_customize_dtypes(policy, PRECAST_SELECT_NODE, "a", &half, 1, nullptr, 0, nullptr) == 0);
  const std::string mixlist = R"({"black-list": {"to-add": ["Exp"]}})";
  REQUIRE(precast_policy_read_mixlist(policy, mixlist.data(), mixlist.size(), "M", target, nullptr, nullptr, nullptr) ==
          PRECAST_OK);
  options.policy = policy;
  CHECK(look() == "allow_mix_precision keep * custom a \n"
                  "allow_mix_precision keep b \n"
                  "allow_mix_precision keep * modify_mixlist, line 1\n");
}

TEST_CASE("an exception of a callback ends at the boundary") {
  const Graph graph = graphOfText("in x; y = Relu(x); out y", 17);
  precast_pass pass = PRECAST_PASS_INIT;
  pass.name = "throws";
  pass.decide = [](const precast_context*, precast_request*, void*) -> int32_t { throw std::runtime_error("mine"); };
  CPipeline pipeline;
  REQUIRE(precast_pipeline_create(pipeline.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_pipeline_add(pipeline, &pass, nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.pipeline = pipeline;
  CResult result;
  CError error;
  CHECK(precast_compile(c::handleOf<precast_graph>(graph), &options, result.out(), error.out()) == PRECAST_INTERNAL);
  CHECK(error.message() == "an exception left a callback or the library");
  CHECK(result.get() == nullptr);
}

// Not a compilation: Abseil's hash tables do not survive a failing allocation.
TEST_CASE("whichever allocation fails while a graph and a policy are made, the call says so and nothing leaks") {
  std::size_t calls = 0;
  for (long allocation = 1;; ++allocation) {
    CAPTURE(allocation);
    precast_graph* graph = nullptr;
    precast_graph* copy = nullptr;
    precast_policy* policy = nullptr;
    precast_error* error = nullptr;
    precast_op op = PRECAST_OP_INIT;
    op.type = "an operator with a name that no short string holds";
    std::uint32_t kind = 0;
    std::uint32_t value = 0;
    failAt = allocation;
    precast_status status = precast_graph_create(&graph, &error);
    const auto then = [&](auto&& call) {
      if (status == PRECAST_OK) status = call();
    };
    then([&] { return precast_graph_add_op(graph, &op, &kind, &error); });
    const std::int64_t dims[] = {1, 2};
    then([&] { return precast_graph_add_value(graph, "value", PRECAST_DTYPE_FLOAT32, dims, 2, 0, &value, &error); });
    then([&] { return precast_graph_add_node(graph, kind, "n", nullptr, 0, &value, 1, 0, nullptr, &error); });
    then([&] { return precast_graph_add_output(graph, value, 0, &error); });
    then([&] { return precast_graph_copy(graph, &copy, &error); });
    then([&] { return precast_policy_create(&policy, &error); });
    then([&] { return precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, op.type, &error); });
    then([&] { return precast_policy_move_op(policy, op.type, PRECAST_BLACK, &error); });
    const bool failed = failAt == 0;
    failAt = 0;
    const precast_status told = precast_error_code(error);
    precast_error_free(error);
    precast_policy_free(policy);
    precast_graph_free(copy);
    precast_graph_free(graph);
    if (!failed) {
      CHECK(status == PRECAST_OK);
      break;
    }
    REQUIRE(status == PRECAST_RESOURCE_EXHAUSTED);
    REQUIRE(told == PRECAST_RESOURCE_EXHAUSTED);
    ++calls;
  }
  CHECK(calls > 20);
}
