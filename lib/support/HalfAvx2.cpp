// The same conversions with F16C and AVX2, 32 elements at a time. Nearly all weights are ordinary: neither tiny, nor
// large, nor NaN. So a group is first looked at as a whole: the largest magnitude and the smallest one that is not zero
// (minus 1 as unsigned, which puts zero last). Only a group that crosses a border pays for counting and clamping. What
// is left at the end goes to the portable kernel.
//
// VCVTPS2PH takes its rounding from the instruction, but it honours DAZ and raises exceptions that the caller may have
// unmasked, so kernels that use it run under the default MXCSR and put the caller's back, flags included.

#include "support/HalfKernels.h"

#if (defined(__x86_64__) || defined(__i386__)) && (defined(__GNUC__) || defined(__clang__))
#define PRECAST_HALF_AVX2 1
#else
#define PRECAST_HALF_AVX2 0
#endif

#if PRECAST_HALF_AVX2

#include <atomic>
#include <cpuid.h>
#include <immintrin.h>

#define PRECAST_AVX2 __attribute__((target("avx2,f16c,popcnt")))

namespace precast::half {
namespace {

constexpr DType f32 = DType::float32;
constexpr DType f16 = DType::float16;
constexpr DType b16 = DType::bfloat16;

constexpr std::size_t kVector = 8;
constexpr std::size_t kGroup = 4 * kVector;

constexpr std::size_t sizeOf(DType dtype) { return dtype == f32 ? 4 : 2; }

PRECAST_AVX2 inline __m256i splat(std::uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }

template <DType from>
PRECAST_AVX2 inline __m256i load(const std::byte* src) {
  if constexpr (from == f32) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(src));
  } else {
    __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(src));
    if constexpr (from == f16) return _mm256_castps_si256(_mm256_cvtph_ps(halves));
    return _mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16);
  }
}

template <DType to>
PRECAST_AVX2 inline void store(std::byte* dst, __m256i bits, bool mayBeNaN) {
  if constexpr (to == f32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst), bits);
  } else if constexpr (to == f16) {
    __m128i halves = _mm256_cvtps_ph(_mm256_castsi256_ps(bits), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(dst), halves);
  } else {
    __m256i upper = _mm256_srli_epi32(bits, 16);
    __m256i addend = _mm256_add_epi32(_mm256_and_si256(upper, splat(1)), splat(0x7FFF));
    __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, addend), 16);
    if (mayBeNaN) {
      __m256i isNaN = _mm256_cmpgt_epi32(_mm256_and_si256(bits, splat(kMagnitude)), splat(kInfinity));
      rounded = _mm256_blendv_epi8(rounded, _mm256_or_si256(upper, splat(0x40)), isNaN);
    }
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(rounded, rounded), 0x08);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(dst), _mm256_castsi256_si128(packed));
  }
}

struct Accumulator {
  __m256i maxAbs;
  __m256i minAbsLess1;
  std::uint64_t beyond = 0;
  std::uint64_t vanishing = 0;
  bool hasNaN = false;
};

PRECAST_AVX2 inline std::uint64_t lanes(__m256i mask) {
  return static_cast<std::uint64_t>(
      _mm_popcnt_u32(static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)))));
}

/// Counts one vector of any content. Returns the lanes that are finite and round to infinity.
PRECAST_AVX2 inline __m256i count(__m256i bits, Borders borders, Accumulator& sum) {
  __m256i magnitude = _mm256_and_si256(bits, splat(kMagnitude));
  __m256i isNaN = _mm256_cmpgt_epi32(magnitude, splat(kInfinity));
  __m256i finite = _mm256_cmpgt_epi32(splat(kInfinity), magnitude);
  __m256i beyond = _mm256_and_si256(finite, _mm256_cmpgt_epi32(magnitude, splat(borders.overflow - 1)));
  __m256i number = _mm256_andnot_si256(isNaN, magnitude);  // NaN counts as zero: neither largest nor smallest
  __m256i less1 = _mm256_sub_epi32(number, splat(1));
  __m256i vanishing =
      _mm256_and_si256(_mm256_cmpgt_epi32(number, splat(0)), _mm256_cmpgt_epi32(splat(borders.underflow), less1));
  sum.maxAbs = _mm256_max_epi32(sum.maxAbs, number);
  sum.minAbsLess1 = _mm256_min_epu32(sum.minAbsLess1, less1);
  sum.beyond += lanes(beyond);
  sum.vanishing += lanes(vanishing);
  sum.hasNaN |= !_mm256_testz_si256(isNaN, isNaN);
  return beyond;
}

/// Four vectors in registers. Written out: compilers keep an array in memory unless they unroll every loop over it.
struct Group {
  __m256i a;
  __m256i b;
  __m256i c;
  __m256i d;
};

template <DType from>
PRECAST_AVX2 inline Group loadGroup(const std::byte* src) {
  constexpr std::size_t step = kVector * sizeOf(from);
  return {load<from>(src), load<from>(src + step), load<from>(src + 2 * step), load<from>(src + 3 * step)};
}

/// Counts a group if none of its elements crosses a border; else returns false and counts nothing.
PRECAST_AVX2 inline bool countOrdinary(const Group& group, Borders borders, Accumulator& sum) {
  const __m256i mask = splat(kMagnitude);
  const __m256i one = splat(1);
  __m256i a = _mm256_and_si256(group.a, mask);
  __m256i b = _mm256_and_si256(group.b, mask);
  __m256i c = _mm256_and_si256(group.c, mask);
  __m256i d = _mm256_and_si256(group.d, mask);
  __m256i largest = _mm256_max_epi32(_mm256_max_epi32(a, b), _mm256_max_epi32(c, d));
  __m256i smallest = _mm256_min_epu32(_mm256_min_epu32(_mm256_sub_epi32(a, one), _mm256_sub_epi32(b, one)),
                                      _mm256_min_epu32(_mm256_sub_epi32(c, one), _mm256_sub_epi32(d, one)));
  __m256i outside = _mm256_cmpgt_epi32(largest, splat(borders.overflow - 1));
  __m256i inside = _mm256_cmpeq_epi32(_mm256_max_epu32(smallest, splat(borders.underflow)), smallest);
  if (!_mm256_testc_si256(_mm256_andnot_si256(outside, inside), splat(~0U))) return false;
  sum.maxAbs = _mm256_max_epi32(sum.maxAbs, largest);
  sum.minAbsLess1 = _mm256_min_epu32(sum.minAbsLess1, smallest);
  return true;
}

/// Starts `sum` empty, or adds it up over the lanes together with what the portable kernel counted at the end.
PRECAST_AVX2 inline void clear(Accumulator& sum) {
  sum.maxAbs = _mm256_setzero_si256();
  sum.minAbsLess1 = splat(~0U);
}

PRECAST_AVX2 inline void finish(const Accumulator& sum, const Counts& tail, Counts& result) {
  alignas(32) std::uint32_t largest[kVector];
  alignas(32) std::uint32_t smallest[kVector];
  _mm256_store_si256(reinterpret_cast<__m256i*>(largest), sum.maxAbs);
  _mm256_store_si256(reinterpret_cast<__m256i*>(smallest), sum.minAbsLess1);
  result = tail;
  result.beyond += sum.beyond;
  result.vanishing += sum.vanishing;
  result.hasNaN |= sum.hasNaN;
  for (std::size_t lane = 0; lane < kVector; ++lane) {
    if (largest[lane] > result.maxAbs) result.maxAbs = largest[lane];
    if (smallest[lane] < result.minAbsLess1) result.minAbsLess1 = smallest[lane];
  }
}

template <DType from, DType to>
PRECAST_AVX2 inline void convertVector(__m256i bits, std::byte* dst, bool saturate, Accumulator& sum) {
  constexpr Borders borders = bordersOf(to);
  __m256i beyond = count(bits, borders, sum);
  if (saturate) {
    __m256i clamped = _mm256_or_si256(_mm256_and_si256(bits, splat(~kMagnitude)), splat(borders.largest));
    bits = _mm256_blendv_epi8(bits, clamped, beyond);
  }
  store<to>(dst, bits, true);
}

template <DType from, DType to>
PRECAST_AVX2 __attribute__((noinline)) void convertLoop(const std::byte* src, std::byte* dst, std::size_t elements,
                                                        bool saturate, Counts& result) {
  constexpr Borders borders = bordersOf(to);
  Accumulator sum;
  clear(sum);
  std::size_t i = 0;
  for (; elements - i >= kGroup; i += kGroup) {
    constexpr std::size_t step = kVector * sizeOf(to);
    std::byte* out = dst + i * sizeOf(to);
    Group group = loadGroup<from>(src + i * sizeOf(from));
    if (countOrdinary(group, borders, sum)) {
      store<to>(out, group.a, false);
      store<to>(out + step, group.b, false);
      store<to>(out + 2 * step, group.c, false);
      store<to>(out + 3 * step, group.d, false);
    } else {
      convertVector<from, to>(group.a, out, saturate, sum);
      convertVector<from, to>(group.b, out + step, saturate, sum);
      convertVector<from, to>(group.c, out + 2 * step, saturate, sum);
      convertVector<from, to>(group.d, out + 3 * step, saturate, sum);
    }
  }
  for (; elements - i >= kVector; i += kVector)
    convertVector<from, to>(load<from>(src + i * sizeOf(from)), dst + i * sizeOf(to), saturate, sum);
  Counts tail;
  portableKernels().convert[kernelIndex(from)][kernelIndex(to)](src + i * sizeOf(from), dst + i * sizeOf(to),
                                                                elements - i, saturate, tail);
  finish(sum, tail, result);
}

template <DType from>
PRECAST_AVX2 __attribute__((noinline)) void scanLoop(const std::byte* src, std::size_t elements, Borders borders,
                                                     Counts& result) {
  Accumulator sum;
  clear(sum);
  std::size_t i = 0;
  for (; elements - i >= kGroup; i += kGroup) {
    Group group = loadGroup<from>(src + i * sizeOf(from));
    if (countOrdinary(group, borders, sum)) continue;
    count(group.a, borders, sum);
    count(group.b, borders, sum);
    count(group.c, borders, sum);
    count(group.d, borders, sum);
  }
  for (; elements - i >= kVector; i += kVector) count(load<from>(src + i * sizeOf(from)), borders, sum);
  Counts tail;
  portableKernels().scan[kernelIndex(from)](src + i * sizeOf(from), elements - i, borders, tail);
  finish(sum, tail, result);
}

/// While it lives, the thread has the default MXCSR: all exceptions masked, no FTZ, no DAZ.
class DefaultMxcsr {
 public:
  DefaultMxcsr() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80U); }
  ~DefaultMxcsr() { _mm_setcsr(saved_); }
  DefaultMxcsr(const DefaultMxcsr&) = delete;
  DefaultMxcsr& operator=(const DefaultMxcsr&) = delete;

 private:
  unsigned saved_;
};

template <DType from, DType to>
void convert(const std::byte* src, std::byte* dst, std::size_t elements, bool saturate, Counts& result) {
  DefaultMxcsr environment;
  convertLoop<from, to>(src, dst, elements, saturate, result);
}

template <DType from>
void scan(const std::byte* src, std::size_t elements, Borders borders, Counts& result) {
  DefaultMxcsr environment;
  scanLoop<from>(src, elements, borders, result);
}

constexpr Kernels kAvx2 = {{{nullptr, convert<f32, f16>, convert<f32, b16>},
                            {convert<f16, f32>, nullptr, convert<f16, b16>},
                            {convert<b16, f32>, convert<b16, f16>, nullptr}},
                           {scan<f32>, scan<f16>, scan<b16>}};

/// Asks the CPU for F16C, AVX2 and POPCNT, and the operating system whether it saves the upper halves of registers.
bool detect() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned needed = (1U << 23) | (1U << 27) | (1U << 28) | (1U << 29);  // POPCNT, OSXSAVE, AVX, F16C
  if ((c & needed) != needed) return false;
  unsigned low = 0;
  unsigned high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6U) != 6U) return false;  // XMM and YMM state
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & (1U << 5)) != 0;
}

}  // namespace

const Kernels* avx2Kernels() {
  // CPUID traps to the hypervisor in virtual machines, so the answer is kept; two threads that both ask get the same
  // one.
  enum : int { unknown, absent, present };
  static std::atomic<int> answer{unknown};
  int known = answer.load(std::memory_order_relaxed);
  if (known == unknown) {
    known = detect() ? present : absent;
    answer.store(known, std::memory_order_relaxed);
  }
  return known == present ? &kAvx2 : nullptr;
}

}  // namespace precast::half

#else

namespace precast::half {

const Kernels* avx2Kernels() { return nullptr; }

}  // namespace precast::half

#endif
