// XNNPACK's operators, strictly typed: every one takes and gives float16, or takes and gives float32. Each function
// makes an operator that is ready to run on the given buffers.
#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <memory>

#include "Tensor.h"
#include "absl/status/statusor.h"

namespace xnn_engine {

struct OperatorDeleter {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using Operator = std::unique_ptr<xnn_operator, OperatorDeleter>;

/// `weights`: [output channels][height][width][input channels of a group]; `bias` may be null. Both have x's dtype.
absl::StatusOr<Operator> convolution(Tensor& x, Tensor& weights, Tensor* bias, const Window& window,
                                     std::uint32_t groups, Tensor& y);
absl::StatusOr<Operator> maxPool(Tensor& x, const Window& window, Tensor& y);
absl::StatusOr<Operator> globalAveragePool(Tensor& x, Tensor& y);
/// `weights`: [input channels][output channels].
absl::StatusOr<Operator> fullyConnected(Tensor& x, Tensor& weights, Tensor& y);
absl::StatusOr<Operator> clamp(Tensor& x, float low, float high, Tensor& y);
/// `b` is broadcast.
absl::StatusOr<Operator> add(Tensor& a, Tensor& b, Tensor& y);
absl::StatusOr<Operator> multiply(Tensor& a, Tensor& b, Tensor& y);
/// float32 only.
absl::StatusOr<Operator> divide(Tensor& a, Tensor& b, Tensor& y);
absl::StatusOr<Operator> softmax(Tensor& x, Tensor& y);
/// Between float16 and float32, in either direction.
absl::StatusOr<Operator> convert(Tensor& x, Tensor& y);

}  // namespace xnn_engine
