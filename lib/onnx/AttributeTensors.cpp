#include "onnx/AttributeTensors.h"

#include <vector>

#include "fmt/format.h"
#include "onnx/TensorReader.h"

namespace precast::onnx {

namespace {

/// A message inside of another one.
struct Part {
  std::uint32_t field;
  const MessageSpec* spec;
};

// Where tensors may be.
absl::Span<const Part> partsOf(const MessageSpec& spec) {
  static constexpr Part kOfTraining[] = {{field::kInitialization, &kGraphMessage}, {field::kAlgorithm, &kGraphMessage}};
  static constexpr Part kOfFunction[] = {{field::kFunctionNode, &kNodeMessage},
                                         {field::kFunctionAttributeProto, &kAttributeMessage}};
  static constexpr Part kOfGraph[] = {{field::kNode, &kNodeMessage},
                                      {field::kInitializer, &kTensorMessage},
                                      {field::kSparseInitializer, &kSparseMessage}};
  static constexpr Part kOfNode[] = {{field::kAttribute, &kAttributeMessage}};
  static constexpr Part kOfAttribute[] = {
      {field::kT, &kTensorMessage}, {field::kTensors, &kTensorMessage}, {field::kSparseTensor, &kSparseMessage},
      {field::kG, &kGraphMessage},  {field::kGraphs, &kGraphMessage},   {field::kSparseTensors, &kSparseMessage},
  };
  static constexpr Part kOfSparse[] = {{field::kSparseValues, &kTensorMessage},
                                       {field::kSparseIndices, &kTensorMessage}};
  if (&spec == &kTrainingMessage) return kOfTraining;
  if (&spec == &kFunctionMessage) return kOfFunction;
  if (&spec == &kGraphMessage) return kOfGraph;
  if (&spec == &kNodeMessage) return kOfNode;
  if (&spec == &kAttributeMessage) return kOfAttribute;
  if (&spec == &kSparseMessage) return kOfSparse;
  return {};
}

absl::Status lookAt(absl::Span<const std::byte> file, ByteRange tensor, bool& isExternal, std::string_view& name) {
  isExternal = false;
  name = {};
  MessageCursor cursor(file, tensor, kTensorMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kDataLocation) isExternal = at.value != 0;
    if (at.number == field::kTensorName) name = textOf(file, at.inside());
  }
  return cursor.status();
}

}  // namespace

absl::Status noteAttributeTensors(const NodeParts& node, bool isConstant, ExternalData& external, const Limits& limits,
                                  ModelSource& source) {
  for (const NodeParts::Tensor& tensor : node.tensors) {
    if (isConstant && (tensor.attribute.substr(0, 5) == "value" || tensor.attribute == "sparse_value")) continue;
    if (tensor.isSparse) {
      const std::string what = fmt::format("node '{}' ({}): attribute '{}'", node.name, node.type, tensor.attribute);
      if (absl::Status status = refuseExternalTensors(source.bytes, tensor.message, kSparseMessage, what); !status.ok())
        return status;
      continue;
    }
    bool isExternal = false;
    std::string_view name;
    if (absl::Status status = lookAt(source.bytes, tensor.message, isExternal, name); !status.ok()) return status;
    if (!isExternal) continue;
    const absl::StatusOr<TensorContents> contents = readTensor(source.bytes, tensor.message, external, limits);
    if (!contents.ok()) return contents.status();
    source.attributeContents.emplace(tensor.message.begin, contents->data);
    ++source.externalTensors;
    source.externalBytes += contents->data.size();
  }
  return absl::OkStatus();
}

absl::Status refuseExternalTensors(absl::Span<const std::byte> file, ByteRange range, const MessageSpec& spec,
                                   std::string_view what) {
  std::vector<std::pair<ByteRange, const MessageSpec*>> waiting = {{range, &spec}};
  while (!waiting.empty()) {
    const auto [message, kind] = waiting.back();
    waiting.pop_back();
    if (kind == &kTensorMessage) {
      bool isExternal = false;
      std::string_view name;
      if (absl::Status status = lookAt(file, message, isExternal, name); !status.ok()) return status;
      if (!isExternal) continue;
      return absl::UnimplementedError(fmt::format(
          "{} is kept as it is, but its tensor '{}' has external data, which would not follow the output", what, name));
    }
    const absl::Span<const Part> parts = partsOf(*kind);
    MessageCursor cursor(file, message, *kind);
    WireField at;
    while (cursor.next(at)) {
      for (const Part& part : parts) {
        if (part.field == at.number) waiting.emplace_back(at.inside(), part.spec);
      }
    }
    if (!cursor.ok()) return cursor.status();
  }
  return absl::OkStatus();
}

bool hasExternalAttributes(const ModelSource& source, ByteRange node) {
  if (source.attributeContents.empty()) return false;
  MessageCursor attributes(source.bytes, node, kNodeMessage);
  WireField at;
  while (attributes.next(at)) {
    if (at.number != field::kAttribute) continue;
    MessageCursor cursor(source.bytes, at.inside(), kAttributeMessage);
    WireField part;
    while (cursor.next(part)) {
      const bool isTensor = part.number == field::kT || part.number == field::kTensors;
      if (isTensor && source.attributeContents.contains(part.content)) return true;
    }
  }
  return false;
}

void copyWithContents(const ModelSource& source, ByteRange range, absl::Span<const std::byte> contents, Rope& out) {
  MessageCursor cursor(source.bytes, range, kTensorMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number != field::kExternalData && at.number != field::kDataLocation) out.copy(at.whole());
  }
  appendLength(out.text(), field::kRawData, contents.size());
  out.close();
  out.mapped(contents);
}

}  // namespace precast::onnx
