// TensorProtos: every form in which contents may stand, and the contradictions that a reader must not believe.
#include "onnx/TensorReader.h"

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::Dims;
using test::ExactBytes;
using test::floatBytes;
using test::Proto;

constexpr std::int64_t kHuge = std::int64_t{1} << 62;

// Keeps what the contents may point into.
struct Reading {
  explicit Reading(const std::string& tensor) : bytes(tensor), external("") {
    contents = readTensor(bytes.span(), {0, bytes.span().size()}, external, Limits());
  }
  std::string data() const { return {reinterpret_cast<const char*>(contents->data.data()), contents->data.size()}; }
  ExactBytes bytes;
  ExternalData external;
  absl::StatusOr<TensorContents> contents = absl::UnknownError("not read");
};

Proto head(DType dtype, const Dims& dims) {
  Proto tensor;
  for (std::int64_t dim : dims) tensor.number(field::kDims, dim);
  return tensor.number(field::kDataType, static_cast<std::int64_t>(dtype)).text(field::kTensorName, "t");
}

std::string packed(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (std::uint64_t number : numbers) appendVarint(text, number);
  return text;
}

std::string oneFloat(float value) {
  std::string text;
  appendTag(text, field::kFloatData, WireType::fixed32);
  return text + floatBytes({value});
}

TEST_CASE("floats are read from raw_data and from float_data packed or one by one or both") {
  const std::string wanted = floatBytes({1, -2, 3});
  const std::string forms[] = {
      head(DType::float32, {3}).text(field::kRawData, wanted),
      head(DType::float32, {3}).text(field::kFloatData, wanted),
      Proto().raw(oneFloat(1)).raw(oneFloat(-2)).raw(oneFloat(3)).raw(std::string(head(DType::float32, {3}))),
      head(DType::float32, {3}).raw(oneFloat(1)).text(field::kFloatData, floatBytes({-2, 3})),
      head(DType::float32, {3}).text(field::kFloatData, wanted).text(field::kRawData, ""),
      head(DType::float32, {3}).text(field::kRawData, "lost").text(field::kRawData, wanted),  // the last one counts
  };
  for (const std::string& form : forms) {
    const Reading reading(form);
    REQUIRE(reading.contents.ok());
    CHECK(reading.contents->dtype == DType::float32);
    CHECK(reading.contents->name == "t");
    CHECK(reading.data() == wanted);
  }
}

TEST_CASE("C8: contents at any offset of the file are read as they are") {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const Reading reading(
        Proto().text(field::kTensorName, std::string(shift, 'n')).raw(test::floatTensor("t", {2}, {1, 2})));
    REQUIRE(reading.contents.ok());
    CHECK(reading.data() == floatBytes({1, 2}));
  }
}

TEST_CASE("A11: dims may be packed or not or both") {
  const std::string type = Proto().number(field::kDataType, 1);
  const std::string data = Proto().text(field::kRawData, std::string(24 * 4, '\1'));
  const std::string forms[] = {
      Proto().number(field::kDims, 2).number(field::kDims, 3).number(field::kDims, 4),
      Proto().text(field::kDims, packed({2, 3, 4})),
      Proto().number(field::kDims, 2).text(field::kDims, packed({3})).number(field::kDims, 4),
  };
  for (const std::string& form : forms) {
    const Reading reading(type + data + form);
    REQUIRE(reading.contents.ok());
    CHECK(reading.contents->dims == Dims{2, 3, 4});
  }
}

TEST_CASE("halves are read from raw_data and from int32_data") {
  for (DType dtype : {DType::float16, DType::bfloat16}) {
    const std::string wanted("\x00\x3C\xFF\xFB", 4);
    const Reading raw(head(dtype, {2}).text(field::kRawData, wanted));
    REQUIRE(raw.contents.ok());
    CHECK(raw.data() == wanted);
    const Reading typed(head(dtype, {2}).text(field::kInt32Data, packed({0x3C00, 0xFBFF})));
    REQUIRE(typed.contents.ok());
    CHECK(typed.data() == wanted);
    const Reading single(head(dtype, {2}).number(field::kInt32Data, 0x3C00).number(field::kInt32Data, 0xFBFF));
    REQUIRE(single.contents.ok());
    CHECK(single.data() == wanted);
  }
}

TEST_CASE("C6: dtypes that no policy touches are accepted in the field that ONNX gives them") {
  struct Row {
    DType dtype;
    std::string tensor;
    bool isRaw;
  };
  const auto raw = [](DType dtype, std::size_t bytes) {
    return Row{dtype, head(dtype, {3}).text(field::kRawData, std::string(bytes, '\1')), true};
  };
  const std::string three = packed({1, 300, 7});
  const Row rows[] = {
      raw(DType::int8, 3),
      raw(DType::int64, 24),
      raw(DType::boolean, 3),
      raw(DType::float64, 24),
      raw(DType::complex128, 48),
      raw(DType::float8e4m3fn, 3),
      raw(DType::int4, 2),
      raw(DType::uint2, 1),
      {DType::int64, head(DType::int64, {3}).text(field::kInt64Data, three), false},
      {DType::int64, head(DType::int64, {3}).number(field::kInt64Data, -1).text(field::kInt64Data, packed({1, 2})),
       false},
      {DType::uint32, head(DType::uint32, {3}).text(field::kUint64Data, three), false},
      {DType::int8, head(DType::int8, {3}).text(field::kInt32Data, three), false},
      {DType::int4, head(DType::int4, {3}).text(field::kInt32Data, packed({18, 3})), false},
      {DType::float64, head(DType::float64, {3}).text(field::kDoubleData, std::string(24, '\0')), false},
      {DType::complex64, head(DType::complex64, {3}).text(field::kFloatData, std::string(24, '\0')), false},
      {DType::string,
       head(DType::string, {3})
           .text(field::kStringData, "a")
           .text(field::kStringData, "")
           .text(field::kStringData, "\0"),
       false},
  };
  for (const Row& row : rows) {
    const Reading reading(row.tensor);
    CAPTURE(toString(row.dtype), reading.contents.status());
    REQUIRE(reading.contents.ok());
    CHECK(reading.contents->dtype == row.dtype);
    CHECK((reading.contents->data.data() != nullptr) == row.isRaw);
  }
}

TEST_CASE("C1: a tensor without elements needs no contents whatever its other dims are") {
  for (const Dims& dims : {Dims{0}, Dims{3, 0}, Dims{kHuge, kHuge, 0}, Dims{0, kHuge, kHuge}}) {
    for (DType dtype : {DType::float32, DType::float16, DType::int64, DType::string}) {
      const Reading reading(head(dtype, dims));
      CAPTURE(toString(dtype), dims.size());
      REQUIRE(reading.contents.ok());
      CHECK(reading.contents->data.empty());
      CHECK(reading.contents->dims == dims);
      // Known to be empty, which is not the same as unknown.
      if (isFloat(dtype)) CHECK(reading.contents->data.data() != nullptr);
    }
  }
}

struct BadTensor {
  const char* id;
  std::string bytes;
  absl::StatusCode code;
  const char* message;
};

TEST_CASE("a tensor that contradicts itself is refused with both numbers") {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const std::string four(4, '\1');
  const BadTensor rows[] = {
      {"C1 product overflows", head(DType::float32, {kHuge, kHuge}).text(field::kRawData, four), kInvalid,
       "tensor 't': the product of its dims does not fit"},
      {"C1 bytes overflow", head(DType::float32, {kHuge}).text(field::kRawData, four), kInvalid,
       "tensor 't': the product of its dims does not fit"},
      {"C1 negative dim", head(DType::float32, {-1}).text(field::kRawData, four), kInvalid,
       "tensor 't' has a dim of -1"},
      {"C1 negative and zero dim", head(DType::float32, {0, -4}), kInvalid, "tensor 't' has a dim of -4"},
      {"C1 rank 65", head(DType::float32, Dims(65, 1)).text(field::kRawData, four),
       absl::StatusCode::kResourceExhausted, "tensor 't' has 65 dims, the limit is 64"},
      {"C1 rank 10^6", head(DType::float32, {}).text(field::kDims, std::string(1000000, '\1')),
       absl::StatusCode::kResourceExhausted, "has 1000000 dims"},
      {"C2 raw_data too short", head(DType::float32, {2, 2}).text(field::kRawData, std::string(12, '\1')), kInvalid,
       "tensor 't' has 12 bytes, dims [2,2] float32 need 16"},
      {"C2 raw_data too long", head(DType::float32, {2}).text(field::kRawData, std::string(9, '\1')), kInvalid,
       "tensor 't' has 9 bytes, dims [2] float32 need 8"},
      {"C2 no multiple of an element", head(DType::int64, {1}).text(field::kRawData, std::string(7, '\1')), kInvalid,
       "tensor 't' has 7 bytes, dims [1] int64 need 8"},
      {"C2 half a float in float_data", head(DType::float32, {1}).text(field::kFloatData, std::string(5, '\1')),
       kInvalid, "tensor 't' has 5 bytes, dims [1] float32 need 4"},
      {"C2 sub-byte", head(DType::int4, {3}).text(field::kRawData, "a"), kInvalid,
       "tensor 't' has 1 bytes, dims [3] int4 need 2"},
      {"C2 too few in int64_data", head(DType::int64, {3}).text(field::kInt64Data, packed({1, 300})), kInvalid,
       "tensor 't' has 2 numbers in int64_data, dims [3] int64 need 3"},
      {"C2 too many strings", head(DType::string, {}).text(field::kStringData, "a").text(field::kStringData, "b"),
       kInvalid, "tensor 't' has 2 numbers in string_data"},
      {"C3 two fields", head(DType::float32, {1}).text(field::kFloatData, four).text(field::kRawData, four), kInvalid,
       "tensor 't' has contents in raw_data and in float_data"},
      {"C3 none", head(DType::float32, {1}), kInvalid, "tensor 't' has 0 bytes, dims [1] float32 need 4"},
      {"C3 none of int64", head(DType::int64, {1}), kInvalid, "tensor 't' has 0 numbers in int64_data"},
      {"C3 contents of an empty tensor", head(DType::float32, {0}).text(field::kRawData, four), kInvalid,
       "tensor 't' has 4 bytes, dims [0] float32 need 0"},
      {"C3 external and raw",
       Proto().text(field::kRawData, four).raw(test::externalTensor("t", DType::float32, {1}, {{"location", "w"}})),
       kInvalid, "tensor 't' has contents in an external file and in raw_data"},
      {"C4 bits above a half", head(DType::float16, {1}).number(field::kInt32Data, 0x10000), kInvalid,
       "tensor 't' has 65536 in int32_data, which is no 16-bit number"},
      {"C4 negative half", head(DType::bfloat16, {1}).number(field::kInt32Data, -1), kInvalid,
       "which is no 16-bit number"},
      {"C4 float32 in int32_data", head(DType::float32, {1}).number(field::kInt32Data, 1), kInvalid,
       "tensor 't' is float32 and cannot have its contents in int32_data"},
      {"C4 float16 in float_data", head(DType::float16, {1}).text(field::kFloatData, four), kInvalid,
       "tensor 't' is float16 and cannot have its contents in float_data"},
      {"C4 int64 in int32_data", head(DType::int64, {1}).number(field::kInt32Data, 1), kInvalid,
       "tensor 't' is int64 and cannot have its contents in int32_data"},
      {"C4 strings in raw_data", head(DType::string, {1}).text(field::kRawData, four), kInvalid,
       "tensor 't' is string and cannot have its contents in raw_data"},
      {"C5 dtype 0", head(DType::undefined, {}), absl::StatusCode::kUnimplemented, "tensor 't' has data_type 0"},
      {"C5 dtype 27", Proto().number(field::kDataType, 27), absl::StatusCode::kUnimplemented, "has data_type 27"},
      {"C5 dtype 999", Proto().number(field::kDataType, 999), absl::StatusCode::kUnimplemented, "has data_type 999"},
      {"C5 negative dtype", Proto().number(field::kDataType, -1), absl::StatusCode::kUnimplemented, "has data_type -1"},
      {"C13 segment", head(DType::float32, {1}).text(field::kSegment, "").text(field::kRawData, four),
       absl::StatusCode::kUnimplemented, "tensor 't' is a segment"},
      {"D9 duplicate key", test::externalTensor("t", DType::float32, {1}, {{"location", "a"}, {"location", "b"}}),
       kInvalid, "tensor 't': external_data has 'location' twice"},
      {"D9 duplicate empty key", test::externalTensor("t", DType::float32, {1}, {{"offset", ""}, {"offset", "0"}}),
       kInvalid, "tensor 't': external_data has 'offset' twice"},
      {"D12 no directory", test::externalTensor("t", DType::float32, {1}, {{"location", "w"}}),
       absl::StatusCode::kFailedPrecondition, "tensor 't' has external data ('w'), and a model read from memory"},
      {"data_location unknown", head(DType::float32, {1}).text(field::kRawData, four).number(field::kDataLocation, 2),
       kInvalid, "tensor 't' has data_location 2"},
      {"A6 dims end inside a number", head(DType::float32, {}).text(field::kDims, "\x80"), absl::StatusCode::kDataLoss,
       "inside the varint"},
  };
  for (const BadTensor& row : rows) {
    CAPTURE(row.id);
    const Reading reading(row.bytes);
    CHECK(reading.contents.status().code() == row.code);
    CHECK_THAT(std::string(reading.contents.status().message()), Catch::Contains(row.message));
  }
}

}  // namespace
}  // namespace precast::onnx
