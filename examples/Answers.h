// What the hosts feed a model with, and how they compare two answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

// Dark strokes on a light page [N, C, H, W]: networks that read text answer to it, where noise gives next to
// nothing. Every `number` is another page.
inline std::vector<float> page(const std::vector<std::int64_t>& shape, std::size_t number = 0) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  const auto width = static_cast<std::size_t>(shape.back());
  std::vector<float> pixels(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t x = i % width;
    const std::size_t y = i / width;
    const bool stroke = x % (12 + number) < 3 + number % 3 && y % 32 < 20;
    const bool bar = y % 32 == 9 + number && x % 36 < 24;
    pixels[i] = stroke || bar ? -0.9F : 0.9F;
  }
  return pixels;
}

struct Difference {
  double cosine = 0;   // NaN if the sizes differ or a number is no number
  double largest = 0;  // of two numbers in the same place
};

inline Difference compare(const std::vector<float>& expected, const std::vector<float>& answer) {
  if (expected.size() != answer.size()) return {std::nan(""), std::nan("")};
  double dot = 0;
  double left = 0;
  double right = 0;
  Difference difference;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double a = expected[i];
    const double b = answer[i];
    dot += a * b;
    left += a * a;
    right += b * b;
    difference.largest = std::max(difference.largest, std::fabs(a - b));
  }
  difference.cosine = dot / (std::sqrt(left) * std::sqrt(right));
  return difference;
}
