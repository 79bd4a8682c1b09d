#include "onnx/SparseTensorReader.h"

#include <utility>

#include "fmt/format.h"
#include "onnx/Message.h"
#include "onnx/TensorReader.h"

namespace precast::onnx {

absl::StatusOr<SparseTensor> readSparseTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                              const Limits& limits) {
  SparseTensor sparse;
  const auto refuse = [&sparse](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("sparse tensor '{}' {}", sparse.name, why));
  };
  bool hasIndices = false;
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
  return sparse;
}

}  // namespace precast::onnx
