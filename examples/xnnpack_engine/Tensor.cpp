#include "Tensor.h"

#include <xnnpack.h>

#include <utility>

namespace xnn_engine {

namespace {

std::size_t outputExtent(std::size_t input, std::size_t padding, std::size_t size, std::size_t dilation,
                         std::size_t stride) {
  const std::size_t reach = (size - 1) * dilation + 1;
  return input + padding < reach ? 0 : (input + padding - reach) / stride + 1;
}

}  // namespace

Tensor::Tensor(precast::DType type, std::vector<std::size_t> extents) : dtype(type), dims(std::move(extents)) {
  bytes.resize(elements() * (half() ? 2 : 4) + XNN_EXTRA_BYTES);
}

std::size_t Tensor::elements() const {
  std::size_t count = 1;
  for (const std::size_t extent : dims) count *= extent;
  return count;
}

std::size_t Window::outputHeight(std::size_t input) const {
  return outputExtent(input, top + bottom, height, dilationY, strideY);
}
std::size_t Window::outputWidth(std::size_t input) const {
  return outputExtent(input, left + right, width, dilationX, strideX);
}

}  // namespace xnn_engine
