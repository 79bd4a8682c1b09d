// Bit-exact conversions among float32, float16 (IEEE 754 binary16) and bfloat16, one by one and in blocks, and scans of
// ranges. Rounding is to nearest, ties to even, whatever the CPU and the caller's floating-point environment (rounding
// mode, FTZ, DAZ, unmasked exceptions); that environment and its flags are left as they were. Thread-safe: no state.
#pragma once

#include <cstddef>
#include <cstdint>

#include "precast/DType.h"
#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// The bits of the float16 nearest to `value`. Magnitudes from 65520 on become infinity, those up to 2^-25 become zero
/// of the same sign. A NaN becomes a quiet NaN with the sign and the upper payload bits of `value`, as x86's F16C does.
std::uint16_t floatToHalf(float value);

/// The value of the float16 with the bits `half`; exact. A signalling NaN becomes quiet, as x86's F16C does.
float halfToFloat(std::uint16_t half);

/// The bits of the bfloat16 nearest to `value`, which may be infinity. A NaN becomes a quiet NaN with the sign and the
/// upper payload bits of `value`.
std::uint16_t floatToBFloat16(float value);

/// The value of the bfloat16 with the bits `bfloat`; exact, bit for bit.
float bfloat16ToFloat(std::uint16_t bfloat);

/// What becomes of a finite element that would round to infinity: the largest finite magnitude of the new dtype (65504
/// for float16) with its sign, or infinity. Infinities and NaNs of the source stay what they are in either case.
enum class Overflow : std::uint8_t { saturate, infinity };

/// What a conversion did to its elements. Conversions add to it, so one object can follow a tensor through many blocks.
struct ConversionStats {
  std::uint64_t elements = 0;     ///< elements converted
  std::uint64_t saturated = 0;    ///< finite elements that round to infinity (clamped if Overflow::saturate)
  std::uint64_t underflowed = 0;  ///< elements other than zero that became zero
  double maxAbs = 0;              ///< largest magnitude among the source's elements that are not NaN; may be infinity

  /// Adds what another conversion, of other elements, did.
  void merge(const ConversionStats& other);
};

/// Converts `count` elements at `src` from dtype `from` to dtype `to` and writes them to `dst`. Elements are
/// little-endian, as ONNX stores them; neither pointer needs alignment; the two ranges must not overlap. Both dtypes
/// must satisfy isFloat(), else nothing is written or counted. Negative zeros and subnormals are kept where `to` has
/// them. If the dtypes are equal the bytes are copied and only `elements` is counted.
void convertElements(DType from, const std::byte* src, DType to, std::byte* dst, std::size_t count, Overflow overflow,
                     ConversionStats& stats);

/// The range of a tensor's elements, and what a conversion to another dtype would do to them. Scans add to it.
struct ValueRange {
  double maxAbs = 0;            ///< largest magnitude among elements that are not NaN; may be infinity
  double minAbs = 0;            ///< smallest magnitude among elements that are neither zero nor NaN; 0 if there is none
  std::uint64_t beyond = 0;     ///< finite elements that round to infinity (float16: magnitude 65520 or more)
  std::uint64_t vanishing = 0;  ///< elements other than zero that round to zero (float16: magnitude 2^-25 or less)
  bool hasInf = false;          ///< an element is infinite
  bool hasNaN = false;          ///< an element is NaN

  /// Adds the range of other elements.
  void merge(const ValueRange& other);
};

/// Adds to `range` the `count` elements of dtype `dtype` at `src` (little-endian, unaligned), with `beyond` and
/// `vanishing` as for a conversion to `to`. Both dtypes must satisfy isFloat(), else nothing happens.
void scanElements(DType dtype, const std::byte* src, std::size_t count, DType to, ValueRange& range);

}  // namespace precast
PRECAST_EXPORT_END
