// The tables of the Ascend SoCs against what Ascend publishes (canndev, June 2022).
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "precast/Target.h"
#include "target/BuiltinTarget.h"

namespace precast {
namespace {

constexpr const char* kSocs[] = {"ascend310", "ascend310b", "ascend310p", "ascend610", "ascend910", "ascend910b"};

using test::builtin;

const OpEntry* find(const Target& target, std::size_t library, std::string_view type) {
  for (const OpEntry& entry : target.libraries()[library].entries) {
    if (entry.type == type) return &entry;
  }
  return nullptr;
}

// The rows of an entry, each as the words of its columns: "float16,float16,float16".
std::vector<std::string> rowsOf(const OpEntry& entry) {
  std::vector<std::string> rows(entry.rowCount);
  for (const std::vector<KernelOperand>* operands : {&entry.inputs, &entry.outputs}) {
    for (const KernelOperand& operand : *operands) {
      for (std::size_t r = 0; r < entry.rowCount; ++r)
        rows[r] += (rows[r].empty() ? "" : ",") + std::string(toString(operand.column[r]));
    }
  }
  return rows;
}

bool hasRow(const OpEntry& entry, const std::string& row) {
  const std::vector<std::string> rows = rowsOf(entry);
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

bool usesDType(const OpEntry& entry, DType dtype) {
  for (const std::vector<KernelOperand>* operands : {&entry.inputs, &entry.outputs}) {
    for (const KernelOperand& operand : *operands) {
      if (std::count(operand.column.begin(), operand.column.end(), dtype) != 0) return true;
    }
  }
  return false;
}

TEST_CASE("the AI Core tables have as many operators of each list as Ascend's", "[ascend-tables]") {
  struct Counts {
    std::string soc;
    std::size_t operators, white, black, cube, movers;
  };
  const Counts published = GENERATE(values<Counts>({{"ascend310", 509, 17, 2, 18, 12},
                                                    {"ascend310b", 641, 36, 83, 27, 12},
                                                    {"ascend310p", 666, 28, 2, 26, 10},
                                                    {"ascend610", 554, 23, 2, 22, 10},
                                                    {"ascend910", 740, 35, 88, 26, 10},
                                                    {"ascend910b", 706, 38, 86, 27, 10}}));
  CAPTURE(published.soc);
  const Target target = builtin(published.soc);
  const std::vector<OpEntry>& entries = target.libraries()[0].entries;
  const auto count = [&](auto predicate) {
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), predicate));
  };
  CHECK(target.libraries()[0].name == "aicore");
  CHECK(entries.size() == published.operators);
  CHECK(count([](const OpEntry& e) { return e.colour == ListColour::white; }) == published.white);
  CHECK(count([](const OpEntry& e) { return e.colour == ListColour::black; }) == published.black);
  CHECK(count([](const OpEntry& e) { return e.cube; }) == published.cube);
  CHECK(count([](const OpEntry& e) { return e.opClass == OpClass::dataMover; }) == published.movers);
}

TEST_CASE("every AI Core operator that has operands has rows", "[ascend-tables]") {
  for (const char* soc : kSocs) {
    const Target target = builtin(soc);
    for (const OpEntry& entry : target.libraries()[0].entries) {
      CAPTURE(soc, entry.type);
      CHECK((entry.inputs.empty() && entry.outputs.empty()) == (entry.rowCount == 0));
      const std::vector<std::string> rows = rowsOf(entry);
      if (entry.type == "Conv2D") CHECK(std::set<std::string>(rows.begin(), rows.end()).size() == rows.size());
    }
  }
}

TEST_CASE("Conv2D is white and on the matrix unit of every SoC and takes float16", "[ascend-tables]") {
  const std::string soc = GENERATE(from_range(std::begin(kSocs), std::end(kSocs)));
  CAPTURE(soc);
  const Target target = builtin(soc);
  const OpEntry* conv = find(target, 0, "Conv2D");
  REQUIRE(conv != nullptr);
  CHECK(conv->colour == ListColour::white);
  CHECK(conv->cube);
  CHECK(hasRow(*conv, "float16,float16,float16,int8,float16"));
  CHECK(hasRow(*conv, "int8,int8,int32,int8,int32"));
  // Ascend310's unit has no float32 output.
  CHECK(hasRow(*conv, "float16,float16,float32,int8,float32") == (soc != "ascend310"));
  for (DType dtype : conv->inputs[0].column) CHECK(dtype != DType::float32);
}

TEST_CASE("rows that Ascend publishes", "[ascend-tables]") {
  const auto [soc, type, row, present] = GENERATE(table<std::string, std::string, std::string, bool>({
      {"ascend310", "MatMulV2", "float16,float16,float32,int8,float32", true},
      {"ascend310", "MatMulV2", "bfloat16,bfloat16,float32,int8,bfloat16", false},
      {"ascend310", "ReduceMean", "float32,int32,float32", false},
      {"ascend310p", "ReduceMean", "float32,int32,float32", true},
      {"ascend310", "BNInfer", "float16,float32,float32,float32,float32,float16", true},
      {"ascend610", "MatMulV2", "int8,int8,float16,int8,float16", true},
      {"ascend910", "MatMul", "int32,int32,int32,int8,int32", true},
      {"ascend910", "MatMul", "bfloat16,bfloat16,float32,int8,bfloat16", false},
      {"ascend910", "BatchMatMulV2", "float16,float16,float16,int8,float16", true},
      {"ascend910", "DepthwiseConv2D", "float16,float16,float32,float16,float32", true},
      {"ascend910b", "DepthwiseConv2D", "float16,float16,float32,float16,float32", false},
      {"ascend910b", "MatMul", "bfloat16,bfloat16,float32,int8,bfloat16", true},
      {"ascend910b", "MatMulV2", "bfloat16,bfloat16,float32,int8,bfloat16", true},
      {"ascend910b", "BatchMatMulV2", "bfloat16,bfloat16,float32,int8,bfloat16", true},
      {"ascend910b", "BatchMatMul", "bfloat16,bfloat16,float32,bfloat16", true},
      {"ascend910b", "Conv2DTransposeD", "bfloat16,bfloat16,bfloat16,int8,bfloat16", true},
      {"ascend310b", "BatchMatMulV2", "bfloat16,bfloat16,float32,int8,bfloat16", true},
      {"ascend910b", "Cast", "bfloat16,float32", true},
      {"ascend910", "Cast", "bfloat16,float32", false},
      {"ascend910", "BNTrainingUpdateGrad", "float16,float16,float32,float32,float32,float32", true},
      {"ascend910", "GNTrainingReduce", "float16,float32,float32", true},
  }));
  CAPTURE(soc, type, row);
  const Target target = builtin(soc);
  const OpEntry* entry = find(target, 0, type);
  REQUIRE(entry != nullptr);
  CAPTURE(rowsOf(*entry));
  CHECK(hasRow(*entry, row) == present);
}

TEST_CASE("bfloat16 belongs to the SoCs whose matrix unit has it", "[ascend-tables]") {
  const auto [soc, present] = GENERATE(table<std::string, bool>({{"ascend310", false},
                                                                 {"ascend310b", true},
                                                                 {"ascend310p", false},
                                                                 {"ascend610", false},
                                                                 {"ascend910", false},
                                                                 {"ascend910b", true}}));
  CAPTURE(soc);
  const Target target = builtin(soc);
  bool any = false;
  for (const OpEntry& entry : target.libraries()[0].entries) any |= entry.cube && usesDType(entry, DType::bfloat16);
  CHECK(any == present);
}

TEST_CASE("list colours that Ascend publishes", "[ascend-tables]") {
  const auto [soc, type, colour] = GENERATE(table<std::string, std::string, ListColour>({
      {"ascend310", "MatMulV2", ListColour::white},
      {"ascend310", "DynamicRNN", ListColour::gray},
      {"ascend910", "DynamicRNN", ListColour::white},
      {"ascend310", "Add", ListColour::gray},
      {"ascend910b", "Conv3D", ListColour::white},
      {"ascend310p", "DepthwiseConv2D", ListColour::white},
      {"ascend910b", "DepthwiseConv2D", ListColour::gray},
  }));
  CAPTURE(soc, type);
  const Target target = builtin(soc);
  const OpEntry* entry = find(target, 0, type);
  REQUIRE(entry != nullptr);
  CHECK(entry->colour == colour);
}

TEST_CASE("the AI CPU is the same in all SoCs and the second to be tried", "[ascend-tables]") {
  for (const char* soc : kSocs) {
    CAPTURE(soc);
    const Target target = builtin(soc);
    REQUIRE(target.libraries().size() == 2);
    CHECK(target.libraries()[1].name == "aicpu");
    CHECK(target.libraries()[1].entries.size() == 206);
    const OpEntry* nonZero = find(target, 1, "NonZero");
    REQUIRE(nonZero != nullptr);
    CHECK(nonZero->source == "ascend/aicpu-ops-info.json");
    CHECK(nonZero->rows == RowSource::sets);
    CHECK(nonZero->inputs.at(0).set.contains(DType::float32));
  }
}

TEST_CASE("an ONNX operator of common models is served on every SoC", "[ascend-tables]") {
  const std::string type = GENERATE("Conv", "MatMul", "Gemm", "Relu", "Add", "Mul", "Softmax", "BatchNormalization",
                                    "Concat", "MaxPool", "AveragePool", "GlobalAveragePool", "Sigmoid", "Transpose",
                                    "Clip", "LSTM", "Slice", "Resize", "ReduceMean", "ConvTranspose", "Erf", "Pow");
  for (const char* soc : kSocs) {
    CAPTURE(soc, type);
    const Target target = builtin(soc);
    OpKind kind;
    kind.type = type;
    kind.sinceVersion = 13;
    kind.hasSchema = true;
    const TargetOp op = target.resolve(kind);
    CHECK((op.opClass == OpClass::dataMover || op.entries.at(0) != nullptr || op.entries.at(1) != nullptr));
    // Ascend610 has no StridedSliceV2 on the AI Core.
    if (op.opClass == OpClass::compute) CHECK((op.entries.at(0) == nullptr) == (type == "Slice" && soc == kSocs[3]));
  }
}

}  // namespace
}  // namespace precast
