#include "onnx/SparseTensorReader.h"

#include <cstring>
#include <string>
#include <vector>

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
  const auto ints = [](std::vector<std::int64_t> dims, std::vector<std::int64_t> places) {
    std::string bytes(places.size() * sizeof(std::int64_t), '\0');
    std::memcpy(bytes.data(), places.data(), bytes.size());
    return std::string(Proto().text(field::kSparseIndices, test::rawTensor("", DType::int64, dims, bytes)));
  };
  const std::string three = Proto().text(field::kSparseValues, test::floatTensor("w", {3}, {5, 6, 7}));
  const std::string square = Proto().text(field::kSparseValues, test::floatTensor("w", {1, 1}, {5}));
  const std::string dims = Proto().number(field::kSparseDims, 2).number(field::kSparseDims, 3);
  const struct {
    std::string bytes;
    const char* words;  // "" if it is right
  } places[] = {
      {three + ints({3}, {0, 2, 5}) + dims, ""},
      {three + ints({3, 2}, {0, 0, 1, 0, 1, 2}) + dims, ""},
      {three + ints({3}, {5, 2, 2}) + dims, ""},
      {three + ints({2}, {0, 1}) + dims, "has 3 values, but 2 indices"},
      {three + ints({3}, {0, 2, 6}) + dims, "has an index of 6 in [2, 3]"},
      {three + ints({3}, {0, 2, -1}) + dims, "has an index of -1 in [2, 3]"},
      {three + ints({3, 2}, {0, 0, 1, 0, 2, 0}) + dims, "has an index of 2 in [2, 3]"},
      {three + ints({3, 1}, {0, 1, 2}) + dims, "has indices of shape [3, 1], not [3] or [3, 2]"},
      {three + ints({1, 1, 3}, {0, 1, 2}) + dims, "has indices of shape [1, 1, 3], not [3] or [3, 2]"},
      {square + ints({1}, {0}) + dims, "has values of rank 2, not 1"},
  };
  for (const auto& row : places) {
    CAPTURE(row.words);
    const auto sparse = read(test::ExactBytes(row.bytes));
    CHECK(sparse.ok() == (*row.words == '\0'));
    CHECK_THAT(std::string(sparse.status().message()), Catch::Contains(row.words));
  }
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
