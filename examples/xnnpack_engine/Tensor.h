// What operators read and write: dense tensors whose last dimension is the channel, and windows that move over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

/// A window that moves over H and W: of a convolution or a pooling.
struct Window {
  std::uint32_t top = 0, left = 0, bottom = 0, right = 0;  // padding
  std::uint32_t height = 1, width = 1;
  std::uint32_t strideY = 1, strideX = 1;
  std::uint32_t dilationY = 1, dilationX = 1;

  std::size_t outputHeight(std::size_t input) const;
  std::size_t outputWidth(std::size_t input) const;
};

}  // namespace xnn_engine
