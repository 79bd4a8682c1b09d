#include "onnx/TensorReader.h"

#include <cstring>
#include <limits>

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

struct RawFields {
  std::vector<ByteRange> floatChunks;  // float_data as it stands: packed runs or single numbers
  std::vector<std::uint64_t> numbers;  // int32_data, only for 16-bit floats
  ByteRange raw;
  bool hasRaw = false;
  bool hasFloat = false;
  bool hasInt32 = false;
  bool hasOther = false;
  bool segment = false;
  std::string_view offset;
  std::string_view length;
};

absl::Status appendNumbers(absl::Span<const std::byte> file, const WireField& field, std::vector<std::uint64_t>& out) {
  if (field.type == WireType::varint) {
    out.push_back(field.value);
    return absl::OkStatus();
  }
  WireCursor cursor(file, field.inside());
  std::uint64_t value = 0;
  while (cursor.nextVarint(value)) out.push_back(value);
  return cursor.status();
}

absl::Status readEntry(absl::Span<const std::byte> file, ByteRange range, TensorContents& tensor, RawFields& raw) {
  MessageCursor cursor(file, range, kEntryMessage);
  WireField at;
  std::string_view key;
  std::string_view value;
  while (cursor.next(at)) {
    if (at.number == field::kKey) key = textOf(file, at.inside());
    if (at.number == field::kEntryValue) value = textOf(file, at.inside());
  }
  if (!cursor.ok()) return cursor.status();
  std::string_view* known = key == "location" ? &tensor.location
                            : key == "offset" ? &raw.offset
                            : key == "length" ? &raw.length
                                              : nullptr;
  if (known == nullptr) return absl::OkStatus();
  if (!known->empty())
    return absl::InvalidArgumentError(fmt::format("tensor '{}': external_data has '{}' twice", tensor.name, key));
  *known = value;
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> bytesNeeded(const TensorContents& tensor, const Limits& limits) {
  if (tensor.dims.size() > limits.tensorRank) {
    return absl::ResourceExhaustedError(
        fmt::format("tensor '{}' has {} dims, the limit is {}", tensor.name, tensor.dims.size(), limits.tensorRank));
  }
  for (std::int64_t dim : tensor.dims) {
    if (dim < 0) return absl::InvalidArgumentError(fmt::format("tensor '{}' has a dim of {}", tensor.name, dim));
  }
  const std::int64_t count = ShapeView{true, tensor.dims}.elementCount();
  if (count < 0 || count > std::numeric_limits<std::int64_t>::max() / 128) {
    return absl::InvalidArgumentError(fmt::format("tensor '{}': the product of its dims does not fit", tensor.name));
  }
  return (static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(bitWidth(tensor.dtype)) + 7) / 8;
}

absl::Status wrongSize(const TensorContents& tensor, std::uint64_t have, std::uint64_t need) {
  std::string dims;
  for (std::int64_t dim : tensor.dims) dims += fmt::format("{}{}", dims.empty() ? "" : ",", dim);
  return absl::InvalidArgumentError(fmt::format("tensor '{}' has {} bytes, dims [{}] {} need {}", tensor.name, have,
                                                dims, toString(tensor.dtype), need));
}

// Contents that stand in several pieces, or one number per varint, are laid out as plain bytes.
void layOut(absl::Span<const std::byte> file, const RawFields& raw, TensorContents& tensor) {
  tensor.owned = std::make_shared<std::vector<std::byte>>();
  for (const ByteRange& chunk : raw.floatChunks) {
    tensor.owned->insert(tensor.owned->end(), file.begin() + static_cast<std::ptrdiff_t>(chunk.begin),
                         file.begin() + static_cast<std::ptrdiff_t>(chunk.end));
  }
  for (std::uint64_t number : raw.numbers) {
    tensor.owned->push_back(static_cast<std::byte>(number & 0xFFU));
    tensor.owned->push_back(static_cast<std::byte>((number >> 8) & 0xFFU));
  }
  tensor.data = *tensor.owned;
}

absl::Status fillContents(absl::Span<const std::byte> file, const RawFields& raw, ExternalData& external,
                          const Limits& limits, TensorContents& tensor) {
  const absl::StatusOr<std::uint64_t> need = bytesNeeded(tensor, limits);
  if (!need.ok()) return need.status();
  if (raw.segment)
    return absl::UnimplementedError(fmt::format("tensor '{}' is a segment, which is not supported", tensor.name));
  if (raw.hasRaw + raw.hasFloat + raw.hasInt32 + raw.hasOther > 1) {
    return absl::InvalidArgumentError(fmt::format("tensor '{}' has contents in more than one data field", tensor.name));
  }
  if (tensor.external) {
    const auto view = external.view(tensor.name, tensor.location, raw.offset, raw.length, *need);
    if (!view.ok()) return view.status();
    tensor.data = *view;
    return absl::OkStatus();
  }
  if (raw.hasRaw) {
    tensor.data = file.subspan(raw.raw.begin, raw.raw.size());
    if (bitWidth(tensor.dtype) == 0) return absl::OkStatus();
  } else if (tensor.dtype == DType::float32) {
    if (raw.hasInt32 || raw.hasOther)
      return absl::InvalidArgumentError(
          fmt::format("tensor '{}' is float32 but its contents are not in float_data or raw_data", tensor.name));
    if (raw.floatChunks.size() == 1) {
      tensor.data = file.subspan(raw.floatChunks[0].begin, raw.floatChunks[0].size());
    } else {
      layOut(file, raw, tensor);
    }
  } else if (isHalf(tensor.dtype)) {
    if (raw.hasFloat || raw.hasOther)
      return absl::InvalidArgumentError(fmt::format(
          "tensor '{}' is {} but its contents are not in int32_data or raw_data", tensor.name, toString(tensor.dtype)));
    for (std::uint64_t number : raw.numbers) {
      if (number > 0xFFFFU)
        return absl::InvalidArgumentError(
            fmt::format("tensor '{}' has {} in int32_data, which is no 16-bit number", tensor.name, number));
    }
    layOut(file, raw, tensor);
  } else {
    return absl::OkStatus();  // typed fields of other dtypes are copied through and never looked into
  }
  if (tensor.data.size() != *need) return wrongSize(tensor, tensor.data.size(), *need);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TensorContents> readTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                          const Limits& limits) {
  TensorContents tensor;
  RawFields raw;
  std::int64_t dataType = 0;
  std::vector<ByteRange> entries;
  std::vector<std::uint64_t> dims;
  std::vector<WireField> int32Fields;
  MessageCursor cursor(file, range, kTensorMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kDims:
      if (absl::Status status = appendNumbers(file, at, dims); !status.ok()) return status;
      break;
    case field::kDataType:
      dataType = static_cast<std::int64_t>(at.value);
      break;
    case field::kSegment:
      raw.segment = true;
      break;
    case field::kFloatData:
      raw.hasFloat = true;
      raw.floatChunks.push_back(at.inside());
      break;
    case field::kInt32Data:
      raw.hasInt32 = true;
      int32Fields.push_back(at);
      break;
    case field::kStringData:
    case field::kInt64Data:
    case field::kDoubleData:
    case field::kUint64Data:
      raw.hasOther = true;
      break;
    case field::kTensorName:
      tensor.name = textOf(file, at.inside());
      break;
    case field::kRawData:
      raw.hasRaw = !at.inside().empty();
      raw.raw = at.inside();
      break;
    case field::kExternalData:
      entries.push_back(at.inside());
      break;
    case field::kDataLocation:
      tensor.external = at.value == 1;
      break;
    default:
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  const std::optional<DType> dtype = dtypeFromOnnx(dataType);
  if (!dtype.has_value() || *dtype == DType::undefined) {
    return absl::UnimplementedError(
        fmt::format("tensor '{}' has data_type {}, which this version does not know", tensor.name, dataType));
  }
  tensor.dtype = *dtype;
  for (std::uint64_t dim : dims) tensor.dims.push_back(static_cast<std::int64_t>(dim));
  if (isHalf(tensor.dtype)) {
    for (const WireField& numbers : int32Fields) {
      if (absl::Status status = appendNumbers(file, numbers, raw.numbers); !status.ok()) return status;
    }
  }
  for (const ByteRange& entry : entries) {
    if (absl::Status status = readEntry(file, entry, tensor, raw); !status.ok()) return status;
  }
  if (absl::Status status = fillContents(file, raw, external, limits, tensor); !status.ok()) return status;
  return tensor;
}

}  // namespace precast::onnx
