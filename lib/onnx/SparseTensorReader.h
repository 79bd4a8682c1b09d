// SparseTensorProtos: what a graph says of them. Their bytes are copied through, never converted.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/Wire.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

struct SparseTensor {
  std::string_view name;           ///< that of its values
  DType dtype = DType::undefined;  ///< of one element
  std::vector<std::int64_t> dims;  ///< of the dense tensor
};

/// Reads the SparseTensorProto in `range`. kUnimplemented if its values or indices are external: they would have to be
/// moved with the output. Else errors as readTensor().
absl::StatusOr<SparseTensor> readSparseTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                              const Limits& limits);

}  // namespace precast::onnx
