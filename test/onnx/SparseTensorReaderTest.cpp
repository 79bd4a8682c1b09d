#include "onnx/SparseTensorReader.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::Proto;

const std::string kValues = test::floatTensor("w", {1}, {5});
const std::string kIndices = test::rawTensor("", DType::int64, {1}, std::string(8, '\0'));

absl::StatusOr<SparseTensor> read(const test::ExactBytes& bytes) {
  ExternalData external("");
  return readSparseTensor(bytes.span(), {0, bytes.span().size()}, external, Limits());
}

TEST_CASE("a sparse tensor has the name and dtype of its values and dims of its own") {
  const test::ExactBytes bytes(std::string(Proto()
                                               .text(field::kSparseValues, kValues)
                                               .text(field::kSparseIndices, kIndices)
                                               .number(field::kSparseDims, 3)
                                               .number(field::kSparseDims, 4)));
  const auto sparse = read(bytes);
  REQUIRE(sparse.ok());
  CHECK(sparse->name == "w");
  CHECK(sparse->dtype == DType::float32);
  CHECK(sparse->dims == test::Dims{3, 4});
}

TEST_CASE("C13: sparse tensors that lack a part or contradict themselves are refused") {
  const std::string values = Proto().text(field::kSparseValues, kValues);
  const std::string indices = Proto().text(field::kSparseIndices, kIndices);
  const struct {
    std::string bytes;
    absl::StatusCode code;
    const char* words;
  } rows[] = {
      {values, absl::StatusCode::kInvalidArgument, "sparse tensor 'w' has no values or no indices"},
      {indices, absl::StatusCode::kInvalidArgument, "has no values or no indices"},
      {values + std::string(Proto().text(field::kSparseIndices, kValues)), absl::StatusCode::kInvalidArgument,
       "has indices of dtype float32, not int64"},
      {values + indices + std::string(Proto().number(field::kSparseDims, -1)), absl::StatusCode::kInvalidArgument,
       "has a dim of -1"},
      {values + indices + std::string(Proto().text(field::kSparseDims, std::string(100, '\1'))),
       absl::StatusCode::kResourceExhausted, "has 100 dims"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.words);
    const test::ExactBytes bytes(row.bytes);
    const auto sparse = read(bytes);
    REQUIRE_FALSE(sparse.ok());
    CHECK(sparse.status().code() == row.code);
    CHECK_THAT(std::string(sparse.status().message()), Catch::Contains(row.words));
  }
}

}  // namespace
}  // namespace precast::onnx
