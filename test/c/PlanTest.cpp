// A plan in C; C++ is the oracle.
#include <catch2/catch.hpp>
#include <vector>

#include "CModels.h"
#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

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

TEST_CASE("a plan read in C says what it says in C++, for every mode and target") {
  const Graph graph = graphOfText(kBranches, 17);
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
