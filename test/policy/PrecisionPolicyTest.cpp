#include "precast/PrecisionPolicy.h"

#include <catch2/catch.hpp>

namespace precast {
namespace {

TEST_CASE("modes are spelled as ATC spells them, and parse back", "[policy]") {
  CHECK(toString(PrecisionMode::forceFp16) == "force_fp16");
  CHECK(toString(PrecisionMode::forceFp32) == "force_fp32");
  CHECK(toString(PrecisionMode::allowFp32ToFp16) == "allow_fp32_to_fp16");
  CHECK(toString(PrecisionMode::mustKeepOriginDtype) == "must_keep_origin_dtype");
  CHECK(toString(PrecisionMode::allowMixPrecision) == "allow_mix_precision");
  CHECK(allPrecisionModes().size() == 5);
  for (PrecisionMode mode : allPrecisionModes()) CHECK(parsePrecisionMode(toString(mode)) == mode);
  for (std::string_view text : {"", "fp16", "Force_fp16", "force_fp16 ", "force_fp1", "unknown"}) {
    CHECK_FALSE(parsePrecisionMode(text).has_value());
  }
  CHECK(toString(static_cast<PrecisionMode>(77)) == "unknown");
}

TEST_CASE("list colours decide in the mix mode only", "[policy]") {
  for (PrecisionMode mode : allPrecisionModes()) CHECK(isMixMode(mode) == (mode == PrecisionMode::allowMixPrecision));
}

TEST_CASE("the numeric guard's words parse back", "[policy]") {
  for (NumericGuard guard : {NumericGuard::off, NumericGuard::warn, NumericGuard::keep}) {
    CHECK(parseNumericGuard(toString(guard)) == guard);
  }
  CHECK_FALSE(parseNumericGuard("on").has_value());
  CHECK(toString(static_cast<NumericGuard>(9)) == "unknown");
}

TEST_CASE("unset, the guard keeps in mix modes on targets without an op map, and warns everywhere else", "[policy]") {
  const absl::StatusOr<Target> onnx = Target::builtin("onnx");
  const absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(onnx.ok());
  REQUIRE(ascend.ok());
  PrecisionPolicy policy;
  for (PrecisionMode mode : allPrecisionModes()) {
    policy.mode = mode;
    policy.numericGuard.reset();
    CHECK(effectiveNumericGuard(policy, *onnx) == (isMixMode(mode) ? NumericGuard::keep : NumericGuard::warn));
    CHECK(effectiveNumericGuard(policy, *ascend) == NumericGuard::warn);
    policy.numericGuard = NumericGuard::off;
    CHECK(effectiveNumericGuard(policy, *onnx) == NumericGuard::off);
  }
}

}  // namespace
}  // namespace precast
