#include "onnx/TensorReader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

/// Where the contents of a TensorProto may stand. ONNX fixes one field per dtype; raw_data is for all but strings.
enum DataField : std::size_t { rawData, floatData, int32Data, stringData, int64Data, doubleData, uint64Data, kFields };
constexpr const char* kFieldNames[kFields] = {"raw_data",   "float_data",  "int32_data", "string_data",
                                              "int64_data", "double_data", "uint64_data"};

struct ExternalEntry {
  bool given = false;
  std::string_view text;
};

struct RawFields {
  std::vector<ByteRange> floatChunks;  // float_data as it stands: packed runs or single numbers
  std::vector<std::uint64_t> numbers;  // int32_data, only for 16-bit floats
  ByteRange raw;
  std::uint64_t entries[kFields] = {};  // bytes of raw_data, elements of the others
  bool segment = false;
  std::int64_t place = 0;  // data_location
  ExternalEntry location;
  ExternalEntry offset;
  ExternalEntry length;
};

DataField fieldOf(DType dtype) {
  switch (dtype) {
  case DType::float32:
  case DType::complex64:
    return floatData;
  case DType::float64:
  case DType::complex128:
    return doubleData;
  case DType::int64:
    return int64Data;
  case DType::uint32:
  case DType::uint64:
    return uint64Data;
  case DType::string:
    return stringData;
  default:
    return int32Data;
  }
}

// Elements of a repeated number: packed or not.
std::uint64_t countOf(absl::Span<const std::byte> file, const WireField& field, DataField kind) {
  if (field.type != WireType::bytes) return 1;
  const ByteRange range = field.inside();
  if (kind == floatData) return range.size() / sizeof(float);
  if (kind == doubleData) return range.size() / sizeof(double);
  return static_cast<std::uint64_t>(std::count_if(file.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                                  file.begin() + static_cast<std::ptrdiff_t>(range.end),
                                                  [](std::byte b) { return b < std::byte{0x80}; }));
}

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

absl::Status readEntry(absl::Span<const std::byte> file, ByteRange range, const TensorContents& tensor,
                       RawFields& raw) {
  MessageCursor cursor(file, range, kEntryMessage);
  WireField at;
  std::string_view key;
  std::string_view value;
  while (cursor.next(at)) {
    if (at.number == field::kKey) key = textOf(file, at.inside());
    if (at.number == field::kEntryValue) value = textOf(file, at.inside());
  }
  if (!cursor.ok()) return cursor.status();
  ExternalEntry* const entry = key == "location" ? &raw.location
                               : key == "offset" ? &raw.offset
                               : key == "length" ? &raw.length
                                                 : nullptr;
  if (entry == nullptr) return absl::OkStatus();
  if (entry->given)
    return absl::InvalidArgumentError(fmt::format("tensor '{}': external_data has '{}' twice", tensor.name, key));
  *entry = {true, value};
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

std::string dimsOf(const TensorContents& tensor) { return fmt::format("{}", fmt::join(tensor.dims, ",")); }

absl::Status wrongSize(const TensorContents& tensor, std::uint64_t have, std::uint64_t need) {
  return absl::InvalidArgumentError(fmt::format("tensor '{}' has {} bytes, dims [{}] {} need {}", tensor.name, have,
                                                dimsOf(tensor), toString(tensor.dtype), need));
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

// That the contents are in one field, and in one that the dtype may have.
absl::Status checkFields(const TensorContents& tensor, const RawFields& raw) {
  const char* used = nullptr;
  for (std::size_t i = 0; i < kFields; ++i) {
    if (raw.entries[i] == 0) continue;
    if (used != nullptr || tensor.external) {
      return absl::InvalidArgumentError(fmt::format("tensor '{}' has contents in {} and in {}", tensor.name,
                                                    used == nullptr ? "an external file" : used, kFieldNames[i]));
    }
    used = kFieldNames[i];
    const bool fits = i == fieldOf(tensor.dtype) || (i == rawData && tensor.dtype != DType::string);
    if (!fits) {
      return absl::InvalidArgumentError(fmt::format("tensor '{}' is {} and cannot have its contents in {}", tensor.name,
                                                    toString(tensor.dtype), kFieldNames[i]));
    }
  }
  return absl::OkStatus();
}

// Typed fields of dtypes that no policy touches are copied through; only their number is looked at.
absl::Status checkCount(const TensorContents& tensor, const RawFields& raw, std::uint64_t bytes) {
  const std::uint64_t have = raw.entries[fieldOf(tensor.dtype)];
  std::uint64_t need = static_cast<std::uint64_t>(ShapeView{true, tensor.dims}.elementCount());
  const int bits = bitWidth(tensor.dtype);
  if (bits > 0 && bits < 8) need = bytes;  // packed into the low byte of each number
  if (tensor.dtype == DType::complex64 || tensor.dtype == DType::complex128) need *= 2;
  if (have == need) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("tensor '{}' has {} numbers in {}, dims [{}] {} need {}", tensor.name,
                                                have, kFieldNames[fieldOf(tensor.dtype)], dimsOf(tensor),
                                                toString(tensor.dtype), need));
}

absl::Status fillContents(absl::Span<const std::byte> file, const RawFields& raw, ExternalData& external,
                          const Limits& limits, TensorContents& tensor) {
  const absl::StatusOr<std::uint64_t> need = bytesNeeded(tensor, limits);
  if (!need.ok()) return need.status();
  if (raw.segment)
    return absl::UnimplementedError(fmt::format("tensor '{}' is a segment, which is not supported", tensor.name));
  if (absl::Status status = checkFields(tensor, raw); !status.ok()) return status;
  if (tensor.external) {
    const auto view = external.view(tensor.name, tensor.location, raw.offset.text, raw.length.text, *need);
    if (!view.ok()) return view.status();
    tensor.data = *view;
  } else if (raw.entries[rawData] != 0) {
    tensor.data = file.subspan(raw.raw.begin, raw.raw.size());
  } else if (tensor.dtype == DType::float32 && raw.floatChunks.size() == 1) {
    tensor.data = file.subspan(raw.floatChunks[0].begin, raw.floatChunks[0].size());
  } else if (isFloat(tensor.dtype)) {
    for (std::uint64_t number : raw.numbers) {
      if (number > 0xFFFFU)
        return absl::InvalidArgumentError(
            fmt::format("tensor '{}' has {} in int32_data, which is no 16-bit number", tensor.name, number));
    }
    layOut(file, raw, tensor);
  } else {
    return checkCount(tensor, raw, *need);
  }
  if (tensor.data.size() != *need) return wrongSize(tensor, tensor.data.size(), *need);
  if (tensor.data.data() == nullptr) tensor.data = file.subspan(0, 0);  // no elements are contents all the same
  return absl::OkStatus();
}

}  // namespace

absl::Status appendDims(absl::Span<const std::byte> file, const WireField& at, std::vector<std::int64_t>& dims) {
  if (at.type == WireType::varint) {
    dims.push_back(static_cast<std::int64_t>(at.value));
    return absl::OkStatus();
  }
  WireCursor cursor(file, at.inside());
  std::uint64_t value = 0;
  while (cursor.nextVarint(value)) dims.push_back(static_cast<std::int64_t>(value));
  return cursor.status();
}

absl::StatusOr<TensorContents> readTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                          const Limits& limits) {
  TensorContents tensor;
  if (absl::Status status = readTensor(file, range, external, limits, tensor); !status.ok()) return status;
  return tensor;
}

absl::Status readTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external, const Limits& limits,
                        TensorContents& tensor) {
  tensor.name = tensor.location = {};
  tensor.dims.clear();
  tensor.data = {};
  tensor.owned = nullptr;
  RawFields raw;
  std::int64_t dataType = 0;
  std::vector<ByteRange> entries;
  std::vector<WireField> int32Fields;
  MessageCursor cursor(file, range, kTensorMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kDims:
      if (absl::Status status = appendDims(file, at, tensor.dims); !status.ok()) return status;
      break;
    case field::kDataType:
      dataType = static_cast<std::int64_t>(at.value);
      break;
    case field::kSegment:
      raw.segment = true;
      break;
    case field::kFloatData:
      raw.entries[floatData] += countOf(file, at, floatData);
      raw.floatChunks.push_back(at.inside());
      break;
    case field::kInt32Data:
      raw.entries[int32Data] += countOf(file, at, int32Data);
      int32Fields.push_back(at);
      break;
    case field::kStringData:
      ++raw.entries[stringData];
      break;
    case field::kInt64Data:
      raw.entries[int64Data] += countOf(file, at, int64Data);
      break;
    case field::kDoubleData:
      raw.entries[doubleData] += countOf(file, at, doubleData);
      break;
    case field::kUint64Data:
      raw.entries[uint64Data] += countOf(file, at, uint64Data);
      break;
    case field::kTensorName:
      tensor.name = textOf(file, at.inside());
      break;
    case field::kRawData:
      raw.raw = at.inside();
      raw.entries[rawData] = raw.raw.size();
      break;
    case field::kExternalData:
      entries.push_back(at.inside());
      break;
    case field::kDataLocation:
      raw.place = static_cast<std::int64_t>(at.value);
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
  if (raw.place != 0 && raw.place != 1) {
    return absl::InvalidArgumentError(
        fmt::format("tensor '{}' has data_location {}, which is neither DEFAULT nor EXTERNAL", tensor.name, raw.place));
  }
  tensor.external = raw.place == 1;
  if (isHalf(tensor.dtype)) {
    for (const WireField& numbers : int32Fields) {
      if (absl::Status status = appendNumbers(file, numbers, raw.numbers); !status.ok()) return status;
    }
  }
  for (const ByteRange& entry : entries) {
    if (absl::Status status = readEntry(file, entry, tensor, raw); !status.ok()) return status;
  }
  for (const ExternalEntry* entry : {&raw.offset, &raw.length}) {
    if (!entry->given || !entry->text.empty()) continue;
    return absl::InvalidArgumentError(fmt::format("tensor '{}': external_data has an empty '{}'", tensor.name,
                                                  entry == &raw.offset ? "offset" : "length"));
  }
  tensor.location = raw.location.text;
  return fillContents(file, raw, external, limits, tensor);
}

}  // namespace precast::onnx
