#include "onnx/ValueInfoReader.h"

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

absl::Status readShape(absl::Span<const std::byte> file, ByteRange range, std::vector<std::int64_t>& dims) {
  MessageCursor cursor(file, range, kShapeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number != field::kDim) continue;
    std::int64_t dim = -1;
    MessageCursor inner(file, at.inside(), kDimensionMessage);
    WireField part;
    while (inner.next(part)) {
      if (part.number == field::kDimValue) dim = static_cast<std::int64_t>(part.value);
    }
    if (!inner.ok()) return inner.status();
    dims.push_back(dim < 0 ? -1 : dim);
  }
  return cursor.status();
}

absl::Status readTensorType(absl::Span<const std::byte> file, ByteRange range, ValueInfo& info) {
  MessageCursor cursor(file, range, kTensorTypeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kElemType) {
      info.dtype = dtypeFromOnnx(static_cast<std::int64_t>(at.value)).value_or(DType::undefined);
    } else if (at.number == field::kShape) {
      info.hasShape = true;
      info.dims.clear();
      if (absl::Status status = readShape(file, at.inside(), info.dims); !status.ok()) return status;
    }
  }
  return cursor.status();
}

absl::Status readType(absl::Span<const std::byte> file, ByteRange range, ValueInfo& info, ByteRange& held) {
  MessageCursor cursor(file, range, kTypeMessage);
  WireField at;
  held = {};
  while (cursor.next(at)) {
    if (at.number == field::kSequenceType || at.number == field::kOptionalType) held = at.inside();
    switch (at.number) {
    case field::kTensorType:
      if (absl::Status status = readTensorType(file, at.inside(), info); !status.ok()) return status;
      break;
    case field::kSequenceType:
      info.dtype = DType::sequence;
      break;
    case field::kMapType:
      info.dtype = DType::map;
      break;
    case field::kSparseTensorType:
      info.dtype = DType::sparse;
      break;
    case field::kOptionalType:
      info.dtype = DType::optional;
      break;
    default:
      break;
    }
  }
  return cursor.status();
}

// The dtype of the TypeProto in the Sequence or Optional in `holder`, which becomes that of a further holder, if any.
absl::Status readElement(absl::Span<const std::byte> file, ByteRange& holder, DType& element) {
  ByteRange type;
  MessageCursor cursor(file, holder, kContainerTypeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kContainedType) type = at.inside();
  }
  if (!cursor.ok()) return cursor.status();
  ValueInfo inside;
  if (absl::Status status = readType(file, type, inside, holder); !status.ok()) return status;
  element = inside.dtype;
  return absl::OkStatus();
}

}  // namespace

absl::Status readValueInfo(absl::Span<const std::byte> file, ByteRange range, const Limits& limits, ValueInfo& info) {
  info.name = {};
  info.dtype = DType::undefined;
  info.held = {};
  info.hasShape = false;
  info.dims.clear();
  ByteRange holder;
  MessageCursor cursor(file, range, kValueInfoMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kValueName) info.name = textOf(file, at.inside());
    if (at.number != field::kValueType) continue;
    if (absl::Status status = readType(file, at.inside(), info, holder); !status.ok()) return status;
  }
  if (!cursor.ok()) return cursor.status();
  // ONNX nests no deeper: an optional of a sequence of tensors.
  for (DType* element : {&info.held.element, &info.held.inner}) {
    if (holder.empty()) break;
    if (absl::Status status = readElement(file, holder, *element); !status.ok()) return status;
  }
  if (info.dims.size() > limits.tensorRank) {
    return absl::ResourceExhaustedError(
        fmt::format("value_info of '{}' has {} dims, the limit is {}", info.name, info.dims.size(), limits.tensorRank));
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
