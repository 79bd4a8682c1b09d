// ValueInfoProtos: the dtype and shape that a model states for one of its values.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/Wire.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// What a sequence or an optional holds.
struct Held {
  DType element = DType::undefined;
  DType inner = DType::undefined;  ///< what the sequence in an optional holds
};

struct ValueInfo {
  std::string_view name;
  DType dtype = DType::undefined;  ///< also for an elem_type that this version does not know
  Held held;
  bool hasShape = false;
  std::vector<std::int64_t> dims;  ///< -1: not a fixed number
};

/// Reads the ValueInfoProto in `range` into `info`, whose storage is reused. kInvalidArgument or kDataLoss where it is
/// malformed, kResourceExhausted for more dims than `limits` allow.
absl::Status readValueInfo(absl::Span<const std::byte> file, ByteRange range, const Limits& limits, ValueInfo& info);

}  // namespace precast::onnx
