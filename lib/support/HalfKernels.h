// The two implementations behind convertElements() and scanElements(): integer arithmetic that runs everywhere, and
// F16C+AVX2. They write the same bytes and count the same. Tests and benchmarks force one by calling it from here.
// Everything works on the float32 bit pattern of an element, so that no floating-point environment can matter.
#pragma once

#include <cstddef>
#include <cstdint>

#include "precast/DType.h"
#include "precast/Half.h"

namespace precast::half {

inline constexpr std::uint32_t kMagnitude = 0x7FFFFFFFU;
inline constexpr std::uint32_t kInfinity = 0x7F800000U;

/// The borders of a dtype, as magnitudes in float32 bits.
struct Borders {
  std::uint32_t overflow;   ///< the smallest that rounds to infinity
  std::uint32_t largest;    ///< the largest finite value of the dtype
  std::uint32_t underflow;  ///< the largest that rounds to zero
};

constexpr Borders bordersOf(DType dtype) {
  switch (dtype) {
  case DType::float16:
    return {0x477FF000U, 0x477FE000U, 0x33000000U};  // 65520, 65504, 2^-25
  case DType::bfloat16:
    return {0x7F7F8000U, 0x7F7F0000U, 0x00008000U};  // (2 - 2^-8) 2^127, (2 - 2^-7) 2^127, 2^-134
  default:
    return {kInfinity, 0x7F7FFFFFU, 0};
  }
}

/// What a kernel counts. Magnitudes are float32 bits.
struct Counts {
  std::uint64_t beyond = 0;
  std::uint64_t vanishing = 0;
  std::uint32_t maxAbs = 0;         ///< of elements that are not NaN
  std::uint32_t minAbsLess1 = ~0U;  ///< of elements that are not NaN, minus 1 modulo 2^32, so that zero is the largest
  bool hasNaN = false;
};

using ConvertFunction = void (*)(const std::byte* src, std::byte* dst, std::size_t count, bool saturate,
                                 Counts& counts);
using ScanFunction = void (*)(const std::byte* src, std::size_t count, Borders borders, Counts& counts);

/// One implementation of every pair. `convert` has null on the diagonal.
struct Kernels {
  ConvertFunction convert[3][3];  ///< [from][to], indexed by kernelIndex()
  ScanFunction scan[3];
};

/// The index of a float dtype in Kernels.
constexpr std::size_t kernelIndex(DType dtype) {
  return dtype == DType::float32 ? 0U : dtype == DType::float16 ? 1U : 2U;
}

const Kernels& portableKernels();

/// The F16C+AVX2 kernels; null where the build or the CPU has none.
const Kernels* avx2Kernels();

/// convertElements() and scanElements() with the kernels given.
void convertWith(const Kernels& kernels, DType from, const std::byte* src, DType to, std::byte* dst, std::size_t count,
                 Overflow overflow, ConversionStats& stats);
void scanWith(const Kernels& kernels, DType dtype, const std::byte* src, std::size_t count, DType to,
              ValueRange& range);

// The scalar conversions on bit patterns.

inline std::uint16_t halfFromFloatBits(std::uint32_t bits) {
  constexpr std::uint32_t smallestNormal = 0x38800000U;  // 2^-14
  constexpr Borders borders = bordersOf(DType::float16);
  std::uint32_t sign = (bits >> 16) & 0x8000U;
  std::uint32_t magnitude = bits & kMagnitude;
  if (magnitude - smallestNormal < borders.overflow - smallestNormal) {
    // Rebias the exponent from 127 to 15; the addend rounds, and a carry rightly walks into the exponent.
    std::uint32_t rounded = magnitude - (112U << 23) + 0xFFFU + ((magnitude >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | (rounded >> 13));
  }
  if (magnitude > kInfinity) return static_cast<std::uint16_t>(sign | 0x7E00U | ((magnitude >> 13) & 0x3FFU));
  if (magnitude >= borders.overflow) return static_cast<std::uint16_t>(sign | 0x7C00U);
  if (magnitude <= borders.underflow) return static_cast<std::uint16_t>(sign);
  // A subnormal of float16 counts units of 2^-24; here 102 <= exponent <= 112, so 14 <= shift <= 24.
  std::uint32_t shift = 126U - (magnitude >> 23);
  std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
  std::uint32_t quotient = mantissa >> shift;
  std::uint32_t remainder = mantissa & ((1U << shift) - 1U);
  std::uint32_t tie = 1U << (shift - 1U);
  if (remainder > tie || (remainder == tie && (quotient & 1U) != 0)) ++quotient;
  return static_cast<std::uint16_t>(sign | quotient);
}

inline std::uint32_t floatBitsFromHalf(std::uint16_t half) {
  std::uint32_t sign = (half & 0x8000U) << 16;
  std::uint32_t magnitude = half & 0x7FFFU;
  if (magnitude > 0x7C00U) return sign | 0x7FC00000U | (magnitude << 13);
  if (magnitude == 0x7C00U) return sign | kInfinity;
  if (magnitude >= 0x0400U) return sign | ((magnitude << 13) + (112U << 23));
  if (magnitude == 0) return sign;
  std::uint32_t exponent = 113;
  for (; (magnitude & 0x0400U) == 0; magnitude <<= 1) --exponent;
  return sign | (exponent << 23) | ((magnitude & 0x3FFU) << 13);
}

inline std::uint16_t bfloat16FromFloatBits(std::uint32_t bits) {
  if ((bits & kMagnitude) > kInfinity) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

}  // namespace precast::half
