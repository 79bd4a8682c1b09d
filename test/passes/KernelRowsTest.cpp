// precision-semantics, sections 1 and 4: kernel rows laid over a node's operands, on tables and on Ascend targets.
//
// sentence                                            | test
// an AI CPU entry gives a set per operand             | an AI CPU entry serves own dtypes that are in its sets
// the op map names the Ascend op and its operands     | OpMapTest; Ascend's rows reach ONNX operators by operand
// Squeeze, ... map to movers, Resize by its mode      | an operator that becomes one of the movers ...; OpMapTest
// an op of several Ascend ops: by the main one        | Ascend's rows reach ONNX operators by operand
// unmapped operands on either side match anything     | unmapped operands on either side match anything
// a row that the schema cannot express is dropped     | a row that the schema cannot express is dropped
// --ops_info alone: literally; schema applies to ONNX | a table of one's own is literal, its rows meet the schema
// dynamicFormat without columns                       | TargetTest
#include "passes/KernelRows.h"

#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"
#include "onnx/Schema.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

Setup ascend(const char* target, PrecisionMode mode, int opset) {
  return Setup(test::builtinWithRows(target), mode, opset);
}

TEST_CASE("an AI CPU entry serves own dtypes that are in its sets") {
  // Less is on the AI CPU alone once the AI Core's rows do not serve; float64 is in its set.
  const Setup setup(test::builtinWithRows("ascend310", "Less (i32 i32 -> bool)"), kForce16);
  CHECK(setup.decided("in x, y; a:bool = Less(x, y); out a", "a") == "f32 f32 -> bool");
  CHECK(setup.libraries("in x, y; a:bool = Less(x, y); out a", "a") == "aicpu");
  CHECK(setup.libraries("in x:f16, y:f16; a:bool = Less(x, y); out a", "a") == "aicpu");
  // bfloat16 is not.
  CHECK_THAT(setup.refused("in x:bf16, y:bf16; a:bool = Less(x, y); out a"), Catch::Contains("node 'a'"));
  // Without an op map an index has the width that the set names.
  const Setup own(test::targetOf(R"({"Op":{"input0":{"name":"x","type":"DT_FLOAT"},
                                           "input1":{"name":"i","type":"DT_INT32"},
                                           "output0":{"name":"y","type":"DT_FLOAT"}}})"),
                  kForce16);
  CHECK(own.decided("in x, i:i32; a = Op(x, i); out a", "a") == "f32 i32 -> f32");
  CHECK_THAT(own.refused("in x, i:i64; a = Op(x, i); out a"), Catch::Contains("node 'a'"));
}

TEST_CASE("Ascend's rows reach ONNX operators by operand") {
  // BNInfer wants its parameters in float32 whatever x is; LayerNormalization's third operand is its bias.
  CHECK(ascend("ascend310", kForce16, 17)
            .decided("in x; const s, b, m, v; a = BatchNormalization(x, s, b, m, v); out a", "a") ==
        "f16 f32 f32 f32 f32 -> f16");
  CHECK(ascend("ascend310", kForce16, 17).decided("in x, y; a = MatMul(x, y); out a", "a") == "f16 f16 -> f16");
  // An operator that becomes several Ascend operators is decided by the main one.
  CHECK(ascend("ascend310", kForce16, 17).decided("in x; const w, b; a = Gemm(x, w, b); out a", "a") ==
        "f16 f16 f16 -> f16");
}

TEST_CASE("an operator that becomes one of the movers moves data") {
  for (const char* soc : {"ascend310", "ascend910b"}) {
    CAPTURE(soc);
    const Setup setup = ascend(soc, kAllow16, 17);
    CHECK(setup.reasons("in x; a = Dropout(x); out a", "a") == "moves-data");
    CHECK(setup.libraries("in x; a = Dropout(x); out a", "a") == "graph");
  }
}

TEST_CASE("unmapped operands on either side match anything") {
  // Slice-9 has as attributes what the Ascend operator takes as inputs; Slice-10 has them as inputs.
  CHECK(ascend("ascend310", kForce16, 9).decided("in x; a = Slice(x); out a", "a") == "f16 -> f16");
  CHECK(ascend("ascend310", kForce16, 13).decided("in x, s:i64, e:i64; a = Slice(x, s, e); out a", "a") ==
        "f16 i64 i64 -> f16");
  CHECK(ascend("ascend310", kForce16, 9).decided("in x; a = ReduceMean(x); out a", "a") == "f16 -> f16");
  CHECK(ascend("ascend310", kForce16, 18).decided("in x, i:i64; a = ReduceMean(x, i); out a", "a") == "f16 i64 -> f16");
  // Resize's roi may have any float dtype, and the kernel of this mode has no roi: nothing asks for another than its
  // own. Its scales are float32 by the schema.
  const char* resize = "in x, r, s; a = Resize(x, r, s); out a";
  for (PrecisionMode mode : {kForce16, kMix}) {
    Setup setup = ascend("ascend310p", mode, 17);
    setup.options.policy.listMoves = {{"ResizeBilinearV2", ListColour::white, ""}};
    if (mode == kForce16) setup.options.policy.listMoves.clear();
    CHECK(setup.decided(resize, "a") == "f16 f32 f32 -> f16");
  }
  CHECK(ascend("ascend310p", kForce32, 17).decided("in x:f16, r:f16, s; a:f16 = Resize(x, r, s); out a", "a") ==
        "f32 f16 f32 -> f32");
  // What the schema ties to an operand of the kernel goes along: the first Tile's counts.
  CHECK(ascend("ascend310p", kForce16, 1).decided("in x, t, i; a = Tile(x, t, i); out a", "a") == "f16 f16 f16 -> f16");
  // Squeeze, Unsqueeze, Flatten and Identity move data.
  for (const char* op : {"Squeeze", "Unsqueeze", "Flatten", "Identity"}) {
    CAPTURE(op);
    const std::string text = std::string("in x; w = Conv2(x); a = ") + op + "(w); out a";
    Setup setup(test::builtinWithRows("ascend310", "Conv2 (f16 -> f16)"), PrecisionMode::allowFp32ToFp16);
    CHECK(setup.decided(text, "a") == "f16 -> f16");
    CHECK(setup.libraries(text, "a") == "graph");
  }
}

TEST_CASE("a row that the schema cannot express is dropped") {
  constexpr const char* kGraph = "in x; const s, b, m, v; a = BatchNormalization(x, s, b, m, v); out a";
  for (const char* target : {"ascend310", "ascend310p", "ascend910"}) {
    CAPTURE(target);
    const Setup old = ascend(target, kForce16, 11);
    CHECK(old.decided(kGraph, "a") == "f32 f32 f32 f32 f32 -> f32");
    CHECK(old.reasons(kGraph, "a") == "schema-limits");
    CHECK(ascend(target, kForce16, 14).reasons(kGraph, "a") == ascend(target, kForce16, 14).reasons(kGraph, "a"));
    const Setup now = ascend(target, kForce16, 15);
    CHECK(now.decided(kGraph, "a") == "f16 f32 f32 f32 f32 -> f16");
    CHECK(now.reasons(kGraph, "a") == "forced-fp16");
  }
}

TEST_CASE("a table of one's own is literal, its rows meet the schema") {
  constexpr const char* kRows = "BatchNormalization (f16 f32 f32 f32 f32 -> f16) (f32 f32 f32 f32 f32 -> f32)";
  constexpr const char* kGraph = "in x; const s, b, m, v; a = BatchNormalization(x, s, b, m, v); out a";
  Setup setup(kRows, kForce16);
  CHECK(setup.decided(kGraph, "a") == "f16 f32 f32 f32 f32 -> f16");  // a JSON graph has no schema
  setup.opset = 11;
  CHECK(setup.decided(kGraph, "a") == "f32 f32 f32 f32 f32 -> f32");
  setup.opset = 15;
  CHECK(setup.decided(kGraph, "a") == "f16 f32 f32 f32 f32 -> f16");
  // BNInfer would serve it on an Ascend target; here nothing is mapped.
  Setup unmapped("BNInfer (f16 f32 f32 f32 f32 -> f16)", kForce16);
  unmapped.opset = 15;
  CHECK_THAT(unmapped.refused(kGraph), Catch::Contains("ops_info has no BatchNormalization"));
}

TEST_CASE("what an entry does not state is filled in as the schema ties it") {
  // One output column alone; the input is tied to it by the type variable T.
  const Target target = test::targetOf(R"({"Relu":{"output0":{"name":"y","dtype":"float16,float"}}})");
  const OpKind kind = onnx::makeOpKind("", "Relu", 17);
  const DType own[] = {DType::float32, DType::float32};
  const passes::OwnDTypes dtypes{absl::MakeConstSpan(own).first(1), absl::MakeConstSpan(own).subspan(1)};
  const TargetOp op = target.resolve(kind);
  const std::vector<passes::KernelRow> rows = passes::kernelRows(kind, op, *passes::firstEntry(op), dtypes);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].cells == absl::InlinedVector<DType, 8>{DType::float16, DType::float16});
  CHECK(rows[1].cells == absl::InlinedVector<DType, 8>{DType::float32, DType::float32});
  CHECK(rows[0].legal);
  // Two dtypes for one type variable.
  CHECK_FALSE(passes::isLegal(kind, 1, {DType::float16, DType::float32}));
  CHECK_FALSE(passes::isLegal(kind, 1, {DType::string, DType::string}));
  CHECK(passes::isLegal(kind, 1, {DType::bfloat16, DType::bfloat16}));
}

}  // namespace
}  // namespace precast
