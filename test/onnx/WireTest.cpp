// The wire format: what may stand in a file, and everything that may not, each in a buffer of its exact size.
#include "onnx/Wire.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"

namespace precast::onnx {
namespace {

using test::ExactBytes;

std::string bytesOf(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) text.push_back(static_cast<char>(value));
  return text;
}

std::string varint(std::uint64_t value) {
  std::string text;
  appendVarint(text, value);
  return text;
}

// Reads all fields of `text`; the status says how that ended.
absl::Status scan(const std::string& text, std::vector<WireField>* fields = nullptr) {
  const ExactBytes bytes(text);
  WireCursor cursor(bytes.span());
  WireField field;
  while (cursor.next(field)) {
    if (fields != nullptr) fields->push_back(field);
  }
  return cursor.status();
}

TEST_CASE("every varint that is written is read back and takes the size that was said") {
  std::vector<std::uint64_t> values = {0, ~std::uint64_t{0}};
  for (int shift = 0; shift < 64; ++shift) {
    for (std::int64_t step : {-1, 0, 1})
      values.push_back((std::uint64_t{1} << shift) + static_cast<std::uint64_t>(step));
  }
  for (std::uint64_t value : values) {
    const std::string text = varint(value);
    CAPTURE(value);
    CHECK(text.size() == varintSize(value));
    const ExactBytes bytes(text);
    WireCursor cursor(bytes.span());
    std::uint64_t read = 0;
    REQUIRE(cursor.nextVarint(read));
    CHECK(read == value);
    CHECK(cursor.position() == text.size());
    CHECK_FALSE(cursor.nextVarint(read));
    CHECK(cursor.ok());
  }
}

TEST_CASE("a varint may have more bytes than it needs but not more than ten") {
  std::uint64_t value = 1;
  const ExactBytes padded(bytesOf({0x81, 0x80, 0x80, 0x00}));
  WireCursor cursor(padded.span());
  REQUIRE(cursor.nextVarint(value));
  CHECK(value == 1);
  const ExactBytes ten(bytesOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}));
  WireCursor longest(ten.span());
  REQUIRE(longest.nextVarint(value));
  CHECK(value == std::uint64_t{1} << 63);
}

TEST_CASE("fields of all wire types give their number, their place and their value") {
  std::string text;
  appendNumber(text, 1, 300);
  appendText(text, 2, "abc");
  appendFixed32(text, 3, 0xDEADBEEF);
  text += bytesOf({4 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8});
  text += bytesOf({5 << 3 | 3, 6 << 3 | 0, 1, 5 << 3 | 4});  // a group with one number in it
  appendText(text, (1U << 29) - 1, "");
  std::vector<WireField> fields;
  REQUIRE(scan(text, &fields).ok());
  REQUIRE(fields.size() == 6);
  CHECK(fields[0].number == 1);
  CHECK(fields[0].value == 300);
  CHECK(fields[1].type == WireType::bytes);
  CHECK(text.substr(fields[1].content, fields[1].end - fields[1].content) == "abc");
  CHECK(fields[2].value == 0xDEADBEEF);
  CHECK(fields[3].value == 0x0807060504030201);
  CHECK(fields[4].type == WireType::group);
  CHECK(fields[4].whole().size() == 4);
  CHECK(fields[5].number == (1U << 29) - 1);
  CHECK(fields[5].inside().empty());
  for (std::size_t i = 1; i < fields.size(); ++i) CHECK(fields[i].begin == fields[i - 1].end);
  CHECK(fields.back().end == text.size());
}

struct BadWire {
  const char* id;
  std::string bytes;
  absl::StatusCode code;
  const char* message;
};

TEST_CASE("what is not the wire format is refused with its offset") {
  const std::string tenBytes(9, '\x80');
  const BadWire rows[] = {
      {"A5 length past the end", bytesOf({0x0A, 5, 'a'}), absl::StatusCode::kDataLoss,
       "field at byte 0 needs 5 bytes, but the file ends at byte 3"},
      {"A5 length 2^32+3", "\x0A" + varint((std::uint64_t{1} << 32) + 3) + "abc", absl::StatusCode::kDataLoss,
       "needs 4294967299 bytes"},
      {"A5 length 2^63", "\x0A" + varint(std::uint64_t{1} << 63) + "abc", absl::StatusCode::kDataLoss,
       "needs 9223372036854775808 bytes"},
      {"A5 length 2^64-1", "\x0A" + varint(~std::uint64_t{0}) + "abc", absl::StatusCode::kDataLoss,
       "needs 18446744073709551615 bytes"},
      {"A5 length missing", bytesOf({0x0A}), absl::StatusCode::kDataLoss, "ends at byte 1 inside the varint"},
      {"A6 eleven bytes", "\x08" + std::string(10, '\x80') + '\1', absl::StatusCode::kInvalidArgument,
       "varint at byte 1 has more than 64 bits"},
      {"A6 overflow bits", "\x08" + tenBytes + '\2', absl::StatusCode::kInvalidArgument,
       "varint at byte 1 has more than 64 bits"},
      {"A6 overflow bits in a tag", tenBytes + '\2', absl::StatusCode::kInvalidArgument,
       "varint at byte 0 has more than 64 bits"},
      {"A6 ends inside", bytesOf({0x08, 0x80, 0x80}), absl::StatusCode::kDataLoss,
       "the file ends at byte 3 inside the varint that starts at byte 1"},
      {"A7 number missing", bytesOf({0x08}), absl::StatusCode::kDataLoss, "ends at byte 1 inside the varint"},
      {"A7 fixed32 cut", bytesOf({0x0D, 1, 2, 3}), absl::StatusCode::kDataLoss, "inside the number at byte 0"},
      {"A7 fixed64 cut", bytesOf({0x09, 1, 2, 3, 4, 5, 6, 7}), absl::StatusCode::kDataLoss,
       "inside the number at byte 0"},
      {"A8 end of a group that did not start", bytesOf({0x0C}), absl::StatusCode::kInvalidArgument,
       "wire type 4 at byte 0"},
      {"A8 wire type 6", bytesOf({0x0E}), absl::StatusCode::kInvalidArgument, "wire type 6 at byte 0"},
      {"A8 wire type 7", bytesOf({0x0F}), absl::StatusCode::kInvalidArgument, "wire type 7 at byte 0"},
      {"A8 field number 0", bytesOf({0x00, 0x00}), absl::StatusCode::kInvalidArgument, "field number 0 at byte 0"},
      {"A8 field number 2^29", varint(std::uint64_t{1} << 32) + '\0', absl::StatusCode::kInvalidArgument,
       "field number 536870912 at byte 0"},
      {"A8 field number 2^61-1", varint(~std::uint64_t{0} - 7), absl::StatusCode::kInvalidArgument,
       "field number 2305843009213693951 at byte 0"},
      {"A8 group never ends", bytesOf({0x0B, 0x10, 1}), absl::StatusCode::kInvalidArgument,
       "group 1 that starts at byte 0 is not closed"},
      {"A8 group ends under another number", bytesOf({0x0B, 0x14}), absl::StatusCode::kInvalidArgument,
       "group 1 that starts at byte 0 is not closed"},
      {"A8 wire type 6 in a group", bytesOf({0x0B, 0x16, 0x0C}), absl::StatusCode::kInvalidArgument,
       "wire type 6 at byte 1"},
      {"A8 field number 0 in a group", bytesOf({0x0B, 0x00, 0x00, 0x0C}), absl::StatusCode::kInvalidArgument,
       "field number 0 at byte 1"},
      {"A5 length in a group", "\x0B\x12" + varint(~std::uint64_t{0}) + '\x0C', absl::StatusCode::kDataLoss,
       "needs 18446744073709551615 bytes"},
      {"A7 fixed64 in a group", bytesOf({0x0B, 0x11, 1, 2, 0x0C}), absl::StatusCode::kDataLoss,
       "field at byte 1 needs 8 bytes"},
      {"A8 groups deeper than 100", std::string(101, '\x0B') + std::string(101, '\x0C'),
       absl::StatusCode::kResourceExhausted, "groups at byte 100 are nested deeper than 100"},
      {"A8 a million open groups", std::string(1000000, '\x0B'), absl::StatusCode::kResourceExhausted,
       "nested deeper than 100"},
  };
  for (const BadWire& row : rows) {
    CAPTURE(row.id);
    const absl::Status status = scan(row.bytes);
    CHECK(status.code() == row.code);
    CHECK_THAT(std::string(status.message()), Catch::Contains(row.message));
  }
  CHECK(scan(std::string(100, '\x0B') + std::string(100, '\x0C')).ok());
}

TEST_CASE("a message that ends early inside a file is malformed and not cut off") {
  std::string text;
  appendText(text, 1, bytesOf({0x0A, 5, 'a'}));
  appendText(text, 2, "more");
  const ExactBytes bytes(text);
  WireCursor outer(bytes.span());
  WireField field;
  REQUIRE(outer.next(field));
  WireCursor inner(bytes.span(), field.inside());
  WireField never;
  CHECK_FALSE(inner.next(never));
  CHECK(inner.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(inner.status().message()), Catch::Contains("its message ends at byte 5"));
  CHECK_FALSE(inner.next(never));  // an error stays
  REQUIRE(outer.next(field));
  CHECK(textOf(bytes.span(), field.inside()) == "more");
}

TEST_CASE("every prefix of a valid message is whole or says where it was cut") {
  std::string text;
  appendNumber(text, 1, 1U << 20);
  appendText(text, 1000, std::string(200, 'x'));
  appendFixed32(text, 3, 7);
  text += bytesOf({0x0B, 0x10, 1, 0x0C});
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::vector<WireField> fields;
    const absl::Status status = scan(text.substr(0, size), &fields);
    CAPTURE(size, status);
    const std::uint64_t read = fields.empty() ? 0 : fields.back().end;
    CHECK(status.ok() == (read == size));
    if (!status.ok() && size < text.size() - 3) CHECK(status.code() == absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace precast::onnx
