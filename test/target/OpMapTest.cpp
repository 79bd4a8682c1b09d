// The op map against the tables that it points into, and which of its mappings holds.
#include "target/OpMap.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "precast/Target.h"
#include "target/EmbeddedFiles.h"
#include "target/OpsInfoReader.h"

namespace precast {
namespace {

std::vector<target::NamedMapping> readMap() {
  for (const target::EmbeddedFile& file : target::embeddedFiles()) {
    if (file.path != "ascend/onnx-op-map.json") continue;
    absl::StatusOr<std::vector<target::NamedMapping>> map = target::readOpMap(file.text, file.path);
    INFO(map.status());
    REQUIRE(map.ok());
    return *std::move(map);
  }
  FAIL("the op map is not built in");
  return {};
}

constexpr const char* kSocs[] = {"ascend310", "ascend310b", "ascend310p", "ascend610", "ascend910", "ascend910b"};

Target ascend(std::string_view name = "ascend310p") {
  absl::StatusOr<Target> target = Target::builtin(name);
  REQUIRE(target.ok());
  return *std::move(target);
}

TEST_CASE("an ONNX operator reaches the kernel that its attribute and version select", "[op-map]") {
  const auto [type, variant, version, expected] = GENERATE(table<std::string, std::string, int, std::string>({
      {"Conv", "", 11, "Conv2D"},
      {"ConvTranspose", "", 11, "Conv2DTranspose"},
      {"BatchNormalization", "", 15, "BNInfer"},
      {"Div", "", 14, "RealDiv"},
      {"Clip", "", 13, "ClipByValue"},
      {"MatMul", "", 13, "BatchMatMulV2"},
      {"Gemm", "", 13, "MatMulV2"},
      {"Softmax", "", 13, "SoftmaxV2"},
      {"Resize", "nearest", 10, "ResizeNearestNeighborV2"},
      {"Resize", "nearest", 13, "ResizeNearestNeighborV2"},
      {"Resize", "linear", 10, "ResizeBilinearV2"},
      {"Resize", "linear", 13, "ResizeBilinearV2"},
      {"Resize", "cubic", 13, "Resize"},
      {"Upsample", "nearest", 9, "ResizeNearestNeighborV2"},
      {"Upsample", "linear", 9, "ResizeBilinearV2"},
      {"ScatterND", "", 13, "ScatterNdUpdate"},
      {"NonMaxSuppression", "", 11, "NonMaxSuppressionV7"},
  }));
  CAPTURE(type, variant, version);
  OpKind kind;
  kind.type = type;
  kind.variant = variant;
  kind.sinceVersion = version;
  kind.hasSchema = true;
  const Target target = ascend();
  const TargetOp op = target.resolve(kind);
  REQUIRE(op.mapping != nullptr);
  CHECK(op.targetType == expected);
  CHECK(op.known);
  CHECK(op.entries.at(0) != nullptr);
}

TEST_CASE("of the entries of an operator the newest holds that its version has reached", "[op-map]") {
  const Target target = ascend();
  const auto inputsOf = [&](const char* type, const char* variant, int version) {
    OpKind kind;
    kind.type = type;
    kind.variant = variant;
    kind.sinceVersion = version;
    kind.hasSchema = true;
    const TargetOp op = target.resolve(kind);
    REQUIRE(op.mapping != nullptr);
    return op.mapping->inputs;
  };
  using Map = std::vector<int>;
  CHECK(inputsOf("Slice", "", 9) == Map{0});
  CHECK(inputsOf("Slice", "", 10) == Map{0, 1, 2, -1, 3});
  CHECK(inputsOf("Slice", "", 0) == Map{0, 1, 2, -1, 3});  // of no version: the newest
  for (const char* variant : {"nearest", "linear"}) {
    CAPTURE(variant);
    CHECK(inputsOf("Resize", variant, 10) == Map{0, -1});
    CHECK(inputsOf("Resize", variant, 13) == Map{0, -1, -1, 1});
  }
}

TEST_CASE("a mapping of the operator's variant goes before one of none, wherever it stands, and of two alike the first",
          "[op-map]") {
  const auto mapping = [](const char* type, const char* variant, int since) {
    target::NamedMapping named;
    named.onnxType = "Resize";
    named.mapping.targetType = type;
    named.mapping.variant = variant;
    named.mapping.sinceVersion = since;
    return named;
  };
  const std::vector<target::NamedMapping> map = {mapping("General", "", 1), mapping("Nearest", "nearest", 1),
                                                 mapping("Twin", "", 1), mapping("NearestTwin", "nearest", 1),
                                                 mapping("Newer", "", 5)};
  const auto type = [&](const char* variant, int version, std::vector<std::uint32_t> positions) {
    OpKind kind;
    kind.type = "Resize";
    kind.variant = variant;
    kind.sinceVersion = version;
    const OpMapping* found = target::mappingFor(kind, map, positions);
    return found == nullptr ? std::string() : found->targetType;
  };
  CHECK(type("nearest", 4, {0, 1}) == "Nearest");
  CHECK(type("nearest", 4, {1, 0}) == "Nearest");
  CHECK(type("linear", 4, {1, 0}) == "General");
  CHECK(type("linear", 4, {0, 2}) == "General");
  CHECK(type("linear", 4, {2, 0}) == "Twin");
  CHECK(type("nearest", 4, {0, 3, 1}) == "NearestTwin");
  // A newer one goes before both.
  CHECK(type("nearest", 5, {1, 0, 4}) == "Newer");
  CHECK(type("nearest", 0, {4, 1}) == "Newer");
  CHECK(type("linear", 4, {1, 3, 4}).empty());
}

TEST_CASE("operands of ONNX that Ascend has in another place", "[op-map]") {
  const auto [type, version, input, expected] = GENERATE(table<std::string, int, std::size_t, std::string>({
      {"ConvTranspose", 11, 0, "x"},
      {"ConvTranspose", 11, 1, "filter"},
      {"ConvTranspose", 11, 2, "bias"},
      {"LSTM", 14, 2, "w"},
      {"LSTM", 14, 3, "b"},
      {"LSTM", 14, 4, "seq_length"},
      {"LSTM", 14, 5, "init_h"},
      {"LSTM", 14, 6, "init_c"},
      {"LSTM", 14, 7, "wci"},
      {"GRU", 14, 2, "weight_hidden"},
      {"GRU", 14, 4, "seq_length"},
      {"GRU", 14, 5, "init_h"},
      {"Slice", 10, 3, ""},
      {"Slice", 10, 4, "strides"},
      {"Resize", 13, 1, ""},
      {"Resize", 13, 2, ""},
      {"Resize", 13, 3, "size"},
      {"TopK", 11, 1, ""},
      {"Split", 13, 1, ""},
      {"RoiAlign", 16, 2, ""},
  }));
  CAPTURE(type, version, input);
  OpKind kind;
  kind.type = type;
  kind.variant = type == "Resize" ? "nearest" : "";
  kind.sinceVersion = version;
  kind.hasSchema = true;
  const Target target = ascend();
  const TargetOp op = target.resolve(kind);
  REQUIRE(op.mapping != nullptr);
  REQUIRE(input < op.mapping->inputs.size());
  const int index = op.mapping->inputs[input];
  const OpEntry* entry = op.entries.at(0);
  REQUIRE(entry != nullptr);
  CHECK((index < 0 ? std::string() : entry->inputs.at(static_cast<std::size_t>(index)).name) == expected);
}

TEST_CASE("every index of the op map is an operand of the Ascend operator", "[op-map]") {
  const std::vector<target::NamedMapping> map = readMap();
  for (const char* soc : kSocs) {
    const Target target = ascend(soc);
    for (const target::NamedMapping& named : map) {
      for (const KernelLibrary& library : target.libraries()) {
        for (const OpEntry& entry : library.entries) {
          if (entry.type != named.mapping.targetType || entry.inputs.empty()) continue;
          CAPTURE(soc, named.onnxType, named.mapping.targetType, library.name);
          for (int index : named.mapping.inputs) CHECK(index < static_cast<int>(entry.inputs.size()));
          for (int index : named.mapping.outputs) CHECK(index < static_cast<int>(entry.outputs.size()));
        }
      }
    }
  }
}

TEST_CASE("the op map names operators that some SoC has", "[op-map]") {
  // Those that no table of June 2022 has a kernel for; nodes without a float operand need none.
  const std::set<std::string> withoutKernel = {"Bernoulli",        "Col2Im",       "Hardmax",       "IsInf", "IsNaN",
                                               "RMSNormalization", "RandomNormal", "RandomUniform", "Trilu", "Xor"};
  std::set<std::string> known;
  for (const char* soc : kSocs) {
    for (const std::string& name : ascend(soc).operatorNames()) known.insert(name);
  }
  std::set<std::string> missing;
  for (const target::NamedMapping& named : readMap()) {
    OpKind kind;
    kind.type = named.onnxType;
    kind.hasSchema = true;
    const bool needsKernel = ascend().resolve(kind).opClass == OpClass::compute;
    if (needsKernel && known.count(named.mapping.targetType) == 0) missing.insert(named.onnxType);
  }
  CHECK(missing == withoutKernel);
}

TEST_CASE("the op map has one entry for every operator, variant and version", "[op-map]") {
  std::set<std::string> seen;
  for (const target::NamedMapping& named : readMap()) {
    const std::string key =
        named.onnxType + "/" + named.mapping.variant + "/" + std::to_string(named.mapping.sinceVersion);
    CAPTURE(key);
    CHECK(seen.insert(key).second);
  }
}

}  // namespace
}  // namespace precast
