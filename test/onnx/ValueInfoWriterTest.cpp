// ValueInfoProtos made anew and copied under another name or dtype, read back and byte by byte.
#include "onnx/ValueInfoWriter.h"

#include <catch2/catch.hpp>
#include <string>

#include "FlatRope.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"
#include "onnx/ValueInfoReader.h"

namespace precast::onnx {
namespace {

using test::Dims;
using test::Proto;

constexpr DType f16 = DType::float16;

TEST_CASE("a value_info that is made anew reads as its value: name, dtype and shape") {
  const struct {
    DType dtype;
    bool known;
    Dims dims;
  } rows[] = {{DType::float32, true, {1, 3, 224}},
              {f16, true, {-1, 0, 5}},
              {DType::bfloat16, true, {}},
              {DType::int64, false, {}},
              {f16, true, {std::int64_t{1} << 40}}};
  for (const auto& row : rows) {
    CAPTURE(toString(row.dtype), row.known, row.dims);
    Graph graph;
    const ValueId value = graph.addValue("a b/c", row.dtype, {row.known, row.dims});
    const test::ExactBytes bytes(tensorInfo(graph, value));
    ValueInfo read;
    REQUIRE(readValueInfo(bytes.span(), {0, bytes.span().size()}, Limits(), read).ok());
    CHECK(read.name == "a b/c");
    CHECK(read.dtype == row.dtype);
    CHECK(read.hasShape == row.known);
    CHECK(read.dims == row.dims);
  }
  // Where a dim is known its bytes are those of everybody's writer.
  Graph graph;
  const Dims dims = {2, 3};
  CHECK(tensorInfo(graph, graph.addValue("x", f16, {true, dims})) == test::info("x", f16, dims));
  // One that is not has no number at all, not even -1.
  const Dims unknown = {-1};
  const std::string tensor = Proto()
                                 .number(field::kElemType, static_cast<std::int64_t>(f16))
                                 .text(field::kShape, std::string(Proto().text(field::kDim, "")));
  const std::string type = Proto().text(field::kTensorType, tensor);
  CHECK(tensorInfo(graph, graph.addValue("y", f16, {true, unknown})) ==
        std::string(Proto().text(field::kValueName, "y").text(field::kValueType, type)));
}

// A ValueInfoProto with something unknown at every level.
std::string typed(std::string_view name, DType dtype) {
  const std::string dim = Proto().text(2, "batch").text(3, "DATA_BATCH");
  const std::string tensor = Proto()
                                 .number(field::kElemType, static_cast<std::int64_t>(dtype))
                                 .text(field::kShape, std::string(Proto().text(field::kDim, dim)))
                                 .text(98, "in tensor");
  return Proto()
      .text(3, "doc")
      .text(field::kValueName, name)
      .text(field::kValueType, std::string(Proto().text(6, "denotation").text(field::kTensorType, tensor)))
      .text(99, "in info");
}

// The field `number` with `info` in it, copied.
std::string copied(const std::string& info, std::uint32_t number, std::string_view name, DType dtype) {
  const std::string file = "before" + std::string(Proto().text(number, info));
  const test::ExactBytes bytes(file);
  ModelSource source;
  source.bytes = bytes.span();
  WireCursor cursor(source.bytes, {6, file.size()});
  WireField at;
  REQUIRE(cursor.next(at));
  Rope out;
  copyInfoAs(source, at, name, dtype, out);
  return test::flatten(out, source.bytes);
}

TEST_CASE("a copy has the name and the dtype that are asked for and everything else as it stood") {
  for (const std::uint32_t number : {field::kGraphInput, field::kGraphOutput, field::kValueInfo}) {
    const auto asField = [&](const std::string& info) { return std::string(Proto().text(number, info)); };
    const std::string info = typed("x", DType::float32);
    CHECK(copied(info, number, "x", f16) == asField(typed("x", f16)));
    CHECK(copied(info, number, "x_cast_fp16", f16) == asField(typed("x_cast_fp16", f16)));
    CHECK(copied(info, number, "y", DType::undefined) == asField(typed("y", DType::float32)));
    CHECK(copied(info, number, "", DType::bfloat16) == asField(typed("", DType::bfloat16)));
  }
}

TEST_CASE("types that are no plain tensor, and none at all, are copied as they stand") {
  const std::string tensor = Proto().number(field::kElemType, 1);
  for (const std::uint32_t kind : {field::kSequenceType, field::kSparseTensorType, field::kOptionalType}) {
    const auto info = [&](std::string_view name) {
      return std::string(
          Proto().text(field::kValueName, name).text(field::kValueType, std::string(Proto().text(kind, tensor))));
    };
    CHECK(copied(info("s"), field::kValueInfo, "t", f16) == std::string(Proto().text(field::kValueInfo, info("t"))));
  }
  const std::string nameOnly = Proto().text(field::kValueName, "x");
  CHECK(copied(nameOnly, field::kValueInfo, "x", f16) == std::string(Proto().text(field::kValueInfo, nameOnly)));
}

}  // namespace
}  // namespace precast::onnx
