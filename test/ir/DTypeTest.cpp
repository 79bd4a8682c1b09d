#include "precast/DType.h"

#include <limits>
#include <set>
#include <string>

#include <catch2/catch.hpp>

namespace precast {
namespace {

TEST_CASE("every ONNX number from 0 to 26 is a dtype with a spelling of its own that parses back", "[dtype]") {
  std::set<std::string> names;
  for (std::int64_t number = 0; number <= 26; ++number) {
    std::optional<DType> dtype = dtypeFromOnnx(number);
    REQUIRE(dtype.has_value());
    CHECK(static_cast<std::int64_t>(*dtype) == number);
    CHECK(parseDType(toString(*dtype)) == dtype);
    names.insert(std::string(toString(*dtype)));
  }
  CHECK(names.size() == 27);
}

TEST_CASE("numbers that ONNX does not define are refused, also those of our own non-tensor values", "[dtype]") {
  for (std::int64_t number : {std::int64_t{-1}, std::int64_t{27}, std::int64_t{60}, std::int64_t{63}, std::int64_t{999},
                              (std::int64_t{1} << 32) + 1, std::numeric_limits<std::int64_t>::min(),
                              std::numeric_limits<std::int64_t>::max()}) {
    CHECK_FALSE(dtypeFromOnnx(number).has_value());
  }
}

TEST_CASE("dtypes are numbered as in TensorProto.DataType", "[dtype]") {
  CHECK(dtypeFromOnnx(1) == DType::float32);
  CHECK(dtypeFromOnnx(7) == DType::int64);
  CHECK(dtypeFromOnnx(9) == DType::boolean);
  CHECK(dtypeFromOnnx(10) == DType::float16);
  CHECK(dtypeFromOnnx(11) == DType::float64);
  CHECK(dtypeFromOnnx(16) == DType::bfloat16);
  CHECK(dtypeFromOnnx(22) == DType::int4);
  CHECK(dtypeFromOnnx(24) == DType::float8e8m0);
}

TEST_CASE("spellings are those of reports and messages", "[dtype]") {
  CHECK(toString(DType::float16) == "float16");
  CHECK(toString(DType::float32) == "float32");
  CHECK(toString(DType::bfloat16) == "bfloat16");
  CHECK(toString(DType::boolean) == "bool");
  CHECK(toString(DType::sequence) == "sequence");
  CHECK(toString(DType::sparse) == "sparse");
  CHECK(toString(static_cast<DType>(40)) == "undefined");
}

TEST_CASE("short names abbreviate the three floats only", "[dtype]") {
  CHECK(shortName(DType::float16) == "fp16");
  CHECK(shortName(DType::float32) == "fp32");
  CHECK(shortName(DType::bfloat16) == "bf16");
  CHECK(shortName(DType::float64) == "float64");
  CHECK(shortName(DType::int8) == "int8");
}

TEST_CASE("the spellings of op-info files and users are accepted, in that case only", "[dtype]") {
  CHECK(parseDType("float") == DType::float32);
  CHECK(parseDType("fp32") == DType::float32);
  CHECK(parseDType("fp16") == DType::float16);
  CHECK(parseDType("half") == DType::float16);
  CHECK(parseDType("bf16") == DType::bfloat16);
  CHECK(parseDType("double") == DType::float64);
  CHECK(parseDType("map") == DType::map);
  for (std::string_view text : {"", "Float16", "FLOAT", "float16 ", "float1", "fp64", "tensor(float)"})
    CHECK_FALSE(parseDType(text).has_value());
}

TEST_CASE("bit widths are those of dense storage, 0 where there is none", "[dtype]") {
  CHECK(bitWidth(DType::float32) == 32);
  CHECK(bitWidth(DType::float16) == 16);
  CHECK(bitWidth(DType::bfloat16) == 16);
  CHECK(bitWidth(DType::boolean) == 8);
  CHECK(bitWidth(DType::complex128) == 128);
  CHECK(bitWidth(DType::int4) == 4);
  CHECK(bitWidth(DType::float4e2m1) == 4);
  CHECK(bitWidth(DType::uint2) == 2);
  for (DType dtype : {DType::undefined, DType::string, DType::sequence, DType::optional, DType::map, DType::sparse})
    CHECK(bitWidth(dtype) == 0);
}

TEST_CASE("a dtype set holds exactly what was put in", "[dtype]") {
  DTypeSet set;
  CHECK(set.empty());
  set.insert(DType::float16);
  set.insert(DType::sparse);
  CHECK(set.contains(DType::float16));
  CHECK(set.contains(DType::sparse));
  CHECK_FALSE(set.contains(DType::float32));
  CHECK((set & DTypeSet::floats()) == DTypeSet(DType::float16));
  CHECK((set | DTypeSet::floats()).contains(DType::bfloat16));
  set.remove(DType::float16);
  set.remove(DType::sparse);
  CHECK(set == DTypeSet());
  CHECK(set != DTypeSet::all());
}

}  // namespace
}  // namespace precast
