// Layers with weights: NCHW becomes NHWC here, and what is known beforehand is computed in float32 and then rounded.
#include <cmath>

#include "Lowering.h"

namespace xnn_engine {

Window windowOf(const Layer& layer) {
  const auto read = [&](const char* name, std::size_t at, std::int64_t otherwise) {
    return static_cast<std::uint32_t>(layer.integer(name, at, otherwise));
  };
  Window window;
  window.height = read("kernel_shape", 0, 1);
  window.width = read("kernel_shape", 1, 1);
  window.strideY = read("strides", 0, 1);
  window.strideX = read("strides", 1, 1);
  window.dilationY = read("dilations", 0, 1);
  window.dilationX = read("dilations", 1, 1);
  window.top = read("pads", 0, 0);
  window.left = read("pads", 1, 0);
  window.bottom = read("pads", 2, 0);
  window.right = read("pads", 3, 0);
  return window;
}

absl::Status Lowering::convolution(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const Constant* filter = constant(layer, 1);
  if (filter == nullptr || filter->dims.size() != 4) return unsupported(layer, "weights must be constant");
  const auto extent = [&](std::size_t i) { return static_cast<std::size_t>(filter->dims[i]); };
  const std::size_t outputs = extent(0), inputs = extent(1), pixels = extent(2) * extent(3);
  std::vector<float> turned(filter->floats.size());  // output, input, y, x -> output, y, x, input
  for (std::size_t i = 0; i < turned.size(); ++i) {
    const std::size_t output = i / (inputs * pixels);
    const std::size_t input = i / pixels % inputs;
    turned[(output * pixels + i % pixels) * inputs + input] = filter->floats[i];
  }
  Tensor* kernel = weights(precisions_.input(layer, 1), {outputs, extent(2), extent(3), inputs}, turned);
  Tensor* bias = nullptr;
  if (layer.inputs.size() > 2) {
    auto given = operand(layer, 2);
    if (!given.ok()) return given.status();
    bias = *given;
  }
  const Window window = windowOf(layer);
  const Dims& dims = (*x)->dims;
  Tensor* y = result(layer, {dims[0], window.outputHeight(dims[1]), window.outputWidth(dims[2]), outputs});
  const auto groups = static_cast<std::uint32_t>(layer.integer("group", 0, 1));
  return append(xnn_engine::convolution(**x, *kernel, bias, window, groups, *y), *y);
}

// One factor and one addend per channel, computed in float32 and then rounded.
absl::Status Lowering::normalization(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const Constant* parts[4];  // scale, bias, mean, variance
  for (std::size_t i = 0; i < 4; ++i) {
    parts[i] = constant(layer, i + 1);
    if (parts[i] == nullptr) return unsupported(layer, "parameters must be constant");
  }
  const std::size_t channels = (*x)->channels();
  std::vector<float> factors(channels), addends(channels);
  for (std::size_t i = 0; i < channels; ++i) {
    factors[i] = parts[0]->floats[i] / std::sqrt(parts[3]->floats[i] + layer.real("epsilon", 1e-5F));
    addends[i] = parts[1]->floats[i] - parts[2]->floats[i] * factors[i];
  }
  const precast::DType dtype = (*x)->dtype;
  Tensor* scaled = temporary(dtype, (*x)->dims);
  Tensor* y = result(layer, (*x)->dims);
  if (absl::Status s = append(multiply(**x, *weights(dtype, {channels}, factors), *scaled), *scaled); !s.ok()) return s;
  return append(add(*scaled, *weights(dtype, {channels}, addends), *y), *y);
}

absl::Status Lowering::hardSigmoid(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const precast::DType dtype = (*x)->dtype;
  Tensor* scaled = temporary(dtype, (*x)->dims);
  Tensor* moved = temporary(dtype, (*x)->dims);
  Tensor* y = result(layer, (*x)->dims);
  Tensor* alpha = weights(dtype, {1}, {layer.real("alpha", 0.2F)});
  Tensor* beta = weights(dtype, {1}, {layer.real("beta", 0.5F)});
  if (absl::Status s = append(multiply(**x, *alpha, *scaled), *scaled); !s.ok()) return s;
  if (absl::Status s = append(add(*scaled, *beta, *moved), *moved); !s.ok()) return s;
  return append(clamp(*moved, 0, 1, *y), *y);
}

absl::Status Lowering::matMul(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const Constant* matrix = constant(layer, 1);
  if (matrix == nullptr || matrix->dims.size() != 2 || (*x)->dims.size() != 2) {
    return unsupported(layer, "only a matrix times a constant matrix");
  }
  const Dims dims{static_cast<std::size_t>(matrix->dims[0]), static_cast<std::size_t>(matrix->dims[1])};
  if (dims[0] != (*x)->channels()) return unsupported(layer, "the inner dimensions differ");
  Tensor* y = result(layer, {(*x)->dims[0], dims[1]});
  return append(fullyConnected(**x, *weights(precisions_.input(layer, 1), dims, matrix->floats), *y), *y);
}

}  // namespace xnn_engine
