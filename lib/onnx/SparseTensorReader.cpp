#include "onnx/SparseTensorReader.h"

#include <cstring>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "onnx/Message.h"
#include "onnx/TensorReader.h"

namespace precast::onnx {

namespace {

// What contradicts the tensor in how many indices there are and where they point; "" if nothing does. Their order and
// whether one comes twice are left to runtimes, which differ in it.
std::string mistakeOf(const SparseTensor& sparse, const TensorContents& indices) {
  const std::size_t rank = sparse.dims.size();
  const bool isLinear = indices.dims.size() == 1;
  if (sparse.values.dims.size() != 1) return fmt::format("has values of rank {}, not 1", sparse.values.dims.size());
  if (!isLinear && (indices.dims.size() != 2 || indices.dims[1] != static_cast<std::int64_t>(rank)))
    return fmt::format("has indices of shape [{}], not [{}] or [{}, {}]", fmt::join(indices.dims, ", "),
                       sparse.values.dims[0], sparse.values.dims[0], rank);
  if (indices.dims[0] != sparse.values.dims[0])
    return fmt::format("has {} values, but {} indices", sparse.values.dims[0], indices.dims[0]);
  const std::size_t width = isLinear ? 1 : rank;
  if (indices.data.size() != static_cast<std::size_t>(indices.dims[0]) * width * sizeof(std::int64_t)) return "";
  double elements = 1;  // far beyond what an index can be it need not be exact
  for (const std::int64_t dim : sparse.dims) elements *= static_cast<double>(dim);
  for (std::size_t i = 0; i * sizeof(std::int64_t) < indices.data.size(); ++i) {
    std::int64_t place = 0;
    std::memcpy(&place, indices.data.data() + i * sizeof(place), sizeof(place));
    const double limit = isLinear ? elements : static_cast<double>(sparse.dims[i % width]);
    if (place < 0 || static_cast<double>(place) >= limit)
      return fmt::format("has an index of {} in [{}]", place, fmt::join(sparse.dims, ", "));
  }
  return "";
}

}  // namespace

absl::StatusOr<SparseTensor> readSparseTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                              const Limits& limits) {
  SparseTensor sparse;
  const auto refuse = [&sparse](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("sparse tensor '{}' {}", sparse.name, why));
  };
  bool hasIndices = false;
  TensorContents indices;
  MessageCursor cursor(file, range, kSparseMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kSparseValues || at.number == field::kSparseIndices) {
      absl::StatusOr<TensorContents> tensor = readTensor(file, at.inside(), external, limits);
      if (!tensor.ok()) return tensor.status();
      if (at.number == field::kSparseValues) {
        sparse.name = tensor->name;
        sparse.dtype = tensor->dtype;
        sparse.values = *std::move(tensor);
      } else {
        hasIndices = true;
        if (tensor->dtype != DType::int64)
          return refuse(fmt::format("has indices of dtype {}, not int64", toString(tensor->dtype)));
        indices = *std::move(tensor);
      }
    } else if (at.number == field::kSparseDims) {
      if (absl::Status status = appendDims(file, at, sparse.dims); !status.ok()) return status;
    }
  }
  if (!cursor.ok()) return cursor.status();
  if (sparse.dtype == DType::undefined || !hasIndices) return refuse("has no values or no indices");
  if (sparse.dims.size() > limits.tensorRank) {
    return absl::ResourceExhaustedError(fmt::format("sparse tensor '{}' has {} dims, the limit is {}", sparse.name,
                                                    sparse.dims.size(), limits.tensorRank));
  }
  for (std::int64_t dim : sparse.dims) {
    if (dim < 0) return refuse(fmt::format("has a dim of {}", dim));
  }
  if (const std::string mistake = mistakeOf(sparse, indices); !mistake.empty()) return refuse(mistake);
  return sparse;
}

}  // namespace precast::onnx
