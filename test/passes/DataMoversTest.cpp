// precision-semantics, section 2: operators that only move data (GraphOps.cpp). The table of sentences is in
// GraphOpsTest.
#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Only16 (f16 -> f16)
Only32 (f32 -> f32)
Both (f16 -> f16) (f32 -> f32)
Join mover (f16... -> f16) (f32... -> f32)
WhiteMover white mover (f16 -> f16) (f32 -> f32)
BlackMover black mover (f16 -> f16) (f32 -> f32)
Brain (bf16 -> bf16)
)";

std::string decided(PrecisionMode mode, const char* graph, const char* nodes) {
  return Setup(kRows, mode).decided(graph, nodes);
}

TEST_CASE("a data mover in every mode") {
  struct Row {
    PrecisionMode mode;
    const char* behind16;  // behind a node that is float16 in every mode
    const char* behind32;  // behind a node that is float32 in every mode
    const char* atInput;   // of a graph input
    const char* half;      // of a float16 input
  };
  const Row rows[] = {
      {kForce16, "f16 -> f16", "f16 -> f16", "f16 -> f16", "f16 -> f16"},
      {kForce32, "f32 -> f32", "f32 -> f32", "f32 -> f32", "f32 -> f32"},
      {kAllow16, "f16 -> f16", "f32 -> f32", "f32 -> f32", "f16 -> f16"},
      {kMix, "f16 -> f16", "f32 -> f32", "f32 -> f32", "f16 -> f16"},
      {kCube, "f32 -> f32", "f32 -> f32", "f32 -> f32", "f32 -> f32"},
  };
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode));
    CHECK(decided(row.mode, "in x; a = Only16(x); m = Identity(a); out m", "m") == row.behind16);
    CHECK(decided(row.mode, "in x; a = Only32(x); m = Identity(a); out m", "m") == row.behind32);
    CHECK(decided(row.mode, "in x; m = Identity(x); out m", "m") == row.atInput);
    CHECK(decided(row.mode, "in x:f16; m:f16 = Identity(x); out m", "m") == row.half);
    CHECK(Setup(kRows, row.mode).libraries("in x; m = Identity(x); out m", "m") == "graph");
  }
  CHECK(decided(kMust, "in x; m = Identity(x); out m", "m") == "f32 -> f32");
  CHECK(decided(kMust, "in x:f16; a:f16 = Only32(x); m:f16 = Identity(a); out m", "m") == "f32 -> f32");
}

TEST_CASE("Identity Reshape Squeeze Unsqueeze Flatten and what the target marks move data") {
  for (const char* op : {"Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Join"}) {
    CAPTURE(op);
    const std::string text = std::string("in x, s:i64; a = Only16(x); m = ") + op + "(a, s); out m";
    CHECK(decided(kAllow16, text.c_str(), "m") == "f16 i64 -> f16");
    CHECK(Setup(kRows, kAllow16).reasons(text, "m") == "moves-data");
  }
}

TEST_CASE("a mover takes the highest of its inputs outside the mix modes") {
  constexpr const char* kGraph = "in x; a = Only16(x); b = Only32(x); m = Join(a, b); n = Join(a, a); out m, n";
  CHECK(decided(kAllow16, kGraph, "m, n") == "f32 f32 -> f32; f16 f16 -> f16");
  CHECK(decided(kMix, kGraph, "m, n") == "f16 f16 -> f16; f16 f16 -> f16");
  CHECK(decided(kMix, "in x; a = Only16(x); b = Only32(x); m = Join(b, a); out m", "m") == "f32 f32 -> f32");
  // Neither 16-bit dtype holds the other.
  CHECK(decided(kMust, "in x:f16, y:bf16; a:f16 = Only16(x); b:bf16 = Brain(y); m:f16 = Join(a, b); out m", "m") ==
        "f32 f32 -> f32");
}

TEST_CASE("a constant has no say in what a mover takes") {
  constexpr const char* kGraph = "in x; const w; a = Only16(x); m = Join(w, a); out m";
  CHECK(decided(kAllow16, kGraph, "m") == "f16 f16 -> f16");
  CHECK(decided(kMix, kGraph, "m") == "f16 f16 -> f16");
  // Nothing but constants: their users decide (section 6).
  CHECK(decided(kAllow16, "in x; const w; m = Join(w, w); a = Only16(m); out a", "m") == "f16 f16 -> f16");
}

TEST_CASE("a mover on a list obeys it in the mix modes alone") {
  struct Row {
    PrecisionMode mode;
    const char* white;
    const char* black;
  };
  const Row rows[] = {{kMix, "f16 -> f16", "f32 -> f32"},
                      {kMixBf16, "bf16 -> bf16", "f32 -> f32"},
                      {kAllow16, "f32 -> f32", "f16 -> f16"},
                      {kForce16, "f16 -> f16", "f16 -> f16"},
                      {kForce32, "f32 -> f32", "f32 -> f32"}};
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode));
    CHECK(decided(row.mode, "in x; a = Only32(x); m = WhiteMover(a); out m", "m") == row.white);
    if (row.mode == kMixBf16) continue;
    CHECK(decided(row.mode, "in x; a = Only16(x); m = BlackMover(a); out m", "m") == row.black);
  }
  CHECK(Setup(kRows, kMix).reasons("in x; m = WhiteMover(x); n = BlackMover(x); out m, n", "m, n") ==
        "white-list; black-list");
  // Moved to the gray list it follows again.
  Setup gray(kRows, kMix);
  gray.options.policy.listMoves = {{"WhiteMover", ListColour::gray, ""}};
  CHECK(gray.decided("in x; a = Only32(x); m = WhiteMover(a); out m", "m") == "f32 -> f32");
}

TEST_CASE("a mover looks through a raising Cast as gray nodes do") {
  constexpr const char* kGraph = "in x:f16; a:f16 = Only16(x); c = Cast(a); m = Identity(c); g = Both(m); out g";
  CHECK(decided(kMix, kGraph, "m, g") == "f16 -> f16; f16 -> f16");
  CHECK(Setup(kRows, kMix).compiled(kGraph) ==
        "in x:f16\na:f16 = Only16(x)\nm:f16 = Identity(a)\ng_fp16:f16 = Both(m)\ng:f32 = Cast(g_fp16)\nout g\n");
  // Not in the other modes, where movers follow what is there.
  CHECK(decided(kMust, kGraph, "m") == "f32 -> f32");
}

TEST_CASE("a mover without a float input keeps the dtype of its result") {
  for (PrecisionMode mode : {kAllow16, kMix, kMust}) {
    CAPTURE(toString(mode));
    CHECK(decided(mode, "in i:i64; m = Join(i); n:f16 = Join(i); out m, n", "m, n") == "i64 -> f32; i64 -> f16");
  }
}

TEST_CASE("outside the mix modes a mover follows the Cast that it reads") {
  constexpr const char* kGraph = "in x:f16; a:f16 = Only16(x); c = Cast(a); m = Identity(c); g = Only32(m); out g";
  CHECK_THAT(Setup(kRows, kAllow16).explained(kGraph, "m"), Catch::Contains("c"));
  const Graph graph = test::graphOfText(kGraph);
  const Setup setup(kRows, kAllow16);
  const absl::StatusOr<PrecisionPlan> made = plan(graph, setup.options);
  REQUIRE(made.ok());
  CHECK(graph.nodeName(made->decision(test::nodeNamed(graph, "m")).because) == "c");
}

TEST_CASE("a mover that the schema does not let follow is raised") {
  // Identity has bfloat16 from opset 13 on.
  constexpr const char* kGraph = "in x:f16; a:f16 = Brain(x); m:f16 = Identity(a); out m";
  Setup setup(test::targetOfRows(kRows), kMixBf16, 12);
  setup.options.policy.listMoves = {{"Brain", ListColour::white, ""}};
  CHECK(setup.decided(kGraph, "a, m") == "bf16 -> bf16; f32 -> f32");
  CHECK(setup.reasons(kGraph, "m") == "schema-limits");
}

TEST_CASE("a mover whose schema has neither what it follows nor float32 keeps its own dtype") {
  Setup setup("Halves mover (f16 -> f16)", PrecisionMode::forceFp32);
  for (const DType own : {DType::float16, DType::bfloat16}) {
    OpKind kind;
    kind.type = "Halves";
    kind.hasSchema = true;
    kind.signature.typeVars = {DTypeSet(DType::float16) | DTypeSet(DType::bfloat16)};
    kind.signature.inputs = {OperandSpec()};
    kind.signature.outputs = {OperandSpec()};
    Graph graph;
    const ValueId x = graph.addValue("x", own);
    const ValueId m = graph.addValue("m", own);
    REQUIRE(graph.addInput(x).ok());
    REQUIRE(graph.addNode(graph.addOpKind(kind), "m", {x}, {m}).ok());
    REQUIRE(graph.addOutput(m).ok());
    const std::string word = test::wordOf(own);
    CHECK(setup.decided(graph, "m") == word + " -> " + word);
    const absl::StatusOr<PrecisionPlan> made = plan(graph, setup.options);
    REQUIRE(made.ok());
    CHECK(made->decision(static_cast<NodeId>(0)).reason == Reason::schemaLimits);
  }
}

}  // namespace
}  // namespace precast
