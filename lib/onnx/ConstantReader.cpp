#include "onnx/ConstantReader.h"

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

bool isConstantNode(const NodeParts& node) {
  return node.type == "Constant" && node.domain.empty() && node.inputs.empty();
}

absl::StatusOr<ConstantValue> readConstant(absl::Span<const std::byte> file, const NodeParts& node,
                                           ExternalData& external, const Limits& limits) {
  ConstantValue value;
  const NodeAttribute* chosen = nullptr;
  for (const NodeAttribute& attribute : node.attributes) {
    const bool isSparse = attribute.name == "sparse_value";
    if (!isSparse && attribute.name.substr(0, 5) != "value") continue;
    if (chosen != nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{} has attributes '{}' and '{}', one is allowed", labelOf(node), chosen->name, attribute.name));
    }
    chosen = &attribute;
  }
  if (chosen == nullptr) return value;
  if (chosen->hasTensor) {
    absl::StatusOr<TensorContents> contents = readTensor(file, chosen->tensor, external, limits);
    if (!contents.ok()) return contents.status();
    value.contents = *std::move(contents);
    value.message = chosen->tensor;
    value.isTensor = true;
    value.dtype = value.contents.dtype;
  } else if (chosen->name == "value_float" || chosen->name == "value_floats") {
    value.contents = floatContents(file, *chosen);
    if (chosen->name == "value_floats")
      value.contents.dims.push_back(static_cast<std::int64_t>(value.contents.data.size() / sizeof(float)));
    value.isTensor = true;
    value.dtype = DType::float32;
  } else if (chosen->name == "value_int" || chosen->name == "value_ints") {
    value.dtype = DType::int64;
  } else if (chosen->name == "value_string" || chosen->name == "value_strings") {
    value.dtype = DType::string;
  }
  return value;
}

}  // namespace precast::onnx
