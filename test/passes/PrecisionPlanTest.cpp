// precision-semantics, section 8: every decision carries a reason and, where it has one, the node that caused it.
// The sentences of explain(): test/report/ExplainTest.
//
// sentence                                              | test
// stable kebab-case words                               | each reason is given to a node that has it (by word)
// the reasons                                           | each reason is given to a node that has it
// the node that caused it                               | a cause is the node that is followed
// explain(node) prints the chain to its root            | the chain of causes ends at its root
#include <catch2/catch.hpp>
#include <set>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Both (f16 -> f16) (f32 -> f32)
Only16 (f16 -> f16)
Only32 (f32 -> f32)
White white (f16 -> f16) (f32 -> f32)
Black black (f16 -> f16) (f32 -> f32)
Mul (f16 f16 -> f16) (f32 f32 -> f32)
)";

TEST_CASE("each reason is given to a node that has it") {
  struct Row {
    PrecisionMode mode;
    const char* graph;  // the node is called "n"
    const char* reason;
  };
  const Row rows[] = {
      {kForce16, "in x; n = Both(x); out n", "forced-fp16"},
      {kForce32, "in x; n = Both(x); out n", "forced-fp32"},
      {kMust, "in x; n = Both(x); out n", "kept-origin"},
      {kAllow16, "in x; n = Both(x); out n", "kept-origin"},
      {kMix, "in x; n = White(x); out n", "white-list"},
      {kMix, "in x; n = Black(x); out n", "black-list"},
      {kMix, "in x; a = White(x); n = Both(a); out n", "gray-follows"},
      {kMix, "in x; n = Both(x); out n", "kept-origin"},
      {kAllow16, "in x; a = Only16(x); n = Identity(a); out n", "moves-data"},
      {kForce16, "in x; n = Only32(x); out n", "only-fp32-kernel"},
      {kForce32, "in x; n = Only16(x); out n", "only-fp16-kernel"},
      {kForce16, "in x:bool, y; n = If(x) { a = Both(y); out a } { b = Both(y); out b }; out n", "control-flow"},
      {kForce16, "in x:i64; n:i64 = Both(x); out n", "not-float"},
      {kForce16, "in x; n:i64 = Shape(x); out n", "kept-origin"},
      {kForce16, "in x:?; n:? = Both(x); m = Both(n); out m", "not-float"},
      {kForce16, "in x, y:?; n = Mul(x, y); out n", "unknown-op"},
  };
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode), row.graph);
    CHECK(Setup(kRows, row.mode).reasons(row.graph, "n") == row.reason);
  }
  Setup setup(kRows, kForce16);
  setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "n", ""}};
  CHECK(setup.reasons("in x; n = Both(x); out n", "n") == "keep-dtype");
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "n", ""}, {DType::float32}, {}}};
  CHECK(setup.reasons("in x; n = Both(x); out n", "n") == "customized");
  Setup guarded(kRows, kForce16);
  guarded.options.policy.numericGuard = NumericGuard::keep;
  CHECK(guarded.reasons("in x; const k = 1e9; n = Mul(x, k); out n", "n") == "weight-out-of-range");
  CHECK(
      Setup(test::builtinWithRows("ascend310", "Sin (i32 -> i32)"), kForce16).reasons("in x; n = Sin(x); out n", "n") ==
      "aicpu-fallback");
  CHECK(Setup(*Target::builtin("onnx"), kForce16).reasons("in x; n = Frob(x); out n", "n") == "unknown-op");
  CHECK(Setup(test::builtinWithRows("ascend310"), kForce16, 11)
            .reasons("in x; const s, b, m, v; n = BatchNormalization(x, s, b, m, v); out n", "n") == "schema-limits");
}

TEST_CASE("a cause is the node that is followed") {
  const Graph graph = test::graphOfText("in x; w = White(x); g = Both(w); i = Identity(g); b = Black(i); out b");
  const Setup setup(kRows, kMix);
  const absl::StatusOr<PrecisionPlan> made = plan(graph, setup.options);
  REQUIRE(made.ok());
  const auto because = [&](const char* node) { return made->decision(test::nodeNamed(graph, node)).because; };
  CHECK(because("w") == NodeId::none);
  CHECK(because("g") == test::nodeNamed(graph, "w"));
  CHECK(because("i") == test::nodeNamed(graph, "g"));
  CHECK(because("b") == NodeId::none);
}

TEST_CASE("the chain of causes ends at its root") {
  Setup setup(kRows, kMix);
  setup.options.policy.listMoves = {{"Both", ListColour::white, "modify_mixlist, line 3"}};
  CHECK(setup.explained("in x; conv = Both(x); relu = Mul(conv, conv); out relu", "relu") ==
        "relu is float16: gray, follows conv; conv is float16: white list (modify_mixlist, line 3)");
  CHECK(setup.explained("in x; conv = Both(x); i = Identity(conv); relu = Mul(i, i); out relu", "relu") ==
        "relu is float16: gray, follows i; i is float16: moves data, follows conv; conv is float16: white list "
        "(modify_mixlist, line 3)");
  // A constant follows the node that reads it.
  CHECK(Setup(kRows, kForce16).explained("in x; constnode k = 1; m = Mul(x, k); out m", "k") ==
        "k is float16: a constant, converted for its reader m; m is float16: forced to float16");
}

}  // namespace
}  // namespace precast
