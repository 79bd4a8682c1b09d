// precision-semantics, sections 1 and 6: constants take what their users decided. Casts are settled: GraphOpsTest.
//
// sentence                                                      | test
// an initializer, a Constant node, either through movers        | what a constant is
// an overridable graph input is none                            | what a constant is
// users agree: converted once in the model                      | a constant whose users agree is converted
// ... a Constant node through its attribute                     | a constant whose users agree is converted
// users disagree: one copy per dtype, the original keeps a name | a constant whose users disagree is copied
// also a graph output: keeps its dtype for that use             | a constant that is an output keeps its dtype there
// rounds to nearest even, saturates, inf and NaN stay           | contents are rounded, saturated and counted
// ... independent of CPU, environment and thread count          | HalfTest, ThreadsTest
// values that vanish are counted                                | HalfTest, CompileTest
// weight_clip off: they become infinite                         | contents are rounded, saturated and counted
// every tensor so touched is in the report                      | contents are rounded, saturated and counted
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
A (f16 f16 -> f16)
B (f32 f32 -> f32)
Free (f16 f16 -> f16) (f32 f32 -> f32)
Turn mover (f16 -> f16) (f32 -> f32)
)";

std::string compiled(const char* text) { return Setup(kRows, kAllow16).compiled(text); }

TEST_CASE("what a constant is") {
  // Each is converted in the model: no Cast reads it.
  for (const char* constant : {"const k = 1", "constnode k = 1", "const j = 1; k = Identity(j)",
                               "const j = 1; const s:i64 = 1; i = Turn(j); k = Reshape(i, s)"}) {
    CAPTURE(constant);
    const std::string text = compiled((std::string("in x:f16; ") + constant + "; a:f16 = A(x, k); out a").c_str());
    CHECK(text.find("Cast(") == std::string::npos);
    CHECK(text.find("k:f16") != std::string::npos);
  }
  // What callers may override, and what is computed, is cast at run time.
  Graph graph;
  const ValueId x = graph.addValue("x", DType::float16);
  const ValueId k = graph.addValue("k", DType::float32);
  const ValueId a = graph.addValue("a", DType::float16);
  const float one = 1;
  REQUIRE(graph.addInput(x).ok());
  REQUIRE(graph.addInput(k).ok());
  REQUIRE(graph.setDefault(k, {DType::float32, {reinterpret_cast<const std::byte*>(&one), 4}, 0}).ok());
  const ValueId inputs[] = {x, k};
  const ValueId outputs[] = {a};
  REQUIRE(graph.addNode(graph.addOpKind({"", "A", "", 0, false, {}}), "a", inputs, outputs).ok());
  REQUIRE(graph.addOutput(a).ok());
  CHECK(Setup(kRows, kAllow16).compiled(graph) ==
        "in x:f16, k:f32\nk_cast_fp16:f16 = Cast(k)\na:f16 = A(x, k_cast_fp16)\nout a\n");
  CHECK_THAT(compiled("in x:f16; const j = 1; k = B(j, j); a:f16 = A(x, k); out a"), Catch::Contains("Cast(k)"));
}

TEST_CASE("a constant whose users agree is converted") {
  CHECK(compiled("in x:f16; const w = 1 0.1; a:f16 = A(x, w); b:f16 = A(a, w); out b") ==
        "in x:f16\nconst w:f16 = 1 0.0999756\na:f16 = A(x, w)\nb:f16 = A(a, w)\nout b\n");
  CHECK(compiled("in x:f16; constnode w = 1 0.1; a:f16 = A(x, w); out a") ==
        "in x:f16\nconstnode w:f16 = 1 0.0999756\na:f16 = A(x, w)\nout a\n");
  // float16 weights that float32 kernels read.
  CHECK(compiled("in x; const w:f16 = 0.1; b = B(x, w); out b") ==
        "in x:f32\nconst w:f32 = 0.0999756\nb:f32 = B(x, w)\nout b\n");
  // Nobody reads it: it stays.
  CHECK(compiled("in x; const w = 1; b = B(x, x); out b") == "in x:f32\nconst w:f32 = 1\nb:f32 = B(x, x)\nout b\n");
}

TEST_CASE("a constant whose users disagree is copied") {
  CHECK(compiled("in x, y:f16; const w = 1; a:f16 = A(y, w); b = B(x, w); out a, b") ==
        "in x:f32, y:f16\nconst w:f32 = 1\nconst w_fp16:f16 = 1\na:f16 = A(y, w_fp16)\nb:f32 = B(x, w)\nout a, b\n");
  // Through its Constant node, and through what hands it on, each once per dtype.
  CHECK(compiled("in x, y:f16; constnode w = 1; a:f16 = A(y, w); b = B(x, w); out a, b") ==
        "in x:f32, y:f16\nconstnode w:f32 = 1\nconstnode w_fp16:f16 = 1\na:f16 = A(y, w_fp16)\nb:f32 = B(x, w)\n"
        "out a, b\n");
  CHECK(compiled("in x, y:f16; const w = 1; m = Identity(w); a:f16 = A(y, m); b = B(x, m); out a, b") ==
        "in x:f32, y:f16\nconst w:f32 = 1\nconst w_fp16:f16 = 1\nm:f32 = Identity(w)\nm_fp16:f16 = Identity(w_fp16)\n"
        "a:f16 = A(y, m_fp16)\nb:f32 = B(x, m)\nout a, b\n");
}

TEST_CASE("a constant that is an output keeps its dtype there") {
  CHECK(compiled("in y:f16; const w = 1; a:f16 = A(y, w); out a, w") ==
        "in y:f16\nconst w:f32 = 1\nconst w_fp16:f16 = 1\na:f16 = A(y, w_fp16)\nout a, w\n");
  constexpr const char* kNode = "in y:f16; constnode w = 1; a:f16 = A(y, w); out a, w";
  CHECK(compiled(kNode) == "in y:f16\nconstnode w:f32 = 1\nconstnode w_fp16:f16 = 1\na:f16 = A(y, w_fp16)\nout a, w\n");
  CHECK(Setup(kRows, kAllow16).reasons(kNode, "w") == "kept-origin");
}

TEST_CASE("contents are rounded, saturated and counted") {
  Setup setup(kRows, kAllow16);
  setup.options.policy.numericGuard = NumericGuard::off;
  const Graph graph = test::graphOfText(
      "in x:f16; const w = 2049 2051 65519 65520 -1e30 inf -inf nan 1e-9 -1e-9 0 0.1; a:f16 = A(x, w); out a");
  CHECK_THAT(setup.compiled(graph),
             Catch::Contains("const w:f16 = 2048 2052 65504 65504 -65504 inf -inf nan 0 -0 0 0.0999756\n"));
  const absl::StatusOr<CompileResult> result = compile(graph, setup.options);
  REQUIRE(result.ok());
  REQUIRE(result->rewrite.constants.size() == 1);
  const ConvertedConstant& constant = result->rewrite.constants[0];
  CHECK(constant.from == DType::float32);
  CHECK(constant.to == DType::float16);
  CHECK(result->rewrite.users(constant).size() == 1);
  std::vector<std::byte> bytes(*tensorBytes(result->graph, constant.value));
  const absl::StatusOr<ConversionStats> stats = convertTensor(result->graph, constant.value, absl::MakeSpan(bytes));
  REQUIRE(stats.ok());
  CHECK(stats->elements == 12);
  CHECK(stats->saturated == 2);
  CHECK(stats->underflowed == 2);
  // Without weight_clip they become infinite.
  setup.options.policy.weightClip = false;
  const absl::StatusOr<CompileResult> unclipped = compile(graph, setup.options);
  REQUIRE(unclipped.ok());
  CHECK(unclipped->rewrite.overflow == Overflow::infinity);
  CHECK(result->rewrite.overflow == Overflow::saturate);
}

}  // namespace
}  // namespace precast
