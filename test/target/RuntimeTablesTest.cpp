// The tables of ONNX Runtime's execution providers and of TensorRT, against the ONNX schemas and their documentation.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "passes/KernelRows.h"
#include "precast/Target.h"
#include "schema/Schema.h"
#include "target/BuiltinTarget.h"

namespace precast {
namespace {

using test::builtin;

const char* const kTargets[] = {"ort-cpu", "ort-cuda", "ort-dml", "ort-webgpu", "tensorrt"};

// Calls `check` with every entry of every first library.
template <typename Check>
void forEveryEntry(const Check& check) {
  for (const char* name : kTargets) {
    const Target target = builtin(name);
    for (const OpEntry& entry : target.libraries()[0].entries) {
      CAPTURE(name, entry.domain, entry.type, entry.sinceVersion);
      check(target, entry);
    }
  }
}

std::vector<DType> cellsOf(const OpEntry& entry, std::size_t row) {
  std::vector<DType> cells;
  for (const std::vector<KernelOperand>* operands : {&entry.inputs, &entry.outputs}) {
    for (const KernelOperand& operand : *operands) cells.push_back(operand.column.at(row));
  }
  return cells;
}

TEST_CASE("the runtime targets fall back to the CPU and keep what they do not know", "[runtime-tables]") {
  const auto [name, libraries] = GENERATE(table<std::string, std::vector<std::string>>({
      {"ort-cpu", {"cpu"}},
      {"ort-cuda", {"cuda", "cpu"}},
      {"ort-dml", {"dml", "cpu"}},
      {"ort-webgpu", {"webgpu", "cpu"}},
      {"tensorrt", {"tensorrt"}},
  }));
  const Target target = builtin(name);
  CHECK(target.name() == name);
  CHECK(target.keepsUnknownOps());
  CHECK_FALSE(target.hasOpMap());
  std::vector<std::string> found;
  for (const KernelLibrary& library : target.libraries()) found.push_back(library.name);
  CHECK(found == libraries);
}

TEST_CASE("every entry is about a version of an operator that the schema has", "[runtime-tables]") {
  forEveryEntry([](const Target&, const OpEntry& entry) {
    const OpKind kind = onnx::makeOpKind(entry.domain, entry.type, entry.sinceVersion);
    REQUIRE(kind.hasSchema);
    CHECK(kind.sinceVersion == entry.sinceVersion);
    REQUIRE(entry.inputs.size() == kind.signature.inputs.size());
    REQUIRE(entry.outputs.size() == kind.signature.outputs.size());
    for (std::size_t i = 0; i < entry.inputs.size(); ++i) {
      CHECK(entry.inputs[i].variadic == kind.signature.inputs[i].variadic);
      // Of "required", "optional" and "dynamic", a variadic operand that may be none is the last.
      CHECK(entry.inputs[i].optional == (kind.signature.inputs[i].optional && !kind.signature.inputs[i].variadic));
    }
  });
}

TEST_CASE("every row is legal in every version that it serves and is there once", "[runtime-tables]") {
  forEveryEntry([](const Target& target, const OpEntry& entry) {
    REQUIRE(entry.rows == RowSource::columns);
    REQUIRE(entry.rowCount > 0);
    for (int version = entry.sinceVersion; version <= onnx::newestKnownOpset(entry.domain); ++version) {
      const OpKind kind = onnx::makeOpKind(entry.domain, entry.type, version);
      if (target.resolve(kind).entries.at(0) != &entry) continue;
      for (std::size_t row = 0; row < entry.rowCount; ++row) {
        CAPTURE(version, row);
        CHECK(passes::isLegal(kind, entry.inputs.size(), cellsOf(entry, row)));
      }
    }
    std::vector<std::vector<DType>> rows;
    for (std::size_t row = 0; row < entry.rowCount; ++row) rows.push_back(cellsOf(entry, row));
    std::sort(rows.begin(), rows.end());
    CHECK(std::adjacent_find(rows.begin(), rows.end()) == rows.end());
  });
}

TEST_CASE("each entry serves its first version, and its last, and none beyond", "[runtime-tables]") {
  forEveryEntry([](const Target& target, const OpEntry& entry) {
    OpKind kind;
    kind.domain = entry.domain;
    kind.type = entry.type;
    const auto serving = [&](int version) {
      kind.sinceVersion = version;
      return target.resolve(kind).entries.at(0);
    };
    CHECK(serving(entry.sinceVersion) == &entry);
    if (entry.untilVersion == 0) return;
    CHECK(serving(entry.untilVersion) == &entry);
    CHECK(serving(entry.untilVersion + 1) != &entry);
  });
}

TEST_CASE("what moves data has kernels for float16 and float32", "[runtime-tables]") {
  std::size_t movers = 0;
  forEveryEntry([&](const Target&, const OpEntry& entry) {
    if (entry.opClass != OpClass::dataMover) return;
    ++movers;
    const std::vector<DType>& data = entry.inputs.at(0).column;
    CHECK(std::count(data.begin(), data.end(), DType::float16) > 0);
    CHECK(std::count(data.begin(), data.end(), DType::float32) > 0);
    CHECK(entry.colour == ListColour::gray);
  });
  CHECK(movers > 50);
}

// The float dtypes of the first float operand, in the kernel that serves the operator at an opset: "" if there is none.
std::string floatsAt(const std::string& name, const std::string& type, int opset, std::size_t library = 0) {
  const std::size_t colon = type.find(':');
  const std::string domain = colon == std::string::npos ? "" : type.substr(0, colon);
  const Target target = builtin(name);
  const TargetOp op = target.resolve(onnx::makeOpKind(domain, type.substr(colon + 1), opset));
  const OpEntry* entry = op.entries.at(library);
  if (entry == nullptr) return "none";
  for (const KernelOperand& operand : entry->inputs) {
    std::string floats;
    for (DType dtype : {DType::float32, DType::float16, DType::bfloat16}) {
      if (std::count(operand.column.begin(), operand.column.end(), dtype) != 0)
        floats += (floats.empty() ? "" : " ") + std::string(toString(dtype));
    }
    if (!floats.empty()) return floats;
  }
  return "no float";
}

TEST_CASE("kernels that the runtimes document", "[runtime-tables]") {
  const auto [target, type, opset, floats] = GENERATE(table<std::string, std::string, int, std::string>({
      {"ort-cpu", "Conv", 13, "float32"},
      {"ort-cpu", "Clip", 11, "float32"},
      {"ort-cpu", "Clip", 13, "float32 float16"},
      {"ort-cpu", "Where", 16, "float32"},
      {"ort-cpu", "Gather", 13, "float32 float16 bfloat16"},
      {"ort-cpu", "Gather", 11, "float32 float16"},  // the schema has no bfloat16 yet
      {"ort-cpu", "And", 13, "no float"},
      {"ort-cuda", "Conv", 13, "float32 float16"},
      {"ort-cuda", "Conv", 22, "float32 float16 bfloat16"},
      {"ort-cuda", "Clip", 11, "float32"},
      {"ort-cuda", "Abs", 12, "float32 float16"},
      {"ort-cuda", "Abs", 13, "float32 float16 bfloat16"},
      {"ort-cuda", "Acos", 13, "none"},
      {"ort-cuda", "com.microsoft:BiasSplitGelu", 1, "float32 float16"},
      {"ort-dml", "Acos", 21, "float32 float16"},
      {"ort-dml", "Acos", 22, "none"},
      {"ort-dml", "Abs", 13, "float32 float16"},
      {"ort-webgpu", "Add", 14, "float32 float16"},
      {"ort-webgpu", "LSTM", 14, "none"},
      {"tensorrt", "Conv", 11, "float32 float16"},
      {"tensorrt", "Conv", 22, "float32 float16 bfloat16"},
      {"tensorrt", "AffineGrid", 20, "none"},
  }));
  CAPTURE(target, type, opset);
  CHECK(floatsAt(target, type, opset) == floats);
}

TEST_CASE("what the first library lacks the second may have", "[runtime-tables]") {
  CHECK(floatsAt("ort-cuda", "Acos", 13, 1) == "float32");
  CHECK(floatsAt("ort-dml", "Acos", 22, 1) == "float32");
  CHECK(floatsAt("ort-webgpu", "LSTM", 14, 1) == "float32");
}

TEST_CASE("a row for each dtype of an index where a kernel has not all that the schema has", "[runtime-tables]") {
  const Target target = builtin("ort-cuda");
  const TargetOp op = target.resolve(onnx::makeOpKind("", "OneHot", 11));
  const OpEntry* entry = op.entries.at(0);
  REQUIRE(entry != nullptr);
  for (std::size_t row = 0; row < entry->rowCount; ++row) {
    const std::vector<DType> cells = cellsOf(*entry, row);
    CHECK(std::any_of(cells.begin(), cells.end(), [](DType dtype) { return isFloat(dtype); }));
  }
}

TEST_CASE("operands whose precision decides shapes and scales keep it on runtimes too", "[runtime-tables]") {
  for (const char* name : kTargets) {
    CAPTURE(name);
    const Target target = builtin(name);
    const TargetOp op = target.resolve(onnx::makeOpKind("", "DequantizeLinear", 13));
    if (op.entries.at(0) != nullptr) CHECK(op.entries[0]->inputs.at(1).keep);
    const TargetOp resize = target.resolve(onnx::makeOpKind("", "Resize", 13));
    REQUIRE(resize.entries.at(0) != nullptr);
    CHECK(resize.entries[0]->inputs.at(2).keep);
    CHECK_FALSE(resize.entries[0]->inputs.at(0).keep);
  }
}

TEST_CASE("list colours are those of the generic target", "[runtime-tables]") {
  const Target generic = builtin("onnx");
  forEveryEntry([&](const Target&, const OpEntry& entry) {
    OpKind kind = onnx::makeOpKind(entry.domain, entry.type, entry.sinceVersion);
    const TargetOp op = generic.resolve(kind);
    if (op.opClass == OpClass::compute) CHECK(op.colour == entry.colour);
  });
}

}  // namespace
}  // namespace precast
