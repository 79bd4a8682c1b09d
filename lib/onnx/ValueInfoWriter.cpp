#include "onnx/ValueInfoWriter.h"

#include <utility>

#include "onnx/Message.h"

namespace precast::onnx {

namespace {

Rope retypedTensorType(const ModelSource& source, ByteRange range, DType dtype) {
  Rope type;
  MessageCursor cursor(source.bytes, range, kTypeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number != field::kTensorType) {
      type.copy(at.whole());
      continue;
    }
    Rope tensor;
    MessageCursor inner(source.bytes, at.inside(), kTensorTypeMessage);
    WireField part;
    while (inner.next(part)) {
      if (part.number == field::kElemType) {
        appendNumber(tensor.text(), field::kElemType, static_cast<std::uint64_t>(dtype));
        tensor.close();
      } else {
        tensor.copy(part.whole());
      }
    }
    type.nest(field::kTensorType, std::move(tensor));
  }
  return type;
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
  Rope info;
  WireField part;
  MessageCursor cursor(source.bytes, at.inside(), kValueInfoMessage);
  while (cursor.next(part)) {
    if (part.number == field::kValueName) {
      appendText(info.text(), field::kValueName, name);
      info.close();
    } else if (part.number == field::kValueType && dtype != DType::undefined) {
      info.nest(field::kValueType, retypedTensorType(source, part.inside(), dtype));
    } else {
      info.copy(part.whole());
    }
  }
  out.nest(at.number, std::move(info));
}

}  // namespace precast::onnx
