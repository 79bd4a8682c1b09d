#include "onnx/AttributeNumbers.h"

#include <cstring>
#include <string_view>

#include "onnx/TensorReader.h"
#include "precast/Half.h"

namespace precast::onnx {

namespace {

struct Row {
  std::string_view type;
  std::string_view attributes[2];
};

constexpr Row kRows[] = {
    {"ConstantOfShape", {"value", ""}}, {"RandomNormal", {"mean", "scale"}},    {"RandomNormalLike", {"mean", "scale"}},
    {"RandomUniform", {"low", "high"}}, {"RandomUniformLike", {"low", "high"}},
};

const Row* rowOf(std::string_view domain, std::string_view type) {
  if (!domain.empty()) return nullptr;
  for (const Row& row : kRows) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

float firstFloat(absl::Span<const std::byte> bytes) {
  float number = 0;
  if (bytes.size() >= sizeof(number)) std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

}  // namespace

bool hasAttributeNumbers(const OpKind& op) { return rowOf(op.domain, op.type) != nullptr; }

absl::Status addAttributeNumbers(absl::Span<const std::byte> file, const NodeParts& parts, ExternalData& external,
                                 const Limits& limits, Graph& graph, NodeId node) {
  const Row* row = rowOf(parts.domain, parts.type);
  if (row == nullptr) return absl::OkStatus();
  for (std::string_view name : row->attributes) {
    const NodeAttribute* attribute = name.empty() ? nullptr : parts.attribute(name);
    if (attribute == nullptr) continue;
    if (!attribute->hasTensor) {
      graph.addAttributeNumber(
          node, name, static_cast<double>(firstFloat(file.subspan(attribute->floats.begin, attribute->floats.size()))));
      continue;
    }
    const absl::StatusOr<TensorContents> fill = readTensor(file, attribute->tensor, external, limits);
    if (!fill.ok()) return fill.status();
    if (fill->dtype == DType::float32) {
      graph.addAttributeNumber(node, name, static_cast<double>(firstFloat(fill->data)));
    } else if (fill->dtype == DType::bfloat16 && fill->data.size() >= sizeof(std::uint16_t)) {
      std::uint16_t bits = 0;
      std::memcpy(&bits, fill->data.data(), sizeof(bits));
      graph.addAttributeNumber(node, name, static_cast<double>(bfloat16ToFloat(bits)));
    }
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
