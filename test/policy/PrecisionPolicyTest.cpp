#include "precast/PrecisionPolicy.h"

#include <catch2/catch.hpp>

namespace precast {
namespace {

TEST_CASE("modes are spelled as ATC spells them and parse back", "[policy]") {
  struct Row {
    PrecisionMode mode;
    const char* word;
    const char* v2;  // "": precision_mode_v2 has no word for it
    bool mix;
  };
  const Row rows[] = {
      {PrecisionMode::forceFp16, "force_fp16", "fp16", false},
      {PrecisionMode::forceFp32, "force_fp32", "", false},
      {PrecisionMode::allowFp32ToFp16, "allow_fp32_to_fp16", "", false},
      {PrecisionMode::allowFp32ToBf16, "allow_fp32_to_bf16", "", false},
      {PrecisionMode::mustKeepOriginDtype, "must_keep_origin_dtype", "origin", false},
      {PrecisionMode::allowMixPrecision, "allow_mix_precision", "mixed_float16", true},
      {PrecisionMode::allowMixPrecisionBf16, "allow_mix_precision_bf16", "mixed_bfloat16", true},
      {PrecisionMode::cubeFp16InFp32Out, "cube_fp16in_fp32out", "cube_fp16in_fp32out", false},
  };
  REQUIRE(allPrecisionModes().size() == std::size(rows));
  std::size_t v2Words = 0;
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const Row& row = rows[i];
    CAPTURE(row.word);
    CHECK(allPrecisionModes()[i] == row.mode);
    CHECK(toString(row.mode) == row.word);
    CHECK(parsePrecisionMode(row.word) == row.mode);
    CHECK(isMixMode(row.mode) == row.mix);
    const bool hasV2 = *row.v2 != '\0';
    if (hasV2) CHECK(parsePrecisionModeV2(row.v2) == row.mode);
    if (hasV2) CHECK(precisionModeV2Words()[v2Words++] == row.v2);
    // Only the cube mode has one name in both.
    CHECK(parsePrecisionModeV2(row.word).has_value() == (row.mode == PrecisionMode::cubeFp16InFp32Out));
    if (hasV2) CHECK(parsePrecisionMode(row.v2).has_value() == (row.mode == PrecisionMode::cubeFp16InFp32Out));
  }
  for (std::string_view word : precisionModeWords()) CHECK(parsePrecisionMode(word).has_value());
  CHECK(precisionModeWords().size() == allPrecisionModes().size() + 1);
  CHECK(precisionModeV2Words().size() == v2Words);
  CHECK(parsePrecisionMode("allow_mix_precision_fp16") == PrecisionMode::allowMixPrecision);
  for (std::string_view text : {"", "Force_fp16", "force_fp16 ", "force_fp1", "unknown", "mixed_hif8", "FP16"}) {
    CHECK_FALSE(parsePrecisionMode(text).has_value());
    CHECK_FALSE(parsePrecisionModeV2(text).has_value());
  }
  CHECK(toString(static_cast<PrecisionMode>(77)) == "unknown");
}

TEST_CASE("implementation modes are spelled as ATC spells them and parse back", "[policy]") {
  const std::string_view words[] = {"high_performance",
                                    "high_precision",
                                    "super_performance",
                                    "enable_float_32_execution",
                                    "enable_hi_float_32_execution",
                                    "support_out_of_bound_index",
                                    "keep_fp16"};
  REQUIRE(allImplModes().size() == std::size(words));
  for (std::size_t i = 0; i < std::size(words); ++i) {
    CHECK(toString(allImplModes()[i]) == words[i]);
    CHECK(parseImplMode(words[i]) == allImplModes()[i]);
  }
  for (std::string_view text : {"", "High_precision", "high_precision ", "high_precision_for_all", "unknown"}) {
    CHECK_FALSE(parseImplMode(text).has_value());
  }
  CHECK(toString(static_cast<ImplMode>(77)) == "unknown");
}

TEST_CASE("a policy that says nothing is what ATC does without flags", "[policy]") {
  const PrecisionPolicy policy;
  CHECK(policy.mode == PrecisionMode::forceFp16);
  CHECK(policy.weightClip);
  CHECK_FALSE(policy.outputType.all.has_value());
  CHECK_FALSE(policy.numericGuard.has_value());
  CHECK(policy.customizeDtypes.empty());
  CHECK(policy.implModes.empty());
  CHECK(policy.inputFp16Nodes.empty());
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
