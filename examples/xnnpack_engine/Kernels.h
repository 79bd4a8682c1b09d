// XNNPACK's operators, strictly typed: every one takes and gives float16, or takes and gives float32. Tensors are
// dense, the channel is the last dimension. Each function makes an operator that is ready to run on the given buffers.
#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/DType.h"

namespace xnn_engine {

struct Tensor {
  precast::DType dtype = precast::DType::float32;
  std::vector<std::size_t> dims;  // N, H, W, C or N, C
  std::vector<std::byte> bytes;   // and as many more as XNNPACK may read beyond

  Tensor(precast::DType type, std::vector<std::size_t> extents);
  std::size_t elements() const;
  std::size_t channels() const { return dims.back(); }
  bool half() const { return dtype == precast::DType::float16; }
  float* data() { return reinterpret_cast<float*>(bytes.data()); }  // of either dtype, as the operators take it
};

struct OperatorDeleter {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using Operator = std::unique_ptr<xnn_operator, OperatorDeleter>;

/// A window that moves over H and W: of a convolution or a pooling.
struct Window {
  std::uint32_t top = 0, left = 0, bottom = 0, right = 0;  // padding
  std::uint32_t height = 1, width = 1;
  std::uint32_t strideY = 1, strideX = 1;
  std::uint32_t dilationY = 1, dilationX = 1;

  std::size_t outputHeight(std::size_t input) const;
  std::size_t outputWidth(std::size_t input) const;
};

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
