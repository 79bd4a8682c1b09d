// Conversions in integer arithmetic, one element at a time. An element is first widened to its float32 bits, which is
// exact for all three dtypes, then counted, then rounded once. Bytes are assembled by shifts, which compilers fold into
// one load where the machine is little-endian.

#include "support/HalfKernels.h"

namespace precast::half {

namespace {

std::uint32_t load16(const std::byte* bytes) {
  return std::to_integer<std::uint32_t>(bytes[0]) | (std::to_integer<std::uint32_t>(bytes[1]) << 8);
}

void store16(std::byte* bytes, std::uint32_t value) {
  bytes[0] = static_cast<std::byte>(value & 0xFFU);
  bytes[1] = static_cast<std::byte>((value >> 8) & 0xFFU);
}

template <DType from>
std::uint32_t load(const std::byte* src, std::size_t i) {
  if constexpr (from == DType::float32)
    return load16(src + 4 * i) | (std::to_integer<std::uint32_t>(src[4 * i + 2]) << 16) |
           (std::to_integer<std::uint32_t>(src[4 * i + 3]) << 24);
  else if constexpr (from == DType::float16)
    return floatBitsFromHalf(static_cast<std::uint16_t>(load16(src + 2 * i)));
  else
    return load16(src + 2 * i) << 16;
}

template <DType to>
void store(std::byte* dst, std::size_t i, std::uint32_t bits) {
  if constexpr (to == DType::float32) {
    store16(dst + 4 * i, bits & 0xFFFFU);
    store16(dst + 4 * i + 2, bits >> 16);
  } else if constexpr (to == DType::float16) {
    store16(dst + 2 * i, halfFromFloatBits(bits));
  } else {
    store16(dst + 2 * i, bfloat16FromFloatBits(bits));
  }
}

/// Counts one element; true if it is finite and rounds to infinity.
inline bool count(std::uint32_t bits, Borders borders, Counts& counts) {
  std::uint32_t magnitude = bits & kMagnitude;
  if (magnitude > kInfinity) {
    counts.hasNaN = true;
    return false;
  }
  if (magnitude > counts.maxAbs) counts.maxAbs = magnitude;
  std::uint32_t less1 = magnitude - 1U;
  if (less1 < counts.minAbsLess1) counts.minAbsLess1 = less1;
  if (less1 < borders.underflow) ++counts.vanishing;
  bool beyond = magnitude >= borders.overflow && magnitude < kInfinity;
  if (beyond) ++counts.beyond;
  return beyond;
}

template <DType from, DType to>
void convert(const std::byte* src, std::byte* dst, std::size_t elements, bool saturate, Counts& result) {
  constexpr Borders borders = bordersOf(to);
  Counts counts;  // a local: `dst` might alias the caller's as far as the compiler knows
  for (std::size_t i = 0; i < elements; ++i) {
    std::uint32_t bits = load<from>(src, i);
    if (count(bits, borders, counts) && saturate) bits = (bits & ~kMagnitude) | borders.largest;
    store<to>(dst, i, bits);
  }
  result = counts;
}

template <DType from>
void scan(const std::byte* src, std::size_t elements, Borders borders, Counts& result) {
  Counts counts;
  for (std::size_t i = 0; i < elements; ++i) count(load<from>(src, i), borders, counts);
  result = counts;
}

constexpr DType f32 = DType::float32;
constexpr DType f16 = DType::float16;
constexpr DType b16 = DType::bfloat16;

constexpr Kernels kPortable = {{{nullptr, convert<f32, f16>, convert<f32, b16>},
                                {convert<f16, f32>, nullptr, convert<f16, b16>},
                                {convert<b16, f32>, convert<b16, f16>, nullptr}},
                               {scan<f32>, scan<f16>, scan<b16>}};

}  // namespace

const Kernels& portableKernels() { return kPortable; }

}  // namespace precast::half
