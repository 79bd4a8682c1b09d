#include "onnx/ValueInfoReader.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::Dims;
using test::ExactBytes;
using test::Proto;

absl::Status readFrom(const std::string& message, ValueInfo& info) {
  const ExactBytes bytes(message);
  const absl::Status status = readValueInfo(bytes.span(), {0, bytes.span().size()}, Limits(), info);
  info.name = {};  // the bytes go
  return status;
}

TEST_CASE("a value_info gives dtype and dims and forgets those of the one before") {
  ValueInfo info;
  REQUIRE(readFrom(test::info("x", DType::int64, {2, -5, 0}), info).ok());
  CHECK(info.dtype == DType::int64);
  CHECK(info.hasShape);
  CHECK(info.dims == Dims{2, -1, 0});
  REQUIRE(readFrom(Proto().text(field::kValueName, "y"), info).ok());
  CHECK(info.dtype == DType::undefined);
  CHECK_FALSE(info.hasShape);
  CHECK(info.dims.empty());
}

TEST_CASE("a dim with a name or without anything is unknown") {
  const std::string shape = Proto().text(field::kDim, std::string(Proto().text(2, "batch"))).text(field::kDim, "");
  const std::string type = Proto().text(field::kTensorType, std::string(Proto().text(field::kShape, shape)));
  ValueInfo info;
  REQUIRE(readFrom(Proto().text(field::kValueType, type), info).ok());
  CHECK(info.dims == Dims{-1, -1});
  CHECK(info.dtype == DType::undefined);
}

TEST_CASE("a scalar has a shape of no dims and a tensor of unknown rank has none") {
  ValueInfo info;
  REQUIRE(readFrom(test::info("x", DType::float16, {}), info).ok());
  CHECK(info.hasShape);
  CHECK(info.dims.empty());
  const std::string type = Proto().text(field::kTensorType, std::string(Proto().number(field::kElemType, 16)));
  REQUIRE(readFrom(Proto().text(field::kValueType, type), info).ok());
  CHECK_FALSE(info.hasShape);
  CHECK(info.dtype == DType::bfloat16);
}

TEST_CASE("values that are no tensors have the dtype of their kind and an unknown elem_type is no dtype") {
  ValueInfo info;
  const std::pair<std::uint32_t, DType> kinds[] = {{field::kSequenceType, DType::sequence},
                                                   {field::kMapType, DType::map},
                                                   {field::kSparseTensorType, DType::sparse},
                                                   {field::kOptionalType, DType::optional}};
  for (const auto& [number, dtype] : kinds) {
    REQUIRE(readFrom(Proto().text(field::kValueType, std::string(Proto().text(number, ""))), info).ok());
    CHECK(info.dtype == dtype);
  }
  REQUIRE(readFrom(test::info("x", static_cast<DType>(99)), info).ok());
  CHECK(info.dtype == DType::undefined);
}

TEST_CASE("a container says what it holds, two deep") {
  const auto holding = [](std::uint32_t kind, const std::string& type) {
    return std::string(Proto().text(kind, std::string(Proto().text(field::kContainedType, type))));
  };
  const std::string half = Proto().text(field::kTensorType, std::string(Proto().number(field::kElemType, 10)));
  const std::string sequence = holding(field::kSequenceType, half);
  ValueInfo info;
  REQUIRE(readFrom(Proto().text(field::kValueType, holding(field::kOptionalType, sequence)), info).ok());
  CHECK(info.dtype == DType::optional);
  CHECK((info.held.element == DType::sequence && info.held.inner == DType::float16));
  REQUIRE(readFrom(Proto().text(field::kValueType, sequence), info).ok());
  CHECK(info.dtype == DType::sequence);
  CHECK((info.held.element == DType::float16 && info.held.inner == DType::undefined));
  REQUIRE(readFrom(test::info("x"), info).ok());
  CHECK(info.held.element == DType::undefined);

  const std::string wrong = holding(field::kSequenceType, Proto().number(field::kTensorType, 1));
  CHECK(readFrom(Proto().text(field::kValueType, wrong), info).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a value_info with too many dims or of broken bytes is refused") {
  ValueInfo info;
  const absl::Status status = readFrom(test::info("deep", DType::float32, Dims(65, 1)), info);
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(status.message() == "value_info of 'deep' has 65 dims, the limit is 64");
  CHECK(readFrom(test::info("x", DType::float32, Dims(64, 1)), info).ok());
  const std::string whole = test::info("x");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const absl::Status cut = readFrom(whole.substr(0, size), info);
    if (size == 3) continue;  // the name is whole, and a value_info may end there
    CAPTURE(size);
    CHECK(cut.code() == absl::StatusCode::kDataLoss);
  }
  const std::string inner = Proto().text(field::kValueType, std::string("\x0A\x7F", 2));
  CHECK(readFrom(inner + inner, info).code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace precast::onnx
