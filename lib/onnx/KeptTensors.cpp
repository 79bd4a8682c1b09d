#include "onnx/KeptTensors.h"

#include <algorithm>
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

absl::Status lookAt(absl::Span<const std::byte> file, ByteRange tensor, bool& isExternal) {
  isExternal = false;
  MessageCursor cursor(file, tensor, kTensorMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kDataLocation) isExternal = at.value != 0;
  }
  return cursor.status();
}

absl::Status noteTensor(ByteRange range, MissingData missing, ExternalData& external, const Limits& limits,
                        ModelSource& source) {
  const absl::StatusOr<TensorContents> contents = readTensor(source.bytes, range, external, limits);
  if (!contents.ok()) {
    const absl::StatusCode code = contents.status().code();
    const bool isMissing = code == absl::StatusCode::kNotFound || code == absl::StatusCode::kFailedPrecondition;
    return missing == MissingData::isKept && isMissing ? absl::OkStatus() : contents.status();
  }
  if (source.keptContents.emplace(range.begin, contents->data).second) source.externalBytes += contents->data.size();
  return absl::OkStatus();
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

}  // namespace

absl::Status noteKeptTensors(ByteRange range, const MessageSpec& spec, MissingData missing, ExternalData& external,
                             const Limits& limits, ModelSource& source) {
  struct Waiting {
    ByteRange message;
    const MessageSpec* spec;
    std::uint32_t graphs;  // around it
  };
  std::vector<Waiting> waiting = {{range, &spec, 0}};
  while (!waiting.empty()) {
    const auto [message, kind, graphs] = waiting.back();
    waiting.pop_back();
    if (kind == &kTensorMessage) {
      bool isExternal = false;
      if (absl::Status status = lookAt(source.bytes, message, isExternal); !status.ok()) return status;
      if (!isExternal) continue;
      if (graphs > limits.regionDepth) {
        return absl::ResourceExhaustedError(fmt::format(
            "an external tensor stands in graphs more than {} deep, at byte {}", limits.regionDepth, message.begin));
      }
      if (absl::Status status = noteTensor(message, missing, external, limits, source); !status.ok()) return status;
      continue;
    }
    const absl::Span<const Part> parts = partsOf(*kind);
    MessageCursor cursor(source.bytes, message, *kind);
    WireField at;
    while (cursor.next(at)) {
      for (const Part& part : parts) {
        if (part.field == at.number)
          waiting.push_back({at.inside(), part.spec, graphs + (part.spec == &kGraphMessage ? 1 : 0)});
      }
    }
    if (!cursor.ok()) return cursor.status();
  }
  return absl::OkStatus();
}

absl::Status noteAttributeTensors(const NodeParts& node, bool isConstant, ExternalData& external, const Limits& limits,
                                  ModelSource& source) {
  for (const NodeParts::Tensor& tensor : node.tensors) {
    if (isConstant && !tensor.isSparse && tensor.attribute.substr(0, 5) == "value") continue;
    const MessageSpec& spec = tensor.isSparse ? kSparseMessage : kTensorMessage;
    if (absl::Status status = noteKeptTensors(tensor.message, spec, MissingData::isAnError, external, limits, source);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

void copyKept(const ModelSource& source, const WireField& at, const MessageSpec& spec, Rope& out) {
  if (!source.keepsTensors(at.inside())) return out.copy(at.whole());
  const Rope::Nested whole = out.begin(at.number);
  if (const auto* contents = &spec == &kTensorMessage ? source.contentsOf(at.inside()) : nullptr; contents != nullptr) {
    copyWithContents(source, at.inside(), *contents, out);
    return out.end(whole);
  }
  const absl::Span<const Part> parts = partsOf(spec);
  MessageCursor cursor(source.bytes, at.inside(), spec);
  WireField inner;
  while (cursor.next(inner)) {
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.field == inner.number; });
    if (part == parts.end()) {
      out.copy(inner.whole());
    } else {
      copyKept(source, inner, *part->spec, out);
    }
  }
  out.end(whole);
}

}  // namespace precast::onnx
