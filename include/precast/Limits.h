// Bounds on what input may ask for, so that no file can exhaust memory or the stack. Each is far above what real models
// use.
#pragma once

#include <cstdint>

namespace precast {

/// The bounds and their defaults.
struct Limits {
  /// Nested bodies inside nested bodies; ONNX Runtime 1.24 and newer have the same bound.
  std::uint32_t regionDepth = 32;
  /// Dimensions of one tensor. Real models stay below 10; NumPy, which writes test data, stops at 64.
  std::uint32_t tensorRank = 64;
  /// Nested objects and arrays in a JSON file; op-info files nest 4 deep, JSON graphs 5.
  std::uint32_t jsonDepth = 16;
};

}  // namespace precast
