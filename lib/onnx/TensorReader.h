// TensorProtos: dims, dtype and contents, with the contents left where they are whenever they already are plain bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/Wire.h"
#include "precast/DType.h"
#include "precast/Graph.h"
#include "precast/Limits.h"

namespace precast::onnx {

struct TensorContents {
  std::string_view name;
  DType dtype = DType::undefined;
  std::vector<std::int64_t> dims;
  absl::Span<const std::byte> data;               ///< null data for strings and other contents without a fixed size
  std::shared_ptr<std::vector<std::byte>> owned;  ///< set if the contents had to be laid out anew
  bool external = false;
  std::string_view location;
};

/// Appends the numbers of a field `dims`, packed or one.
absl::Status appendDims(absl::Span<const std::byte> file, const WireField& at, std::vector<std::int64_t>& dims);

/// Reads the TensorProto in `range`. kInvalidArgument for contradictions, kDataLoss where bytes are missing,
/// kUnimplemented for dtypes and segments that are not known.
absl::StatusOr<TensorContents> readTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external,
                                          const Limits& limits);

/// As above, into `tensor`, whose storage is reused; it is meaningless after an error.
absl::Status readTensor(absl::Span<const std::byte> file, ByteRange range, ExternalData& external, const Limits& limits,
                        TensorContents& tensor);

}  // namespace precast::onnx
