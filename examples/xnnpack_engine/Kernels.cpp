#include "Kernels.h"

#include <limits>
#include <string>

namespace xnn_engine {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

absl::StatusOr<Operator> ready(const char* name, bool half, xnn_status created, xnn_status setUp, xnn_operator_t op) {
  Operator owned(op);
  if (created == xnn_status_success && setUp == xnn_status_success) return owned;
  return absl::UnimplementedError("XNNPACK has no " + std::string(name) + (half ? "_f16" : "_f32") +
                                  " here: create says " + std::to_string(created) + ", setup " + std::to_string(setUp));
}

// The two dtypes of an operator have functions of their own with the same parameters.
#define MAKE(name, half, create, setup)                                                                                \
  xnn_operator_t op = nullptr;                                                                                         \
  const xnn_status created = half ? xnn_create_##name##_f16 create : xnn_create_##name##_f32 create;                   \
  const xnn_status setUp = created != xnn_status_success ? created                                                     \
                           : half                        ? xnn_setup_##name##_f16 setup                                \
                                                         : xnn_setup_##name##_f32 setup;                                                      \
  return ready(#name, half, created, setUp, op)

}  // namespace

absl::StatusOr<Operator> convolution(Tensor& x, Tensor& weights, Tensor* bias, const Window& window,
                                     std::uint32_t groups, Tensor& y) {
  const Window& w = window;
  float* biases = bias == nullptr ? nullptr : bias->data();
  MAKE(convolution2d_nhwc, x.half(),
       (w.top, w.right, w.bottom, w.left, w.height, w.width, w.strideY, w.strideX, w.dilationY, w.dilationX, groups,
        x.channels() / groups, y.channels() / groups, x.channels(), y.channels(), weights.data(), biases, -kInfinity,
        kInfinity, 0, &op),
       (op, x.dims[0], x.dims[1], x.dims[2], x.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> maxPool(Tensor& x, const Window& window, Tensor& y) {
  const Window& w = window;
  MAKE(max_pooling2d_nhwc, x.half(),
       (w.top, w.right, w.bottom, w.left, w.height, w.width, w.strideY, w.strideX, w.dilationY, w.dilationX,
        x.channels(), x.channels(), x.channels(), -kInfinity, kInfinity, 0, &op),
       (op, x.dims[0], x.dims[1], x.dims[2], x.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> globalAveragePool(Tensor& x, Tensor& y) {
  MAKE(global_average_pooling_nwc, x.half(), (x.channels(), x.channels(), x.channels(), -kInfinity, kInfinity, 0, &op),
       (op, x.dims[0], x.dims[1] * x.dims[2], x.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> fullyConnected(Tensor& x, Tensor& weights, Tensor& y) {
  MAKE(fully_connected_nc, x.half(),
       (x.channels(), y.channels(), x.channels(), y.channels(), weights.data(), nullptr, -kInfinity, kInfinity,
        XNN_FLAG_TRANSPOSE_WEIGHTS, &op),
       (op, x.elements() / x.channels(), x.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> clamp(Tensor& x, float low, float high, Tensor& y) {
  MAKE(clamp_nc, x.half(), (x.channels(), x.channels(), x.channels(), low, high, 0, &op),
       (op, x.elements() / x.channels(), x.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> add(Tensor& a, Tensor& b, Tensor& y) {
  MAKE(add_nd, a.half(), (-kInfinity, kInfinity, 0, &op),
       (op, a.dims.size(), a.dims.data(), b.dims.size(), b.dims.data(), a.data(), b.data(), y.data(), nullptr));
}

absl::StatusOr<Operator> multiply(Tensor& a, Tensor& b, Tensor& y) {
  MAKE(multiply_nd, a.half(), (-kInfinity, kInfinity, 0, &op),
       (op, a.dims.size(), a.dims.data(), b.dims.size(), b.dims.data(), a.data(), b.data(), y.data(), nullptr));
}

#undef MAKE

absl::StatusOr<Operator> divide(Tensor& a, Tensor& b, Tensor& y) {
  xnn_operator_t op = nullptr;
  const xnn_status created = xnn_create_divide_nd_f32(-kInfinity, kInfinity, 0, &op);
  const xnn_status setUp = created != xnn_status_success
                               ? created
                               : xnn_setup_divide_nd_f32(op, a.dims.size(), a.dims.data(), b.dims.size(), b.dims.data(),
                                                         a.data(), b.data(), y.data(), nullptr);
  return ready("divide_nd", false, created, setUp, op);
}

absl::StatusOr<Operator> softmax(Tensor& x, Tensor& y) {
  xnn_operator_t op = nullptr;
  const std::size_t channels = x.channels();
  const xnn_status created = xnn_create_softmax_nc_f32(channels, channels, channels, 0, &op);
  const xnn_status setUp = created != xnn_status_success
                               ? created
                               : xnn_setup_softmax_nc_f32(op, x.elements() / channels, x.data(), y.data(), nullptr);
  return ready("softmax_nc", false, created, setUp, op);
}

absl::StatusOr<Operator> convert(Tensor& x, Tensor& y) {
  xnn_operator_t op = nullptr;
  const std::size_t channels = x.channels();
  const xnn_status created = y.half() ? xnn_create_convert_nc_f32_f16(channels, channels, channels, 0, &op)
                                      : xnn_create_convert_nc_f16_f32(channels, channels, channels, 0, &op);
  const std::size_t rows = x.elements() / channels;
  const xnn_status setUp = created != xnn_status_success ? created
                           : y.half() ? xnn_setup_convert_nc_f32_f16(op, rows, x.data(), y.data(), nullptr)
                                      : xnn_setup_convert_nc_f16_f32(op, rows, x.data(), y.data(), nullptr);
  return ready("convert_nc", y.half(), created, setUp, op);
}

}  // namespace xnn_engine
