#include "onnx/ValueInfoWriter.h"

#include "onnx/Message.h"
#include "onnx/NodeWriter.h"

namespace precast::onnx {

namespace {

void copyTypeAs(const ModelSource& source, ByteRange range, DType dtype, Rope& out) {
  MessageCursor cursor(source.bytes, range, kTypeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number != field::kTensorType) {
      out.copy(at.whole());
      continue;
    }
    const Rope::Nested tensor = out.begin(field::kTensorType);
    MessageCursor inner(source.bytes, at.inside(), kTensorTypeMessage);
    WireField part;
    while (inner.next(part)) {
      if (part.number == field::kElemType) {
        appendNumber(out.text(), field::kElemType, static_cast<std::uint64_t>(dtype));
        out.close();
      } else {
        out.copy(part.whole());
      }
    }
    out.end(tensor);
  }
}

}  // namespace

std::string tensorInfo(const Graph& graph, ValueId value) {
  std::string tensor;
  appendNumber(tensor, field::kElemType, static_cast<std::uint64_t>(graph.dtype(value)));
  if (const ShapeView shape = graph.shape(value); shape.known) {
    std::string dims;
    for (const std::int64_t dim : shape.dims) {
      std::string dimension;
      if (dim >= 0) appendNumber(dimension, field::kDimValue, static_cast<std::uint64_t>(dim));
      appendText(dims, field::kDim, dimension);
    }
    appendText(tensor, field::kShape, dims);
  }
  std::string type;
  appendText(type, field::kTensorType, tensor);
  std::string info;
  appendText(info, field::kValueName, graph.valueName(value));
  appendText(info, field::kValueType, type);
  return info;
}

void ValueInfoWriter::write(const WireField& at, ValueId value, std::string_view rename, Rope& out) {
  if (at.number == field::kValueInfo && isGone(value)) {
    if (const ValueId heir = heirOf(value); heir != ValueId::none) append(heir, out);
    return;
  }
  const bool retyped = value != ValueId::none && index(value) < source_.dtypes.size() &&
                       graph_.dtype(value) != source_.dtypes[index(value)];
  std::string_view name;
  MessageCursor first(source_.bytes, at.inside(), kValueInfoMessage);
  WireField part;
  while (first.next(part)) {
    if (part.number == field::kValueName) name = textOf(source_.bytes, part.inside());
  }
  const bool renamed = !rename.empty() && rename != name;
  if (!retyped && !renamed) return out.copy(at.whole());
  copyInfoAs(source_, at, renamed ? rename : name, retyped ? graph_.dtype(value) : DType::undefined, out);
}

// The new value that a node of the file makes in place of a graph output is stated as that one is: not every operator
// has a rule from which a reader could know its dtype. Neither has Cast before opset 6.
void ValueInfoWriter::writeNew(NodeId node, Rope& out) const {
  if (graph_.nodePayload(node) == 0 && !saysDTypesInWords(source_)) return;
  for (ValueId value : graph_.outputs(node)) {
    if (value != ValueId::none && isNeeded(value) && !graph_.isConstant(value)) append(value, out);
  }
}

// What the nodes of a function make had its value_info there.
bool ValueInfoWriter::isNeeded(ValueId value) const {
  return index(value) >= source_.dtypes.size() ||
         (source_.hinted.contains(value) && !graph_.isRegionOutput(value) && graph_.dtype(value) != DType::undefined);
}

// The node that made it was removed; its name may be that of another value by now.
bool ValueInfoWriter::isGone(ValueId value) const {
  return value != ValueId::none && graph_.producer(value) == NodeId::none && !graph_.isConstant(value) &&
         !graph_.isRegionInput(value);
}

// The result of a Cast of ours that has the name now; none if there is none.
ValueId ValueInfoWriter::heirOf(ValueId gone) {
  if (heirs_.empty()) {
    for (std::size_t v = source_.dtypes.size(); v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (graph_.producer(value) != NodeId::none) heirs_.emplace(graph_.valueName(value), value);
    }
  }
  const auto heir = heirs_.find(graph_.valueName(gone));
  return heir == heirs_.end() ? ValueId::none : heir->second;
}

void ValueInfoWriter::append(ValueId value, Rope& out) const {
  appendText(out.text(), field::kValueInfo, tensorInfo(graph_, value));
  out.close();
}

void copyInfoAs(const ModelSource& source, const WireField& at, std::string_view name, DType dtype, Rope& out) {
  const Rope::Nested info = out.begin(at.number);
  WireField part;
  MessageCursor cursor(source.bytes, at.inside(), kValueInfoMessage);
  while (cursor.next(part)) {
    if (part.number == field::kValueName) {
      appendText(out.text(), field::kValueName, name);
      out.close();
    } else if (part.number == field::kValueType && dtype != DType::undefined) {
      const Rope::Nested type = out.begin(field::kValueType);
      copyTypeAs(source, part.inside(), dtype, out);
      out.end(type);
    } else {
      out.copy(part.whole());
    }
  }
  out.end(info);
}

}  // namespace precast::onnx
