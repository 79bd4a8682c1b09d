// Compilations in C; C++ is the oracle.
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "CModels.h"
#include "COwned.h"
#include "GraphText.h"
#include "WatchedCalls.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

TEST_CASE("a compilation in C is the compilation in C++") {
  const Graph graph = graphOfText(kBranches, 17);
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

TEST_CASE("the scan of constants tells how far it is, and takes as many threads as it is told") {
  const LargeModel large;
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_numeric_guard(policy, PRECAST_GUARD_KEEP, nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.policy = policy;
  options.on_progress = note;
  for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
    Steps steps;
    options.progress_user = &steps;
    options.threads = threads;
    CResult result;
    CHECK(startedBy([&] {
            return precast_compile(precast_model_graph(large.read), &options, result.out(), nullptr);
          }) == static_cast<int>(threads) - 1);
    checkSteps(steps, threads, PRECAST_PHASE_SCANNING, kSide * kSide * sizeof(float));
  }
}

TEST_CASE("a program that was built before compile options were appended gets their defaults") {
  const LargeModel large;
  const auto never = [](const precast_progress*, void*) { FAIL("called"); };
  precast_compile_options compile = PRECAST_COMPILE_OPTIONS_INIT;
  compile.on_progress = never;
  compile.struct_size = offsetof(precast_compile_options, on_progress);
  CPlan plan;
  CHECK(precast_make_plan(precast_model_graph(large.read), &compile, plan.out(), nullptr) == PRECAST_OK);
}
