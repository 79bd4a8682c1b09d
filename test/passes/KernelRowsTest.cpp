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
#include "schema/Schema.h"

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
  // Also where the target's table does not mark it as one.
  const Setup unmarked(test::builtinWithRows("ascend310", "Identity (f16 -> f16) (f32 -> f32)"), kAllow16, 17);
  CHECK(unmarked.reasons("in x; a = Dropout(x); out a", "a") == "moves-data");
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

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;
constexpr DType bf16 = DType::bfloat16;
constexpr DType none = DType::undefined;

// A schema, an entry and an op map made by hand: what the built-in tables happen not to have.
struct Case {
  OpKind kind;
  OpEntry entry;
  OpMapping mapping;
  bool isMapped = false;
  std::vector<DType> inputs;
  std::vector<DType> outputs;

  TargetOp op() const {
    TargetOp target;
    target.entries = {&entry};
    target.known = true;
    if (isMapped) target.mapping = &mapping;
    return target;
  }
  passes::OwnDTypes own() const { return {inputs, outputs}; }
  std::vector<std::vector<DType>> rows(bool onlyLegal = true) const {
    std::vector<std::vector<DType>> list;
    for (const passes::KernelRow& row : passes::kernelRows(kind, op(), entry, own())) {
      if (row.legal || !onlyLegal) list.emplace_back(row.cells.begin(), row.cells.end());
    }
    return list;
  }
};

OperandSpec operand(std::uint8_t typeVar, bool heterogeneous = false) {
  OperandSpec spec;
  spec.typeVar = typeVar;
  spec.variadic = spec.heterogeneous = heterogeneous;
  return spec;
}

KernelOperand column(std::vector<DType> dtypes, bool variadic = false) {
  KernelOperand made;
  made.column = std::move(dtypes);
  made.variadic = variadic;
  return made;
}

KernelOperand setOf(DType dtype) {
  KernelOperand made;
  made.set = DTypeSet(dtype);
  return made;
}

using Rows = std::vector<std::vector<DType>>;

TEST_CASE("heterogeneous operands are tied to none") {
  Case each;
  each.kind.hasSchema = true;
  each.kind.signature = {{operand(0, true)}, {operand(0)}, {DTypeSet::floats()}};
  each.entry.rows = RowSource::schema;
  each.inputs = {f16, f32};
  each.outputs = {DType::int32};
  CHECK(each.rows(false) == Rows{{f16, f32, DType::int32}});  // each keeps its own, there is nothing to choose
  // Where the entry has a column for it, that says nothing about the result, and the schema has nothing against it.
  each.entry.rows = RowSource::columns;
  each.entry.rowCount = 1;
  each.entry.inputs = {column({f16}, true)};
  each.outputs = {f32};
  CHECK(each.rows() == Rows{{f16, f16, f16}, {f16, f16, f32}, {f16, f16, bf16}});
  each.isMapped = true;
  CHECK(passes::isForeignOperand(each.kind, each.op(), each.entry, each.own(), 2));
  each.entry.rows = RowSource::sets;
  CHECK_FALSE(passes::isForeignOperand(each.kind, each.op(), each.entry, each.own(), 2));
}

TEST_CASE("what is not stated takes the dtype of what the schema ties it to, past operands that are left out") {
  Case each;
  each.kind.hasSchema = true;
  each.kind.signature = {{operand(0), operand(0)}, {operand(0)}, {DTypeSet::floats()}};
  each.entry.rows = RowSource::columns;
  each.entry.rowCount = 1;
  each.entry.inputs = {column({f16}), column({f16})};
  each.inputs = {none, f32};
  each.outputs = {f32};
  CHECK(each.rows() == Rows{{none, f16, f16}});
  // Of two that are free the first changes slowest.
  each.kind.signature = {{operand(0)}, {operand(1)}, {DTypeSet::floats(), DTypeSet::floats()}};
  each.entry.rows = RowSource::schema;
  each.inputs = {f32};
  const Rows rows = each.rows();
  REQUIRE(rows.size() == 9);
  CHECK(rows[1] == std::vector<DType>{f16, f32});
  CHECK(rows[3] == std::vector<DType>{f32, f16});
}

TEST_CASE("an operand that is no float and that an entry does not state stays as it is") {
  Case each;
  each.kind.hasSchema = true;
  each.kind.signature = {{operand(0), operand(1)}, {operand(0)}, {DTypeSet::floats(), DTypeSet::all()}};
  each.entry.rows = RowSource::columns;
  each.entry.rowCount = 1;
  each.entry.inputs = {column({f16})};
  each.entry.outputs = {column({f16})};
  each.inputs = {f32, DType::int64};
  each.outputs = {f32};
  CHECK(each.rows(false) == Rows{{f16, DType::int64, f16}});
  each.entry.inputs.push_back(column({none}));
  CHECK(each.rows(false) == Rows{{f16, DType::int64, f16}});
}

TEST_CASE("int32 and int64 are one behind an op map and nothing else is") {
  Case each;
  each.outputs = {};
  const auto serves = [&](DType offered, DType own, bool isMapped) {
    each.isMapped = isMapped;
    each.inputs = {own};
    each.entry.rows = RowSource::sets;
    each.entry.inputs = {setOf(offered)};
    const bool inSets = !each.rows().empty();
    each.entry.rows = RowSource::columns;
    each.entry.rowCount = 1;
    each.entry.inputs = {column({offered})};
    CHECK(each.rows().empty() != inSets);
    return inSets;
  };
  CHECK(serves(DType::int32, DType::int64, true));
  CHECK(serves(DType::int64, DType::int32, true));
  CHECK_FALSE(serves(DType::int32, DType::int64, false));
  CHECK_FALSE(serves(DType::int32, DType::boolean, true));
  CHECK_FALSE(serves(DType::boolean, DType::int32, true));
}

TEST_CASE("a set says nothing of an operand that is left out or that it does not list") {
  Case each;
  each.entry.rows = RowSource::sets;
  each.entry.inputs = {setOf(f32), setOf(f32)};
  each.inputs = {f32, none, DType::int8};
  CHECK(each.rows() == Rows{{f32, none, DType::int8}});
}

TEST_CASE("an op map that ends early leaves the rest to a variadic operand that it ends with, and to no other") {
  Case each;
  each.isMapped = true;
  each.entry.rows = RowSource::columns;
  each.entry.inputs = {column({f16}), column({f16}, true)};
  each.inputs = {f32, f32, f32};
  const auto serving = [&](std::vector<int> map) {
    each.mapping.inputs = std::move(map);
    const KernelOperand* found = passes::servingOperand(each.op(), each.entry, each.own(), 2);
    return found == nullptr ? -1 : static_cast<int>(found - each.entry.inputs.data());
  };
  CHECK(serving({0, 1}) == 1);
  CHECK(serving({1, 0}) == -1);
  CHECK(serving({0, -1}) == -1);
  each.entry.inputs[1].variadic = false;
  CHECK(serving({0, 1}) == -1);
}

TEST_CASE("rows of a schema are missed by operators that need rows and have none but those") {
  const absl::StatusOr<Target> onnx = Target::builtin("onnx");
  REQUIRE(onnx.ok());
  OpKind kind;
  kind.type = "Reshape";
  CHECK_FALSE(passes::lacksSchema(kind, onnx->resolve(kind), *onnx));
  kind.type = "Sin";
  CHECK(passes::lacksSchema(kind, onnx->resolve(kind), *onnx));
  OpEntry entry;
  entry.rows = RowSource::schema;
  TargetOp second = onnx->resolve(kind);
  second.entries = {nullptr, &entry};
  CHECK(passes::lacksSchema(kind, second, *onnx));
}

}  // namespace
}  // namespace precast
