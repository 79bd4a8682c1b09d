#include "Tensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

namespace precast::test {
namespace {

// Written from the format's definition and not with the library's own conversion, which is under test.
float halfToFloat(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 31) {
    return mantissa == 0 ? sign * std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

float bfloatToFloat(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value = 0;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

// For values in [-1, 1): exact arithmetic up to the last step, where the tie rule is the format's own.
std::uint16_t halfBits(float value) {
  if (value == 0) return 0;
  const std::uint16_t sign = value < 0 ? 0x8000 : 0;
  const float magnitude = std::fabs(value);
  const int exponent = std::max(std::ilogb(magnitude), -14);
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
  return static_cast<std::uint16_t>(sign + ((exponent + 14) << 10) + steps);
}

template <typename T>
void append(std::vector<std::byte>& bytes, T value) {
  const std::size_t at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <typename T>
std::vector<float> widen(const std::vector<std::byte>& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < floats.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    floats[i] = static_cast<float>(value);
  }
  return floats;
}

[[noreturn]] void refuse(DType dtype) {
  throw std::runtime_error("no numbers of dtype " + std::string(toString(dtype)) + " in the tests");
}

}  // namespace

Tensor seededTensor(const TensorInfo& input, const Shape& shape, std::uint32_t seed) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) throw std::runtime_error("input '" + input.name + "' needs a shape without dynamic dimensions");
    count *= static_cast<std::size_t>(extent);
  }
  Tensor tensor{input.dtype, shape, {}};
  std::mt19937 random(seed);  // the engine's sequence is fixed by the standard, that of the distributions is not
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = static_cast<std::uint32_t>(random());
    const float value = std::ldexp(static_cast<float>(bits >> 8), -23) - 1.0F;
    switch (input.dtype) {
    case DType::float32:
      append(tensor.bytes, value);
      break;
    case DType::float64:
      append(tensor.bytes, static_cast<double>(value));
      break;
    case DType::float16:
      append(tensor.bytes, halfBits(value));
      break;
    case DType::bfloat16: {
      std::uint32_t wide = 0;
      std::memcpy(&wide, &value, sizeof wide);
      append(tensor.bytes, static_cast<std::uint16_t>(wide >> 16));
      break;
    }
    case DType::int64:
      append(tensor.bytes, static_cast<std::int64_t>(bits >> 29));
      break;
    case DType::uint64:
      append(tensor.bytes, static_cast<std::uint64_t>(bits >> 29));
      break;
    case DType::int32:
      append(tensor.bytes, static_cast<std::int32_t>(bits >> 29));
      break;
    case DType::uint32:
      append(tensor.bytes, bits >> 29);
      break;
    case DType::int16:
    case DType::uint16:
      append(tensor.bytes, static_cast<std::uint16_t>(bits >> 29));
      break;
    case DType::int8:
    case DType::uint8:
      append(tensor.bytes, static_cast<std::uint8_t>(bits >> 29));
      break;
    case DType::boolean:
      append(tensor.bytes, static_cast<std::uint8_t>(bits >> 31));
      break;
    default:
      refuse(input.dtype);
    }
  }
  return tensor;
}

Tensor seededPage(const Shape& shape, std::uint32_t seed) {
  if (shape.size() != 4) throw std::runtime_error("a page has the four dimensions [N, C, H, W]");
  const auto height = static_cast<std::size_t>(shape[2]);
  const auto width = static_cast<std::size_t>(shape[3]);
  // Glyphs of 16 x 12 pixels in lines 32 pixels apart, each of three horizontal and three vertical strokes, drawn or
  // not.
  constexpr std::size_t line = 32;
  constexpr std::size_t advance = 12;
  std::mt19937 random(seed);
  std::vector<bool> ink(height * width, false);
  for (std::size_t top = 8; top + 16 < height; top += line) {
    for (std::size_t left = 8; left + advance < width; left += advance) {
      const auto strokes = static_cast<std::uint32_t>(random() >> 26);
      for (std::size_t y = 0; y < 16; ++y) {
        for (std::size_t x = 0; x < 9; ++x) {
          const bool horizontal = y % 7 < 2 && ((strokes >> (y / 7)) & 1U) != 0;
          const bool vertical = x % 4 < 2 && ((strokes >> (3 + std::min<std::size_t>(x / 4, 2))) & 1U) != 0;
          if (horizontal || vertical) ink[(top + y) * width + left + x] = true;
        }
      }
    }
  }
  const TensorInfo noise{"page", DType::float32, {}};
  Tensor page = seededTensor(noise, shape, seed + 1);
  for (std::size_t i = 0; i < page.bytes.size() / sizeof(float); ++i) {
    float value = 0;
    std::memcpy(&value, page.bytes.data() + i * sizeof value, sizeof value);
    value = (ink[i % (height * width)] ? -0.9F : 0.9F) + 0.05F * value;
    std::memcpy(page.bytes.data() + i * sizeof value, &value, sizeof value);
  }
  return page;
}

std::vector<float> toFloats(const Tensor& tensor) {
  switch (tensor.dtype) {
  case DType::float32:
    return widen<float>(tensor.bytes);
  case DType::float64:
    return widen<double>(tensor.bytes);
  case DType::int64:
    return widen<std::int64_t>(tensor.bytes);
  case DType::uint64:
    return widen<std::uint64_t>(tensor.bytes);
  case DType::int32:
    return widen<std::int32_t>(tensor.bytes);
  case DType::uint32:
    return widen<std::uint32_t>(tensor.bytes);
  case DType::int16:
    return widen<std::int16_t>(tensor.bytes);
  case DType::uint16:
    return widen<std::uint16_t>(tensor.bytes);
  case DType::int8:
    return widen<std::int8_t>(tensor.bytes);
  case DType::uint8:
  case DType::boolean:
    return widen<std::uint8_t>(tensor.bytes);
  case DType::float16:
  case DType::bfloat16: {
    std::vector<float> floats(tensor.bytes.size() / 2);
    for (std::size_t i = 0; i < floats.size(); ++i) {
      std::uint16_t bits = 0;
      std::memcpy(&bits, tensor.bytes.data() + 2 * i, 2);
      floats[i] = tensor.dtype == DType::float16 ? halfToFloat(bits) : bfloatToFloat(bits);
    }
    return floats;
  }
  default:
    refuse(tensor.dtype);
  }
}

double cosineSimilarity(const Tensor& a, const Tensor& b) {
  const std::vector<float> x = toFloats(a);
  const std::vector<float> y = toFloats(b);
  if (x.size() != y.size()) return std::numeric_limits<double>::quiet_NaN();
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    xx += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    yy += static_cast<double>(y[i]) * static_cast<double>(y[i]);
  }
  if (xx == 0 && yy == 0) return 1;
  return xy / (std::sqrt(xx) * std::sqrt(yy));
}

double largestDifference(const Tensor& a, const Tensor& b) {
  const std::vector<float> x = toFloats(a);
  const std::vector<float> y = toFloats(b);
  if (x.size() != y.size()) return std::numeric_limits<double>::quiet_NaN();
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double difference = std::fabs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
    if (!(difference <= largest)) largest = difference;
    if (std::isnan(largest)) return largest;
  }
  return largest;
}

bool bitEqual(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes;
}

}  // namespace precast::test
