// Conversions of the caller's own arrays in C are those of Half.h.
#include "precast/Half.h"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "COwned.h"

using namespace precast;
using namespace precast::test;

namespace {

constexpr std::array<float, 7> kValues = {
    1.0F, -0.1F, 70000.0F, 1e-9F, 65504.0F, std::numeric_limits<float>::infinity(), -0.0F};

}  // namespace

TEST_CASE("arrays are converted in C as in C++, and what was done is counted") {
  for (const precast_dtype to : {PRECAST_DTYPE_FLOAT16, PRECAST_DTYPE_BFLOAT16, PRECAST_DTYPE_FLOAT32}) {
    for (const precast_overflow overflow : {PRECAST_SATURATE, PRECAST_INFINITY}) {
      CAPTURE(to, overflow);
      std::array<std::byte, sizeof(kValues)> converted = {};
      std::array<std::byte, sizeof(kValues)> oracle = {};
      precast_conversion conversion = {9, 9, 9, 9};
      REQUIRE(precast_convert_elements(PRECAST_DTYPE_FLOAT32, kValues.data(), to, converted.data(), kValues.size(),
                                       overflow, &conversion, nullptr) == PRECAST_OK);
      ConversionStats stats;
      convertElements(DType::float32, reinterpret_cast<const std::byte*>(kValues.data()), static_cast<DType>(to),
                      oracle.data(), kValues.size(), static_cast<Overflow>(overflow), stats);
      CHECK(converted == oracle);
      CHECK((conversion.elements == kValues.size() && conversion.saturated == stats.saturated));
      CHECK((conversion.underflowed == stats.underflowed && conversion.max_abs == stats.maxAbs));
    }
  }
  CHECK(precast_convert_elements(PRECAST_DTYPE_FLOAT32, nullptr, PRECAST_DTYPE_FLOAT16, nullptr, 0, PRECAST_SATURATE,
                                 nullptr, nullptr) == PRECAST_OK);
}

TEST_CASE("a scan in C says what a conversion would lose") {
  precast_range range = PRECAST_RANGE_INIT;
  REQUIRE(precast_scan_elements(PRECAST_DTYPE_FLOAT32, kValues.data(), kValues.size(), PRECAST_DTYPE_FLOAT16, &range,
                                nullptr) == PRECAST_OK);
  CHECK((range.beyond == 1 && range.vanishing == 1 && range.has_inf == 1 && range.has_nan == 0));
  CHECK((range.max_abs == std::numeric_limits<double>::infinity() && range.min_abs == 1e-9F));
  REQUIRE(precast_scan_elements(PRECAST_DTYPE_FLOAT32, kValues.data(), 2, PRECAST_DTYPE_BFLOAT16, &range, nullptr) ==
          PRECAST_OK);
  CHECK((range.beyond == 0 && range.vanishing == 0 && range.max_abs == 1 && range.has_inf == 0));
}
