#include "onnx/ConstantReader.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

// `f`, or `floats` in one run or in pieces.
TensorContents floatContents(absl::Span<const std::byte> file, const NodeAttribute& attribute) {
  TensorContents contents;
  contents.dtype = DType::float32;
  if (attribute.floatRuns <= 1) {
    contents.data = file.subspan(attribute.floats.begin, attribute.floats.size());
  } else {
    contents.owned = std::make_shared<std::vector<std::byte>>();
    MessageCursor cursor(file, attribute.message, kAttributeMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number != field::kFloats && at.number != field::kF) continue;
      contents.owned->insert(contents.owned->end(), file.begin() + static_cast<std::ptrdiff_t>(at.content),
                             file.begin() + static_cast<std::ptrdiff_t>(at.end));
    }
    contents.data = *contents.owned;
  }
  return contents;
}

}  // namespace

bool givesValue(std::string_view attribute) {
  constexpr std::string_view kNames[] = {"value",     "sparse_value", "value_float",  "value_floats",
                                         "value_int", "value_ints",   "value_string", "value_strings"};
  return std::find(std::begin(kNames), std::end(kNames), attribute) != std::end(kNames);
}

bool isConstantNode(const NodeParts& node) {
  return node.type == "Constant" && node.domain.empty() && node.inputs.empty();
}

absl::StatusOr<const NodeAttribute*> valueAttribute(const NodeParts& node) {
  const NodeAttribute* chosen = nullptr;
  for (const NodeAttribute& attribute : node.attributes) {
    if (!givesValue(attribute.name)) continue;
    if (chosen != nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{} has attributes '{}' and '{}', one is allowed", labelOf(node), chosen->name, attribute.name));
    }
    chosen = &attribute;
  }
  if (chosen == nullptr) {
    return absl::InvalidArgumentError(fmt::format("{} has no attribute that gives its value", labelOf(node)));
  }
  if (chosen->name == "value" && !chosen->hasTensor) {
    return absl::InvalidArgumentError(fmt::format("{}: attribute 'value' holds no tensor", labelOf(node)));
  }
  return chosen;
}

absl::StatusOr<ConstantValue> readConstant(absl::Span<const std::byte> file, const NodeAttribute& attribute,
                                           ExternalData& external, const Limits& limits) {
  ConstantValue value;
  if (attribute.hasTensor) {
    absl::StatusOr<TensorContents> contents = readTensor(file, attribute.tensor, external, limits);
    if (!contents.ok()) return contents.status();
    value.contents = *std::move(contents);
    value.message = attribute.tensor;
    value.isTensor = true;
    value.dtype = value.contents.dtype;
  } else if (attribute.name == "value_float" || attribute.name == "value_floats") {
    value.contents = floatContents(file, attribute);
    if (attribute.name == "value_floats")
      value.contents.dims.push_back(static_cast<std::int64_t>(value.contents.data.size() / sizeof(float)));
    value.isTensor = true;
    value.dtype = DType::float32;
  } else if (attribute.name == "value_int" || attribute.name == "value_ints") {
    value.dtype = DType::int64;
  } else if (attribute.name == "value_string" || attribute.name == "value_strings") {
    value.dtype = DType::string;
  }
  return value;
}

}  // namespace precast::onnx
