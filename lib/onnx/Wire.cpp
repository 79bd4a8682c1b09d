#include "onnx/Wire.h"

#include <algorithm>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "fmt/format.h"

namespace precast::onnx {

namespace {

constexpr std::uint64_t kMaxFieldNumber = (std::uint64_t{1} << 29) - 1;
// Official protobuf parsers stop at 100 nested messages or groups.
constexpr std::size_t kMaxGroupDepth = 100;

std::uint64_t littleEndian(const std::uint8_t* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

}  // namespace

bool WireCursor::fail(Error error, std::uint64_t at, std::uint64_t detail) {
  error_ = error;
  errorAt_ = at;
  errorDetail_ = detail;
  position_ = end_;
  return false;
}

bool WireCursor::readVarint(std::uint64_t& value) {
  const std::uint64_t start = position_;
  const std::uint64_t left = end_ - start;
  if (left >= 1 && data_[start] < 0x80) {
    value = data_[start];
    position_ = start + 1;
    return true;
  }
  if (left >= 2 && data_[start + 1] < 0x80) {  // most lengths of nodes
    value = (data_[start] & 0x7FU) | std::uint64_t{data_[start + 1]} << 7U;
    position_ = start + 2;
    return true;
  }
  const std::uint64_t limit = std::min<std::uint64_t>(left, 10);
  value = 0;
  for (std::uint64_t i = 0; i < limit; ++i) {
    const std::uint64_t byte = data_[start + i];
    if (i == 9 && byte > 1) return fail(Error::varint, start);  // more than 64 bits, or an eleventh byte
    value |= (byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      position_ = start + i + 1;
      return true;
    }
  }
  return fail(Error::endsInVarint, start);
}

bool WireCursor::nextVarint(std::uint64_t& value) { return position_ < end_ && readVarint(value); }

bool WireCursor::nextOfAnyForm(WireField& field) {
  if (position_ >= end_) return false;
  field.begin = position_;
  std::uint64_t tag = 0;
  if (!readVarint(tag)) return false;
  const std::uint64_t number = tag >> 3;
  if (number == 0 || number > kMaxFieldNumber) return fail(Error::fieldNumber, field.begin, number);
  field.number = static_cast<std::uint32_t>(number);
  field.type = static_cast<WireType>(tag & 7);
  field.content = position_;
  switch (field.type) {
  case WireType::bytes: {
    std::uint64_t length = 0;
    if (!readVarint(length)) return false;
    if (length > end_ - position_) return fail(Error::length, field.begin, length);
    field.content = position_;
    position_ += length;
    break;
  }
  case WireType::varint:
    if (!readVarint(field.value)) return false;
    break;
  case WireType::fixed32:
  case WireType::fixed64: {
    const int size = field.type == WireType::fixed32 ? 4 : 8;
    if (end_ - position_ < static_cast<std::uint64_t>(size)) return fail(Error::endsInNumber, field.begin);
    field.value = littleEndian(data_ + position_, size);
    position_ += static_cast<std::uint64_t>(size);
    break;
  }
  case WireType::group:
    if (!skipGroup(field)) return false;
    break;
  default:
    return fail(Error::wireType, field.begin, tag & 7);
  }
  field.end = position_;
  return true;
}

bool WireCursor::skipGroup(const WireField& field) {
  const std::uint64_t start = field.begin;
  absl::InlinedVector<std::uint32_t, 8> open = {field.number};
  while (!open.empty()) {
    if (position_ >= end_) return fail(Error::openGroup, start, open.back());
    const std::uint64_t at = position_;
    std::uint64_t tag = 0;
    if (!readVarint(tag)) return false;
    const std::uint64_t inner = tag >> 3;
    if (inner == 0 || inner > kMaxFieldNumber) return fail(Error::fieldNumber, at, inner);
    std::uint64_t size = 0;
    switch (static_cast<WireType>(tag & 7)) {
    case WireType::varint:
      if (!readVarint(size)) return false;
      size = 0;
      break;
    case WireType::fixed64:
      size = 8;
      break;
    case WireType::fixed32:
      size = 4;
      break;
    case WireType::bytes:
      if (!readVarint(size)) return false;
      break;
    case WireType::group:
      if (open.size() == kMaxGroupDepth) return fail(Error::groupDepth, at);
      open.push_back(static_cast<std::uint32_t>(inner));
      break;
    case WireType::endGroup:
      if (open.back() != inner) return fail(Error::openGroup, start, open.back());
      open.pop_back();
      break;
    default:
      return fail(Error::wireType, at, tag & 7);
    }
    if (size > end_ - position_) return fail(Error::length, at, size);
    position_ += size;
  }
  return true;
}

absl::Status WireCursor::error() const {
  const bool fileEnds = end_ == fileSize_;
  const auto cut = [fileEnds](std::string message) {
    return fileEnds ? absl::DataLossError(message) : absl::InvalidArgumentError(message);
  };
  const char* const where = fileEnds ? "the file" : "its message";
  switch (error_) {
  case Error::none:
    return absl::OkStatus();
  case Error::varint:
    return absl::InvalidArgumentError(fmt::format("varint at byte {} has more than 64 bits", errorAt_));
  case Error::endsInVarint:
    return cut(fmt::format("{} ends at byte {} inside the varint that starts at byte {}", where, end_, errorAt_));
  case Error::fieldNumber:
    return absl::InvalidArgumentError(
        fmt::format("field number {} at byte {} is not in 1..{}", errorDetail_, errorAt_, kMaxFieldNumber));
  case Error::wireType:
    return absl::InvalidArgumentError(
        fmt::format("wire type {} at byte {} does not start a field", errorDetail_, errorAt_));
  case Error::length:
    return cut(
        fmt::format("field at byte {} needs {} bytes, but {} ends at byte {}", errorAt_, errorDetail_, where, end_));
  case Error::endsInNumber:
    return cut(fmt::format("{} ends at byte {} inside the number at byte {}", where, end_, errorAt_));
  case Error::groupDepth:
    return absl::ResourceExhaustedError(
        fmt::format("groups at byte {} are nested deeper than {}", errorAt_, kMaxGroupDepth));
  case Error::openGroup:
    return absl::InvalidArgumentError(
        fmt::format("group {} that starts at byte {} is not closed", errorDetail_, errorAt_));
  }
  return absl::OkStatus();
}

std::size_t varintSize(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void appendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7F) | 0x80));
  out.push_back(static_cast<char>(value));
}

void appendTag(std::string& out, std::uint32_t field, WireType type) {
  appendVarint(out, (std::uint64_t{field} << 3) | static_cast<std::uint64_t>(type));
}

void appendNumber(std::string& out, std::uint32_t field, std::uint64_t value) {
  appendTag(out, field, WireType::varint);
  appendVarint(out, value);
}

void appendFixed32(std::string& out, std::uint32_t field, std::uint32_t value) {
  appendTag(out, field, WireType::fixed32);
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

void appendLength(std::string& out, std::uint32_t field, std::uint64_t size) {
  appendTag(out, field, WireType::bytes);
  appendVarint(out, size);
}

void appendText(std::string& out, std::uint32_t field, std::string_view text) {
  appendLength(out, field, text.size());
  out.append(text);
}

}  // namespace precast::onnx
