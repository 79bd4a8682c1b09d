// Bounds on what input may ask for, so that no file can exhaust memory or the stack. Each is far above what real models
// use.
#pragma once

#include <cstdint>

#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// The bounds and their defaults.
struct Limits {
  /// Nested bodies inside nested bodies; ONNX Runtime 1.24 and newer have the same bound.
  std::uint32_t regionDepth = 32;
  /// Calls of local functions inside functions; ONNX Runtime 1.24 and newer have the same bound.
  std::uint32_t functionDepth = 32;
  /// Nodes and calls that inlining all local functions may make: a chain of functions, each calling the next one twice,
  /// doubles with each link. The largest models exported with functions have some 10^5.
  std::uint64_t inlinedNodes = 500000;
  /// Bytes of those nodes; each call has its own copy of the constants inside the function.
  std::uint64_t inlinedBytes = std::uint64_t{256} << 20;
  /// Dimensions of one tensor. Real models stay below 10; NumPy, which writes test data, stops at 64.
  std::uint32_t tensorRank = 64;
  /// Nested objects and arrays in a JSON file; op-info files nest 4 deep, JSON graphs 5.
  std::uint32_t jsonDepth = 16;
};

}  // namespace precast
PRECAST_EXPORT_END
