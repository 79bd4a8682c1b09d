// Choice of the kernel, and the translation of its integer counts to the public numbers. Magnitudes become doubles by
// assembling bits: a conversion instruction would read subnormals as zero under DAZ.

#include "precast/Half.h"

#include <algorithm>
#include <cstring>

#include "support/HalfKernels.h"

namespace precast {
namespace half {
namespace {

template <typename To, typename From>
To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

/// The double with the value of the float32 magnitude `bits`, which is not NaN.
double widen(std::uint32_t bits) {
  std::uint64_t exponent = bits >> 23;
  std::uint64_t mantissa = bits & 0x7FFFFFU;
  if (exponent == 0xFF) return bitCast<double>(std::uint64_t{0x7FF} << 52);
  if (exponent == 0) {
    if (mantissa == 0) return 0;
    exponent = 1;
    for (; (mantissa & 0x800000U) == 0; mantissa <<= 1) --exponent;  // wraps below zero; the sum below is right again
    mantissa &= 0x7FFFFFU;
  }
  return bitCast<double>(((exponent + (1023 - 127)) << 52) | (mantissa << 29));
}

const Kernels& bestKernels() {
  const Kernels* fast = avx2Kernels();
  return fast != nullptr ? *fast : portableKernels();
}

}  // namespace

void convertWith(const Kernels& kernels, DType from, const std::byte* src, DType to, std::byte* dst, std::size_t count,
                 Overflow overflow, ConversionStats& stats) {
  if (!isFloat(from) || !isFloat(to) || count == 0) return;
  if (from == to) {
    std::memcpy(dst, src, count * (static_cast<std::size_t>(bitWidth(from)) / 8));
    stats.elements += count;
    return;
  }
  Counts counts;
  kernels.convert[kernelIndex(from)][kernelIndex(to)](src, dst, count, overflow == Overflow::saturate, counts);
  stats.merge({count, counts.beyond, counts.vanishing, widen(counts.maxAbs)});
}

void scanWith(const Kernels& kernels, DType dtype, const std::byte* src, std::size_t count, DType to,
              ValueRange& range) {
  if (!isFloat(dtype) || !isFloat(to)) return;
  Counts counts;
  kernels.scan[kernelIndex(dtype)](src, count, bordersOf(to), counts);
  range.merge({widen(counts.maxAbs), widen(counts.minAbsLess1 + 1), counts.beyond, counts.vanishing,
               counts.maxAbs == kInfinity, counts.hasNaN});
}

}  // namespace half

void ConversionStats::merge(const ConversionStats& other) {
  elements += other.elements;
  saturated += other.saturated;
  underflowed += other.underflowed;
  maxAbs = std::max(maxAbs, other.maxAbs);
}

void ValueRange::merge(const ValueRange& other) {
  maxAbs = std::max(maxAbs, other.maxAbs);
  if (minAbs == 0 || (other.minAbs != 0 && other.minAbs < minAbs)) minAbs = other.minAbs;
  beyond += other.beyond;
  vanishing += other.vanishing;
  hasInf = hasInf || other.hasInf;
  hasNaN = hasNaN || other.hasNaN;
}

std::uint16_t floatToHalf(float value) { return half::halfFromFloatBits(half::bitCast<std::uint32_t>(value)); }

float halfToFloat(std::uint16_t half) { return half::bitCast<float>(half::floatBitsFromHalf(half)); }

std::uint16_t floatToBFloat16(float value) { return half::bfloat16FromFloatBits(half::bitCast<std::uint32_t>(value)); }

float bfloat16ToFloat(std::uint16_t bfloat) { return half::bitCast<float>(std::uint32_t{bfloat} << 16); }

void convertElements(DType from, const std::byte* src, DType to, std::byte* dst, std::size_t count, Overflow overflow,
                     ConversionStats& stats) {
  half::convertWith(half::bestKernels(), from, src, to, dst, count, overflow, stats);
}

void scanElements(DType dtype, const std::byte* src, std::size_t count, DType to, ValueRange& range) {
  half::scanWith(half::bestKernels(), dtype, src, count, to, range);
}

}  // namespace precast
