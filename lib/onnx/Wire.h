// The protobuf wire format, read in place and appended to strings. Nothing here knows ONNX.
//
// The cursor never reads outside the bytes it was given: every length is compared, as a 64-bit number, with what is
// left. It does not recurse: groups, which ONNX does not use, are skipped as opaque with a bound on their depth.
// Source: https://protobuf.dev/programming-guides/encoding/. Not thread-safe: one cursor per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace precast::onnx {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, group = 3, endGroup = 4, fixed32 = 5 };

/// A part of a file; offsets count from its first byte.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
};

/// One field of a message. `value` holds a varint or fixed number; `begin` is where its tag starts, `content` where the
/// number, text or nested message starts, and `end` is one past its last byte.
struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;
  std::uint64_t begin = 0;
  std::uint64_t content = 0;
  std::uint64_t end = 0;
  ByteRange whole() const { return {begin, end}; }
  ByteRange inside() const { return {content, end}; }
};

/// Reads the fields of the message that fills `range` of `file`:
///
///   WireField field;
///   while (cursor.next(field)) { ... }
///   if (!cursor.ok()) return cursor.status();
class WireCursor {
 public:
  explicit WireCursor(absl::Span<const std::byte> file) : WireCursor(file, {0, file.size()}) {}
  WireCursor(absl::Span<const std::byte> file, ByteRange range)
      : data_(reinterpret_cast<const std::uint8_t*>(file.data())), position_(range.begin), end_(range.end),
        fileSize_(file.size()) {}

  /// Reads the next field. False at the end of the message and after an error.
  bool next(WireField& field) {
    // Nearly all fields are texts and messages with a tag of one byte and a length of one or two, or numbers of one.
    const std::uint64_t left = end_ - position_;
    const std::uint8_t* const at = data_ + position_;
    if (left >= 3 && at[0] >= 8 && at[0] < 0x80) {
      const auto type = static_cast<WireType>(at[0] & 7U);
      const bool isShort = at[1] < 0x80;
      if (type == WireType::bytes && (isShort || at[2] < 0x80)) {
        const std::uint64_t head = isShort ? 2 : 3;
        const std::uint64_t length = isShort ? at[1] : (at[1] & 0x7FU) | std::uint64_t{at[2]} << 7U;
        if (length <= left - head) return take(field, at[0], head, head + length);
      } else if (type == WireType::varint && isShort) {
        field.value = at[1];
        return take(field, at[0], 1, 2);
      }
    }
    return nextOfAnyForm(field);
  }

  /// Reads a bare varint, as in packed lists. False at the end and after an error.
  bool nextVarint(std::uint64_t& value);

  bool ok() const { return error_ == Error::none; }
  /// kDataLoss if the file ends early, kInvalidArgument if it is malformed; the message names the byte offset.
  absl::Status status() const { return ok() ? absl::OkStatus() : error(); }
  std::uint64_t position() const { return position_; }

 private:
  enum class Error : std::uint8_t {
    none,
    varint,
    endsInVarint,
    fieldNumber,
    wireType,
    length,
    endsInNumber,
    groupDepth,
    openGroup
  };

  bool take(WireField& field, std::uint8_t tag, std::uint64_t head, std::uint64_t size) {
    field.number = tag >> 3U;
    field.type = static_cast<WireType>(tag & 7U);
    field.begin = position_;
    field.content = position_ + head;
    position_ = field.end = position_ + size;
    return true;
  }
  bool nextOfAnyForm(WireField& field);
  absl::Status error() const;
  bool readVarint(std::uint64_t& value);
  bool skipGroup(const WireField& field);
  bool fail(Error error, std::uint64_t at, std::uint64_t detail = 0);

  const std::uint8_t* data_;
  std::uint64_t position_;
  std::uint64_t end_;
  std::uint64_t fileSize_;
  Error error_ = Error::none;
  std::uint64_t errorAt_ = 0;
  std::uint64_t errorDetail_ = 0;
};

/// The bytes of `range` as text; no encoding is implied.
inline std::string_view textOf(absl::Span<const std::byte> file, ByteRange range) {
  return {reinterpret_cast<const char*>(file.data()) + range.begin, static_cast<std::size_t>(range.size())};
}

std::size_t varintSize(std::uint64_t value);
void appendVarint(std::string& out, std::uint64_t value);
void appendTag(std::string& out, std::uint32_t field, WireType type);
void appendNumber(std::string& out, std::uint32_t field, std::uint64_t value);
void appendFixed32(std::string& out, std::uint32_t field, std::uint32_t value);
/// Tag and length of a text or message of `size` bytes; its bytes follow.
void appendLength(std::string& out, std::uint32_t field, std::uint64_t size);
void appendText(std::string& out, std::uint32_t field, std::string_view text);

}  // namespace precast::onnx
