// Values of the scalar conversions against tables and against their definition, then the block kernels against the
// scalars and against each other.
#include "precast/Half.h"

#include <cfenv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "support/HalfKernels.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace precast {
namespace {

std::uint32_t toBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// The finite value of half bits by the definition of binary16.
double valueOf(std::uint16_t half) {
  int exponent = (half >> 10) & 0x1F;
  int mantissa = half & 0x3FF;
  double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

std::vector<std::byte> bytesOf(const std::vector<std::uint32_t>& words) {
  std::vector<std::byte> bytes(words.size() * 4);
  if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

const std::vector<std::uint32_t>& specialFloats() {
  static const std::vector<std::uint32_t> special = {
      0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x00007FFF, 0x00008000, 0x00008001,
      0x33000000, 0x33000001, 0x32FFFFFF, 0xB3000000, 0x33800000, 0x38800000, 0x387FFFFF, 0x387FE000, 0x3F800000,
      0x477FE000, 0x477FEFFF, 0x477FF000, 0xC77FF000, 0x477FF001, 0x7F7F7FFF, 0x7F7F8000, 0xFF7F8000, 0x7F7FFFFF,
      0x7E967699, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFBFFFFF, 0x7FC00000, 0xFFC12345, 0x7FFFFFFF};
  return special;
}

constexpr DType kFloats[] = {DType::float32, DType::float16, DType::bfloat16};

std::size_t sizeOf(DType dtype) { return static_cast<std::size_t>(bitWidth(dtype)) / 8; }

struct Converted {
  std::vector<std::byte> bytes;
  ConversionStats stats;
  bool operator==(const Converted& other) const {
    return bytes == other.bytes && stats.elements == other.stats.elements && stats.saturated == other.stats.saturated &&
           stats.underflowed == other.stats.underflowed && stats.maxAbs == other.stats.maxAbs;
  }
};

Converted convertBy(const half::Kernels& kernels, DType from, DType to, const std::byte* src, std::size_t count,
                    Overflow overflow) {
  Converted result;
  result.bytes.assign(count * sizeOf(to) + 8, std::byte{0xA5});  // the last 8 must stay
  half::convertWith(kernels, from, src, to, result.bytes.data(), count, overflow, result.stats);
  return result;
}

TEST_CASE("float to half: values at every border", "[half]") {
  struct Row {
    std::uint32_t from;
    std::uint16_t to;
  };
  const Row rows[] = {
      {0x00000000, 0x0000}, {0x80000000, 0x8000},                        // zeros keep their sign
      {0x00000001, 0x0000}, {0x807FFFFF, 0x8000},                        // subnormal floats vanish
      {0x33000000, 0x0000}, {0x33000001, 0x0001}, {0xB3000000, 0x8000},  // 2^-25 ties to zero, the next does not
      {0x33800000, 0x0001}, {0x33BFFFFF, 0x0001}, {0x33C00000, 0x0002},  // 2^-24; 1.5 units tie to 2
      {0x34200000, 0x0002},                                              // 2.5 units tie to 2
      {0x387FC000, 0x03FF}, {0x387FE000, 0x0400}, {0x38800000, 0x0400},  // largest subnormal; tie to 2^-14; 2^-14
      {0x3F800000, 0x3C00}, {0xBF800000, 0xBC00}, {0x3F801000, 0x3C00},  // 1; a tie to even below
      {0x3F803000, 0x3C02}, {0x3F801001, 0x3C01},                        // a tie to even above; just over a tie
      {0x477FE000, 0x7BFF}, {0x477FEFFF, 0x7BFF}, {0x477FF000, 0x7C00},  // 65504; just below 65520; 65520
      {0xC77FF000, 0xFC00}, {0x7E967699, 0x7C00}, {0x7F7FFFFF, 0x7C00},  // -65520; 1e38; the largest float
      {0x7F800000, 0x7C00}, {0xFF800000, 0xFC00},                        // infinities
      {0x7FC00000, 0x7E00}, {0xFFC00000, 0xFE00}, {0x7F800001, 0x7E00},  // NaNs become quiet
      {0x7FA00000, 0x7F00}, {0xFFFFFFFF, 0xFFFF}, {0x7FC02000, 0x7E01},  // upper payload bits stay
  };
  for (const Row& row : rows) {
    CAPTURE(row.from);
    CHECK(half::halfFromFloatBits(row.from) == row.to);
  }
  CHECK(floatToHalf(65519.99F) == 0x7BFF);
  CHECK(floatToHalf(65520.0F) == 0x7C00);
  CHECK(floatToHalf(-2.0F) == 0xC000);
}

TEST_CASE("float to half is the nearest half with ties to even, between all neighbours", "[half]") {
  std::uint32_t wrong = 0;
  for (std::uint32_t h = 0; h < 0x7BFF; ++h) {
    auto lower = static_cast<std::uint16_t>(h);
    auto upper = static_cast<std::uint16_t>(h + 1);
    auto middle = static_cast<float>((valueOf(lower) + valueOf(upper)) / 2);  // exact in float
    wrong += half::halfFromFloatBits(toBits(middle) - 1) != lower;
    wrong += half::halfFromFloatBits(toBits(middle)) != ((h & 1) == 0 ? lower : upper);
    wrong += half::halfFromFloatBits(toBits(middle) + 1) != upper;
    wrong += half::halfFromFloatBits((toBits(middle) + 1) | 0x80000000U) != (upper | 0x8000);
  }
  CHECK(wrong == 0);
}

TEST_CASE("half to float is exact for all halves and quiets NaNs", "[half]") {
  std::uint32_t wrong = 0;
  for (std::uint32_t h = 0; h < 0x10000; ++h) {
    auto bits = static_cast<std::uint16_t>(h);
    bool finite = (h & 0x7C00) != 0x7C00;
    bool isNaN = !finite && (h & 0x3FF) != 0;
    if (finite) {
      wrong += static_cast<double>(halfToFloat(bits)) != valueOf(bits);
      wrong += floatToHalf(halfToFloat(bits)) != bits;
    } else {
      std::uint32_t expected = ((h & 0x8000) << 16) | 0x7F800000U | ((h & 0x3FF) << 13) | (isNaN ? 0x400000U : 0U);
      wrong += half::floatBitsFromHalf(bits) != expected;
    }
  }
  CHECK(wrong == 0);
  CHECK(half::floatBitsFromHalf(0x8000) == 0x80000000U);
}

TEST_CASE("float to bfloat16 is the nearest with ties to even, and back is exact", "[half]") {
  std::uint32_t wrong = 0;
  for (std::uint32_t b = 0; b < 0x7F80; ++b) {
    std::uint32_t bits = b << 16;
    wrong += half::bfloat16FromFloatBits(bits) != b;
    wrong += half::bfloat16FromFloatBits(bits + 0x7FFF) != b;
    wrong += half::bfloat16FromFloatBits(bits + 0x8000) != b + (b & 1);
    wrong += half::bfloat16FromFloatBits(bits + 0x8001) != b + 1;
    wrong += half::bfloat16FromFloatBits(0x80000000U + bits + 0x8001) != 0x8000 + b + 1;
    wrong += toBits(bfloat16ToFloat(static_cast<std::uint16_t>(b))) != bits;
  }
  CHECK(wrong == 0);
  CHECK(floatToBFloat16(1.0F) == 0x3F80);
  CHECK(half::bfloat16FromFloatBits(0x7F7FFFFF) == 0x7F80);
  CHECK(half::bfloat16FromFloatBits(0xFF800000) == 0xFF80);
  CHECK(half::bfloat16FromFloatBits(0x7F800001) == 0x7FC0);  // a NaN whose payload is all in the lower bits stays a NaN
  CHECK(half::bfloat16FromFloatBits(0xFFA10000) == 0xFFE1);
  CHECK(half::bfloat16FromFloatBits(0x7FFFFFFF) == 0x7FFF);
}

TEST_CASE("a block saturates finite values only and counts what it did", "[half]") {
  float inf = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  const float values[] = {1.0F, -0.0F, 65504.0F, 65519.99F, 65520.0F, -1e38F,
                          inf,  -inf,  nan,      0x1p-24F,  0x1p-25F, -1e-40F};
  const auto* src = reinterpret_cast<const std::byte*>(values);
  std::uint16_t to[12];
  ConversionStats stats;
  convertElements(DType::float32, src, DType::float16, reinterpret_cast<std::byte*>(to), 12, Overflow::saturate, stats);
  const std::uint16_t saturated[] = {0x3C00, 0x8000, 0x7BFF, 0x7BFF, 0x7BFF, 0xFBFF,
                                     0x7C00, 0xFC00, 0x7E00, 1,      0,      0x8000};
  CHECK(std::memcmp(to, saturated, sizeof(to)) == 0);
  CHECK(stats.elements == 12);
  CHECK(stats.saturated == 2);
  CHECK(stats.underflowed == 2);
  CHECK(std::isinf(stats.maxAbs));

  stats = {};
  convertElements(DType::float32, src, DType::float16, reinterpret_cast<std::byte*>(to), 6, Overflow::infinity, stats);
  CHECK(to[4] == 0x7C00);
  CHECK(to[5] == 0xFC00);
  CHECK(stats.saturated == 2);
  CHECK(stats.maxAbs == static_cast<double>(1e38F));

  convertElements(DType::float32, src, DType::float16, reinterpret_cast<std::byte*>(to), 2, Overflow::saturate, stats);
  CHECK(stats.elements == 8);  // stats add up over blocks
  CHECK(stats.maxAbs == static_cast<double>(1e38F));
}

TEST_CASE("bfloat16 saturates at its own largest value", "[half]") {
  const float values[] = {std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(), 3.38e38F};
  std::uint16_t to[3];
  ConversionStats stats;
  convertElements(DType::float32, reinterpret_cast<const std::byte*>(values), DType::bfloat16,
                  reinterpret_cast<std::byte*>(to), 3, Overflow::saturate, stats);
  CHECK(to[0] == 0x7F7F);
  CHECK(to[1] == 0xFF7F);
  CHECK(to[2] == 0x7F7E);
  CHECK(stats.saturated == 2);
  CHECK(stats.underflowed == 0);
}

TEST_CASE("equal dtypes are copied bit for bit, other dtypes are left alone", "[half]") {
  const std::uint16_t from[] = {0x7D01, 0xFFFF, 0x0001};
  std::uint16_t to[3] = {};
  ConversionStats stats;
  const auto* src = reinterpret_cast<const std::byte*>(from);
  convertElements(DType::float16, src, DType::float16, reinterpret_cast<std::byte*>(to), 3, Overflow::saturate, stats);
  CHECK(std::memcmp(from, to, sizeof(to)) == 0);
  CHECK(stats.elements == 3);
  convertElements(DType::int16, src, DType::float16, reinterpret_cast<std::byte*>(to), 3, Overflow::saturate, stats);
  convertElements(DType::float16, nullptr, DType::float32, nullptr, 0, Overflow::saturate, stats);
  CHECK(stats.elements == 3);
}

TEST_CASE("every pair of dtypes converts as the scalars do, at every length from 0 to 70", "[half]") {
  std::mt19937 random(7);
  for (DType from : kFloats) {
    std::vector<std::byte> src;
    std::vector<std::uint32_t> wide;
    for (std::size_t i = 0; i < 70; ++i) {
      std::uint32_t word =
          i % 2 == 0 ? specialFloats()[(i / 2) % specialFloats().size()] : static_cast<std::uint32_t>(random());
      if (from == DType::float16) word = half::halfFromFloatBits(word);
      if (from == DType::bfloat16) word >>= 16;
      for (std::size_t b = 0; b < sizeOf(from); ++b) src.push_back(static_cast<std::byte>((word >> (8 * b)) & 0xFF));
      wide.push_back(from == DType::float32   ? word
                     : from == DType::float16 ? half::floatBitsFromHalf(static_cast<std::uint16_t>(word))
                                              : word << 16);
    }
    for (DType to : kFloats) {
      if (from == to) continue;
      for (std::size_t count = 0; count <= wide.size(); ++count) {
        std::vector<std::byte> expected;
        for (std::size_t i = 0; i < count; ++i) {
          std::uint32_t word = to == DType::float32   ? wide[i]
                               : to == DType::float16 ? half::halfFromFloatBits(wide[i])
                                                      : half::bfloat16FromFloatBits(wide[i]);
          for (std::size_t b = 0; b < sizeOf(to); ++b)
            expected.push_back(static_cast<std::byte>((word >> (8 * b)) & 0xFF));
        }
        expected.insert(expected.end(), 8, std::byte{0xA5});
        Converted portable = convertBy(half::portableKernels(), from, to, src.data(), count, Overflow::infinity);
        REQUIRE(portable.bytes == expected);
        if (half::avx2Kernels() == nullptr) continue;
        REQUIRE(convertBy(*half::avx2Kernels(), from, to, src.data(), count, Overflow::infinity) == portable);
      }
    }
  }
}

TEST_CASE("both kernels agree on bytes and counts, aligned or not", "[half]") {
  if (half::avx2Kernels() == nullptr) {
    WARN("this machine has no F16C+AVX2: nothing to compare");
    return;
  }
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    // Ordinary weights, plain zeros, arbitrary bits, or ordinary weights with a rare special value.
    std::vector<std::uint32_t> words(random() % 400);
    for (std::uint32_t& word : words) {
      word = (static_cast<std::uint32_t>(random()) & 0x81FFFFFFU) + 0x3C000000U;
      if (round % 4 == 1 && random() % 2 == 0) word = 0;
      if (round % 4 == 2) word = static_cast<std::uint32_t>(random());
      if (round % 4 == 3 && random() % 64 == 0) word = specialFloats()[random() % specialFloats().size()];
    }
    std::size_t shift = random() % 8;
    std::vector<std::byte> src = bytesOf(words);
    src.insert(src.begin(), shift, std::byte{0});
    for (DType from : kFloats) {
      std::size_t count = words.size() * 4 / sizeOf(from);
      for (DType to : kFloats) {
        ValueRange a;
        ValueRange b;
        half::scanWith(half::portableKernels(), from, src.data() + shift, count, to, a);
        half::scanWith(*half::avx2Kernels(), from, src.data() + shift, count, to, b);
        REQUIRE(a.maxAbs == b.maxAbs);
        REQUIRE(a.minAbs == b.minAbs);
        REQUIRE(a.beyond == b.beyond);
        REQUIRE(a.vanishing == b.vanishing);
        REQUIRE(a.hasInf == b.hasInf);
        REQUIRE(a.hasNaN == b.hasNaN);
        if (from == to) continue;
        for (Overflow overflow : {Overflow::saturate, Overflow::infinity}) {
          Converted portable = convertBy(half::portableKernels(), from, to, src.data() + shift, count, overflow);
          REQUIRE(convertBy(*half::avx2Kernels(), from, to, src.data() + shift, count, overflow) == portable);
          REQUIRE(portable.stats.saturated == a.beyond);
          REQUIRE(portable.stats.underflowed == a.vanishing);
          REQUIRE(portable.stats.maxAbs == a.maxAbs);
        }
      }
    }
  }
}

TEST_CASE("a destination of any alignment is written and nothing beside it", "[half]") {
  std::vector<std::byte> src = bytesOf(std::vector<std::uint32_t>(75, 0x3F800000U));
  for (std::size_t offset = 0; offset < 4; ++offset) {
    std::vector<std::byte> dst(75 * 2 + 8, std::byte{0xEE});
    ConversionStats stats;
    convertElements(DType::float32, src.data(), DType::float16, dst.data() + offset, 75, Overflow::saturate, stats);
    for (std::size_t i = 0; i < dst.size(); ++i) {
      bool inside = i >= offset && i < offset + 150;
      std::byte expected = !inside ? std::byte{0xEE} : (i - offset) % 2 == 0 ? std::byte{0x00} : std::byte{0x3C};
      REQUIRE(dst[i] == expected);
    }
  }
}

TEST_CASE("a scan finds the range and what float16 would lose", "[half]") {
  const float values[] = {0.0F, -3.0F, 98000000.0F, 65520.0F, -65519.0F, 1e-5F, 1e-40F, -0.0F};
  const auto* src = reinterpret_cast<const std::byte*>(values);
  ValueRange range;
  scanElements(DType::float32, src, 8, DType::float16, range);
  CHECK(range.maxAbs == 98000000.0);
  CHECK(range.minAbs == static_cast<double>(1e-40F));
  CHECK(range.beyond == 2);
  CHECK(range.vanishing == 1);
  CHECK_FALSE(range.hasInf);
  CHECK_FALSE(range.hasNaN);

  const float special[] = {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()};
  scanElements(DType::float32, reinterpret_cast<const std::byte*>(special), 2, DType::float16, range);
  CHECK(range.hasInf);
  CHECK(range.hasNaN);
  CHECK(std::isinf(range.maxAbs));
  CHECK(range.beyond == 2);

  ValueRange zeros;
  scanElements(DType::float32, src, 1, DType::float16, zeros);
  scanElements(DType::float32, src, 0, DType::float16, zeros);
  CHECK(zeros.maxAbs == 0);
  CHECK(zeros.minAbs == 0);
  CHECK(zeros.vanishing == 0);
  zeros.merge(range);
  CHECK(zeros.minAbs == range.minAbs);
  zeros.merge(ValueRange());
  CHECK(zeros.minAbs == range.minAbs);
}

/// Bytes and statistics of all kernels over the special values and random ones, in the current environment.
std::vector<Converted> everything() {
  std::vector<std::uint32_t> words = specialFloats();
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) words.push_back(static_cast<std::uint32_t>(random()));
  for (std::uint32_t bits = 1; bits < 0x800000; bits = bits * 2 + 1) words.push_back(bits);
  std::vector<std::byte> src = bytesOf(words);
  std::vector<Converted> results;
  for (const half::Kernels* kernels : {&half::portableKernels(), half::avx2Kernels()}) {
    if (kernels == nullptr) continue;
    for (DType from : kFloats)
      for (DType to : kFloats)
        for (Overflow overflow : {Overflow::saturate, Overflow::infinity})
          results.push_back(convertBy(*kernels, from, to, src.data(), src.size() / sizeOf(from), overflow));
  }
  return results;
}

TEST_CASE("the caller's rounding mode and floating-point flags change nothing and are not changed", "[half]") {
  std::vector<Converted> expected = everything();
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    REQUIRE(std::fesetround(mode) == 0);
    std::feclearexcept(FE_ALL_EXCEPT);
    std::vector<Converted> results = everything();
    int raised = std::fetestexcept(FE_ALL_EXCEPT);
    int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CHECK(results == expected);
    CHECK(raised == 0);
    CHECK(after == mode);
  }
}

#if defined(__x86_64__)
TEST_CASE("the caller's FTZ and DAZ and unmasked exceptions change nothing", "[half]") {
  std::vector<Converted> expected = everything();
  unsigned before = _mm_getcsr();
  for (unsigned environment : {before | 0x8000U, before | 0x0040U, before | 0x8040U | 0x6000U, before & ~0x1F80U}) {
    _mm_setcsr(environment & ~0x3FU);
    std::vector<Converted> results = everything();
    unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    CHECK(after == (environment & ~0x3FU));
    REQUIRE(results.size() == expected.size());
    bool same = true;
    for (std::size_t i = 0; i < results.size(); ++i) same = same && results[i] == expected[i];
    CHECK(same);
  }
}

TEST_CASE("a subnormal maximum is reported under DAZ", "[half]") {
  const std::uint32_t tiny = 0x00012345;
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040U);
  ValueRange range;
  scanElements(DType::float32, reinterpret_cast<const std::byte*>(&tiny), 1, DType::float16, range);
  _mm_setcsr(before);
  CHECK(range.maxAbs == std::ldexp(0x12345, -149));
  CHECK(range.minAbs == range.maxAbs);
  CHECK(range.vanishing == 1);
}
#endif

}  // namespace
}  // namespace precast
