// A graph built by hand in C, its plan and its compilation; C++ is the oracle.
#include <catch2/catch.hpp>
#include <vector>

#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

constexpr const char* kGraph = "in x, c:bool; const w:f32[2] = 1 70000; a = Conv(x, w); b = Relu(a); s = Softmax(b); "
                               "y = If(c) { t = Exp(b); out t } { e = Log(s); out e }; out y";

std::uint32_t addValue(precast_graph* graph, const char* name, std::vector<std::int64_t> dims = {}) {
  std::uint32_t id = PRECAST_NONE;
  const auto rank = dims.empty() ? -1 : static_cast<std::int32_t>(dims.size());
  REQUIRE(precast_graph_add_value(graph, name, PRECAST_DTYPE_FLOAT32, dims.data(), rank, PRECAST_MAIN_REGION, &id,
                                  nullptr) == PRECAST_OK);
  return id;
}

std::uint32_t addOp(precast_graph* graph, const char* type) {
  precast_op op = PRECAST_OP_INIT;
  op.type = type;
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_op(graph, &op, &id, nullptr) == PRECAST_OK);
  return id;
}

std::vector<DType> dtypesOf(decltype(precast_plan_inputs)* ask, const precast_graph* graph, const precast_plan* plan,
                            std::uint32_t node) {
  std::size_t count = 99;
  const precast_status asked = ask(graph, plan, node, nullptr, 0, &count, nullptr);
  REQUIRE(asked == (count == 0 ? PRECAST_OK : PRECAST_OUT_OF_RANGE));
  std::vector<precast_dtype> numbers(count);
  REQUIRE(ask(graph, plan, node, numbers.data(), numbers.size(), &count, nullptr) == PRECAST_OK);
  std::vector<DType> dtypes;
  for (precast_dtype number : numbers) dtypes.push_back(static_cast<DType>(number));
  return dtypes;
}

}  // namespace

TEST_CASE("a graph that C builds is the graph that C++ builds") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  const float weights[] = {1, 70000};
  const std::uint32_t x = addValue(graph, "x");
  const std::uint32_t w = addValue(graph, "w", {2});
  const std::uint32_t y = addValue(graph, "y");
  REQUIRE(precast_graph_add_input(graph, x, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_constant(graph, w, PRECAST_DTYPE_FLOAT32, weights, sizeof(weights), nullptr) == PRECAST_OK);
  const std::uint32_t operands[] = {x, PRECAST_NONE, w};
  std::uint32_t node = PRECAST_NONE;
  REQUIRE(precast_graph_add_node(graph, addOp(graph, "Split"), "y", operands, 3, &y, 1, PRECAST_MAIN_REGION, &node,
                                 nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_verify(graph, nullptr) == PRECAST_OK);
  CHECK(test::textOf(*c::behind(graph.get())) ==
        test::textOf(graphOfText("in x; const w:f32[2] = 1 70000; y = Split(x, -, w); out y")));

  precast_value value = PRECAST_VALUE_INIT;
  REQUIRE(precast_graph_get_value(graph, w, &value, nullptr) == PRECAST_OK);
  CHECK((textOf(value.name) == "w" && value.is_constant == 1 && value.has_contents == 1 && value.rank == 1));
  CHECK((value.is_input == 0 && value.producer == PRECAST_NONE && value.dtype == PRECAST_DTYPE_FLOAT32));
  precast_node row = PRECAST_NODE_INIT;
  REQUIRE(precast_graph_get_node(graph, node, &row, nullptr) == PRECAST_OK);
  CHECK((textOf(row.op_type) == "Split" && row.input_count == 3 && row.output_count == 1));
  std::uint32_t read[3] = {};
  std::size_t count = 0;
  REQUIRE(precast_graph_node_inputs(graph, node, read, 3, &count, nullptr) == PRECAST_OK);
  CHECK((count == 3 && read[0] == x && read[1] == PRECAST_NONE && read[2] == w));
}

TEST_CASE("bodies, Constant nodes, defaults and payloads that C makes are those that C++ makes") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_reserve(graph, 3, 8, 8, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_name(graph, "looped", nullptr) == PRECAST_OK);
  std::uint32_t region = PRECAST_MAIN_REGION;
  const auto value = [&](const char* name, precast_dtype dtype) {
    std::uint32_t id = PRECAST_NONE;
    REQUIRE(precast_graph_add_value(graph, name, dtype, nullptr, -1, region, &id, nullptr) == PRECAST_OK);
    return id;
  };
  const auto input = [&](const char* name, precast_dtype dtype) {
    const std::uint32_t id = value(name, dtype);
    REQUIRE(precast_graph_add_input(graph, id, nullptr) == PRECAST_OK);
    return id;
  };
  const auto node = [&](const char* type, const std::vector<std::uint32_t>& inputs, std::uint32_t output) {
    std::uint32_t id = PRECAST_NONE;
    REQUIRE(precast_graph_add_node(graph, addOp(graph, type), "n", inputs.data(), inputs.size(), &output, 1, region,
                                   &id, nullptr) == PRECAST_OK);
    return id;
  };
  const std::uint32_t n = input("n", PRECAST_DTYPE_INT64);
  const std::uint32_t c = input("c", PRECAST_DTYPE_BOOL);
  const std::uint32_t x = input("x", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t k = addValue(graph, "k", {1});
  const float contents = 70000;
  std::uint32_t constant = PRECAST_NONE;
  REQUIRE(precast_graph_add_constant_node(graph, addOp(graph, "Constant"), "k", k, PRECAST_DTYPE_FLOAT32, &contents,
                                          sizeof(contents), region, &constant, nullptr) == PRECAST_OK);
  const std::uint32_t y = value("y", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t loop = node("Loop", {n, c, x}, y);
  REQUIRE(precast_graph_add_region(graph, loop, "body", &region, nullptr) == PRECAST_OK);
  input("i", PRECAST_DTYPE_INT64);
  const std::uint32_t d = input("d", PRECAST_DTYPE_BOOL);
  const std::uint32_t v = input("v", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t u = value("u", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t add = node("Add", {v, k}, u);
  REQUIRE(precast_graph_add_output(graph, d, region, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, u, region, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_verify(graph, nullptr) == PRECAST_OK);
  const Graph& made = *c::behind(graph.get());
  CHECK(test::textOf(made) == test::textOf(graphOfText("in n:i64, c:bool, x; constnode k:f32[1] = 70000; "
                                                       "y = Loop(n, c, x) { in i:i64, d:bool, v; u = Add(v, k); "
                                                       "out d, u }; out y")));
  CHECK((made.name() == "looped" && made.region(static_cast<RegionId>(region)).name == "body"));
  CHECK(made.isConstant(static_cast<ValueId>(k)));
  CHECK(made.producer(static_cast<ValueId>(k)) == static_cast<NodeId>(constant));

  const std::uint16_t half = 0x3C00;
  REQUIRE(precast_graph_set_default(graph, x, PRECAST_DTYPE_FLOAT16, &half, sizeof(half), nullptr) == PRECAST_OK);
  CHECK(made.tensor(made.tensorOf(static_cast<ValueId>(x))).stored == DType::float16);
  CHECK_FALSE(made.isConstant(static_cast<ValueId>(x)));
  CError error;
  Graph copy = made;
  CHECK(precast_graph_set_default(graph, y, PRECAST_DTYPE_FLOAT32, nullptr, 0, error.out()) ==
        PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == copy.setDefault(static_cast<ValueId>(y), {}).message());
  std::uint32_t none = PRECAST_NONE;
  CHECK(precast_graph_add_region(graph, 77, "b", &none, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == copy.addRegion(static_cast<NodeId>(77), "b").status().message());
  CHECK(precast_graph_reserve(graph, ~std::size_t{0}, 0, 0, nullptr) == PRECAST_RESOURCE_EXHAUSTED);

  REQUIRE(precast_graph_set_node_payload(graph, add, 1234567890123, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_value_payload(graph, u, 42, nullptr) == PRECAST_OK);
  CHECK(made.nodePayload(static_cast<NodeId>(add)) == 1234567890123U);
  CHECK(made.valuePayload(static_cast<ValueId>(u)) == 42U);
  CResult result;
  REQUIRE(precast_compile(graph, nullptr, result.out(), nullptr) == PRECAST_OK);
  int handedOn = 0;
  for (std::uint32_t i = 0; i < precast_graph_node_count(precast_result_graph(result)); ++i) {
    precast_node row = PRECAST_NODE_INIT;
    REQUIRE(precast_graph_get_node(precast_result_graph(result), i, &row, nullptr) == PRECAST_OK);
    if (row.payload == 1234567890123) handedOn += textOf(row.op_type) == "Add" ? 1 : 100;
  }
  CHECK(handedOn == 1);
}

TEST_CASE("a schema that C states limits what is decided") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  const precast_operand_spec spec = {0, 0, 0, 0};
  const std::uint64_t only32 = PRECAST_DTYPE_BIT(PRECAST_DTYPE_FLOAT32);
  precast_op op = PRECAST_OP_INIT;
  op.type = "Relu";
  op.has_schema = 1;
  op.inputs = op.outputs = &spec;
  op.input_count = op.output_count = 1;
  op.type_vars = &only32;
  op.type_var_count = 1;
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_op(graph, &op, &id, nullptr) == PRECAST_OK);
  const std::uint32_t x = addValue(graph, "x");
  const std::uint32_t y = addValue(graph, "y");
  REQUIRE(precast_graph_add_input(graph, x, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_node(graph, id, "relu", &x, 1, &y, 1, PRECAST_MAIN_REGION, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  CPlan plan;
  REQUIRE(precast_make_plan(graph, nullptr, plan.out(), nullptr) == PRECAST_OK);
  CHECK(dtypesOf(precast_plan_inputs, graph, plan, 0) == std::vector<DType>{DType::float32});
}

TEST_CASE("an operator of ONNX has its schema") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_onnx_op(graph, nullptr, "Softmax", 17, nullptr, &id, nullptr) == PRECAST_OK);
  const OpKind& kind = c::behind(graph.get())->opKind(static_cast<OpKindId>(id));
  CHECK((kind.hasSchema && kind.sinceVersion == 13 && kind.type == "Softmax"));
}

TEST_CASE("a plan read in C says what it says in C++, for every mode and target") {
  const Graph graph = graphOfText(kGraph, 17);
  const auto* handle = c::handleOf<precast_graph>(graph);
  for (const char* name : {"onnx", "ascend310", "ascend910b", "ort-cpu"}) {
    CTarget target;
    REQUIRE(precast_target_builtin(name, target.out(), nullptr) == PRECAST_OK);
    for (precast_mode mode = PRECAST_FORCE_FP16; mode <= PRECAST_CUBE_FP16IN_FP32OUT; ++mode) {
      CPolicy policy;
      REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
      REQUIRE(precast_policy_set_mode(policy, mode, nullptr) == PRECAST_OK);
      precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
      options.policy = policy;
      options.target = target;
      CompileOptions oracleOptions;
      oracleOptions.policy.mode = static_cast<PrecisionMode>(mode);
      oracleOptions.target = c::behind(target.get());
      const absl::StatusOr<PrecisionPlan> oracle = plan(graph, oracleOptions);
      CPlan made;
      CError error;
      INFO(name << " " << textOf(precast_mode_name(mode)) << " " << oracle.status());
      const precast_status status = precast_make_plan(handle, &options, made.out(), error.out());
      REQUIRE(status == static_cast<precast_status>(oracle.status().raw_code()));
      CHECK(precast_check_options(&options, nullptr) ==
            static_cast<precast_status>(checkOptions(oracleOptions).raw_code()));
      if (!oracle.ok()) {
        CHECK(error.message() == oracle.status().message());
        continue;
      }
      CHECK(textOf(precast_plan_target(made)) == oracle->target);
      for (std::uint32_t n = 0; n < graph.nodeCount(); ++n) {
        const auto node = static_cast<NodeId>(n);
        precast_decision decision = PRECAST_DECISION_INIT;
        REQUIRE(precast_plan_decision(handle, made, n, &decision, nullptr) == PRECAST_OK);
        const Decision& expected = oracle->decision(node);
        CHECK(decision.reason == static_cast<precast_reason>(expected.reason));
        CHECK(textOf(precast_reason_name(decision.reason)) == toString(expected.reason));
        CHECK(decision.because == index(expected.because));
        CHECK(decision.leading_dtype == static_cast<precast_dtype>(oracle->leadingDType(graph, node)));
        CHECK(textOf(decision.library) == oracle->library(node));
        CHECK(textOf(decision.target_type) == oracle->targetTypes[index(graph.nodeKind(node))]);
        CHECK(decision.impl_mode ==
              (expected.implMode.has_value() ? static_cast<precast_impl_mode>(*expected.implMode) : PRECAST_IMPL_NONE));
        const auto inputs = oracle->inputs(graph, node);
        const auto outputs = oracle->outputs(graph, node);
        CHECK(dtypesOf(precast_plan_inputs, handle, made, n) == std::vector<DType>(inputs.begin(), inputs.end()));
        CHECK(dtypesOf(precast_plan_outputs, handle, made, n) == std::vector<DType>(outputs.begin(), outputs.end()));
        char text[2000];
        std::size_t size = 0;
        REQUIRE(precast_plan_explain(handle, made, n, text, sizeof(text), &size, nullptr) == PRECAST_OK);
        CHECK(text == explain(graph, *oracle, node));
        CHECK(size == std::string(text).size());
      }
      std::vector<std::uint32_t> order(graph.nodeCount());
      std::size_t count = 0;
      REQUIRE(precast_plan_order(made, order.data(), order.size(), &count, nullptr) == PRECAST_OK);
      for (std::size_t i = 0; i < count; ++i) CHECK(order[i] == index(oracle->order[i]));
    }
  }
}

TEST_CASE("a compilation in C is the compilation in C++") {
  const Graph graph = graphOfText(kGraph, 17);
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_mode(policy, PRECAST_ALLOW_MIX_PRECISION, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_numeric_guard(policy, PRECAST_GUARD_OFF, nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.policy = policy;
  CResult result;
  REQUIRE(precast_compile(c::handleOf<precast_graph>(graph), &options, result.out(), nullptr) == PRECAST_OK);
  CompileOptions oracleOptions;
  oracleOptions.policy = *c::behind(policy.get());
  const absl::StatusOr<CompileResult> oracle = compile(graph, oracleOptions);
  REQUIRE(oracle.ok());
  const precast_graph* compiled = precast_result_graph(result);
  CHECK(test::textOf(*c::behind(compiled)) == test::textOf(oracle->graph));
  CHECK(precast_result_casts_removed(result) == oracle->rewrite.castsRemoved);

  REQUIRE(precast_result_cast_count(result) == oracle->rewrite.casts.size());
  REQUIRE(precast_result_cast_count(result) > 0);
  for (std::size_t i = 0; i < oracle->rewrite.casts.size(); ++i) {
    precast_cast cast = PRECAST_CAST_INIT;
    REQUIRE(precast_result_cast(result, i, &cast, nullptr) == PRECAST_OK);
    CHECK((cast.value == index(oracle->rewrite.casts[i].value) && cast.users == oracle->rewrite.casts[i].users));
    CHECK(cast.to == static_cast<precast_dtype>(oracle->rewrite.casts[i].to));
    CHECK(cast.region == index(oracle->rewrite.casts[i].region));
  }
  REQUIRE(precast_result_constant_count(result) == 1);
  precast_constant constant = PRECAST_CONSTANT_INIT;
  REQUIRE(precast_result_constant(result, 0, &constant, nullptr) == PRECAST_OK);
  CHECK((constant.from == PRECAST_DTYPE_FLOAT32 && constant.to == PRECAST_DTYPE_FLOAT16 && constant.user_count == 1));
  precast_constant_user user = {PRECAST_NONE, PRECAST_NONE};
  std::size_t count = 0;
  REQUIRE(precast_result_constant_users(result, 0, &user, 1, &count, nullptr) == PRECAST_OK);
  CHECK((count == 1 && user.node == 0 && user.slot == 1));

  SECTION("its constants can be read at their new dtype") {
    std::size_t size = 0;
    REQUIRE(precast_graph_contents_size(compiled, constant.value, &size, nullptr) == PRECAST_OK);
    REQUIRE(size == 4);
    std::uint16_t halves[2] = {};
    precast_conversion conversion = {};
    REQUIRE(precast_graph_contents(compiled, constant.value, precast_result_overflow(result), halves, size, &conversion,
                                   nullptr) == PRECAST_OK);
    CHECK((halves[0] == 0x3C00 && halves[1] == 0x7BFF));
    CHECK((conversion.elements == 2 && conversion.saturated == 1 && conversion.max_abs == 70000));
    precast_dtype stored = PRECAST_DTYPE_UNDEFINED;
    const void* data = nullptr;
    REQUIRE(precast_graph_stored_contents(compiled, constant.value, &stored, &data, &size, nullptr) == PRECAST_OK);
    CHECK((stored == PRECAST_DTYPE_FLOAT32 && size == 8 && data != nullptr));
  }
  SECTION("it needs neither the policy nor the options") {
    policy.out();
    CHECK(precast_graph_verify(compiled, nullptr) == PRECAST_OK);
    CHECK(precast_result_plan(result) != nullptr);
  }
}

TEST_CASE("the borders, the clipping and the implementation modes that C asks for are those of C++") {
  const Graph graph = graphOfText("in x, z; const w:f32[2] = 1 70000; s = Softmax(x); t = Add(z, w); out s, t", 17);
  const auto* handle = c::handleOf<precast_graph>(graph);
  CTarget target;
  REQUIRE(precast_target_builtin("ascend310p", target.out(), nullptr) == PRECAST_OK);
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_input_fp16(policy, "x", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_output_type_of(policy, "t", 0, PRECAST_DTYPE_FLOAT16, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_NODE, "s", PRECAST_IMPL_HIGH_PRECISION, nullptr) == 0);
  REQUIRE(precast_policy_set_weight_clip(policy, 0, nullptr) == PRECAST_OK);
  CHECK(precast_policy_set_weight_clip(policy, 2, nullptr) == PRECAST_INVALID_ARGUMENT);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.policy = policy;
  options.target = target;
  CResult result;
  REQUIRE(precast_compile(handle, &options, result.out(), nullptr) == PRECAST_OK);

  CompileOptions oracleOptions;
  oracleOptions.target = c::behind(target.get());
  oracleOptions.policy.inputFp16Nodes = {"x"};
  oracleOptions.policy.outputType.outputs = {{"t", 0, DType::float16, {}}};
  oracleOptions.policy.implModes = {{{NodeSelector::Kind::node, "s", {}}, ImplMode::highPrecision}};
  oracleOptions.policy.weightClip = false;
  const absl::StatusOr<CompileResult> oracle = compile(graph, oracleOptions);
  REQUIRE(oracle.ok());
  CHECK(test::textOf(*c::behind(precast_result_graph(result))) == test::textOf(oracle->graph));
  int retyped = 0;
  for (std::uint32_t i = 0; i < graph.valueCount(); ++i) {
    const auto value = static_cast<ValueId>(i);
    precast_dtype in = PRECAST_DTYPE_UNDEFINED;
    precast_dtype out = PRECAST_DTYPE_UNDEFINED;
    REQUIRE(precast_plan_input_border(handle, precast_result_plan(result), i, &in, nullptr) == PRECAST_OK);
    REQUIRE(precast_plan_output_border(handle, precast_result_plan(result), i, &out, nullptr) == PRECAST_OK);
    CHECK(in == static_cast<precast_dtype>(oracle->plan.inputBorder(graph, value)));
    CHECK(out == static_cast<precast_dtype>(oracle->plan.outputBorder(graph, value)));
    retyped += (in == PRECAST_DTYPE_FLOAT16 ? 1 : 0) + (out == PRECAST_DTYPE_FLOAT16 ? 10 : 0);
  }
  CHECK(retyped == 11);

  REQUIRE(oracle->rewrite.implModes.size() == 1);
  REQUIRE(precast_result_impl_mode_count(result) == 1);
  std::uint32_t node = PRECAST_NONE;
  precast_impl_mode mode = PRECAST_IMPL_NONE;
  REQUIRE(precast_result_impl_mode(result, 0, &node, &mode, nullptr) == PRECAST_OK);
  CHECK((node == index(oracle->rewrite.implModes[0].node) && mode == PRECAST_IMPL_HIGH_PRECISION));
  CHECK(precast_result_impl_mode(result, 1, &node, &mode, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK((precast_result_overflow(result) == PRECAST_INFINITY && oracle->rewrite.overflow == Overflow::infinity));
}
