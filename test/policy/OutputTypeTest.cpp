#include <catch2/catch.hpp>
#include <string>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

TEST_CASE("output_type knows every type that ATC documents and ONNX can hold", "[output-type]") {
  struct Row {
    const char* word;
    DType dtype;
  };
  const Row rows[] = {
      {"FP32", DType::float32},   {"FP16", DType::float16},
      {"UINT8", DType::uint8},    {"INT8", DType::int8},
      {"UINT16", DType::uint16},  {"INT16", DType::int16},
      {"UINT32", DType::uint32},  {"INT32", DType::int32},
      {"UINT64", DType::uint64},  {"INT64", DType::int64},
      {"DOUBLE", DType::float64}, {"FP8E5M2", DType::float8e5m2},
      {" FP16 ", DType::float16}, {"FP8E4M3FN", DType::float8e4m3fn},
  };
  for (const Row& row : rows) {
    CAPTURE(row.word);
    const absl::StatusOr<OutputType> all = parseOutputType(row.word, "--output_type");
    REQUIRE(all.ok());
    CHECK(all->all == row.dtype);
    CHECK(all->outputs.empty());
    const absl::StatusOr<OutputType> one = parseOutputType(std::string("a:b:12:") + row.word, "--output_type");
    REQUIRE(one.ok());
    CHECK_FALSE(one->all.has_value());
    REQUIRE(one->outputs.size() == 1);
    CHECK(one->outputs[0].node == "a:b");
    CHECK(one->outputs[0].slot == 12);
    CHECK(one->outputs[0].dtype == row.dtype);
    CHECK(one->outputs[0].origin == "output_type");
  }
}

TEST_CASE("output_type of several outputs keeps their order", "[output-type]") {
  const absl::StatusOr<OutputType> parsed =
      parseOutputType(" node1:0:FP16 ;node1:1:FP32; x y :0:INT8", "--output_type");
  REQUIRE(parsed.ok());
  std::string text;
  for (const OutputTypeEntry& entry : parsed->outputs) {
    text += entry.node + '|' + std::to_string(entry.slot) + '|' + std::string(toString(entry.dtype)) + '\n';
  }
  CHECK(text == "node1|0|float16\nnode1|1|float32\nx y|0|int8\n");
}

}  // namespace
}  // namespace precast
