#include "onnx/ValueInfoWriter.h"

#include "onnx/Message.h"

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
