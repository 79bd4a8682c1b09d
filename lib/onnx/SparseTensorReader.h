// SparseTensorProtos: what a graph says of them. Where they stand belongs to their bytes; of their values the dtype may
// change.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/TensorReader.h"
#include "onnx/Wire.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

struct SparseTensor {
  std::string_view name;           ///< that of its values
  DType dtype = DType::undefined;  ///< of one element
  std::vector<std::int64_t> dims;  ///< of the dense tensor
  TensorContents values;
};

/// Reads the SparseTensorProto in `range`. Errors as readTensor(), and kInvalidArgument for a part that is missing and
/// for indices that are not as many as the values or point beyond the dims.
absl::StatusOr<SparseTensor> readSparseTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                              const Limits& limits);

}  // namespace precast::onnx
