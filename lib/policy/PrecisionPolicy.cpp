// Tables of words: a mode is a row of data.

#include "precast/PrecisionPolicy.h"

#include <cstddef>

namespace precast {
namespace {

// In the order of PrecisionMode; behind them the other name of a mode.
constexpr std::string_view kModeWords[] = {"force_fp16",
                                           "force_fp32",
                                           "allow_fp32_to_fp16",
                                           "allow_fp32_to_bf16",
                                           "must_keep_origin_dtype",
                                           "allow_mix_precision",
                                           "allow_mix_precision_bf16",
                                           "cube_fp16in_fp32out",
                                           "allow_mix_precision_fp16"};
constexpr PrecisionMode kOtherName = PrecisionMode::allowMixPrecision;

constexpr PrecisionMode kAllModes[] = {
    PrecisionMode::forceFp16,
    PrecisionMode::forceFp32,
    PrecisionMode::allowFp32ToFp16,
    PrecisionMode::allowFp32ToBf16,
    PrecisionMode::mustKeepOriginDtype,
    PrecisionMode::allowMixPrecision,
    PrecisionMode::allowMixPrecisionBf16,
    PrecisionMode::cubeFp16InFp32Out,
};

constexpr bool tableFollowsTheEnumeration() {
  std::size_t i = 0;
  for (PrecisionMode mode : kAllModes) {
    if (static_cast<std::size_t>(mode) != i++) return false;
  }
  return i + 1 == std::size(kModeWords);
}
static_assert(tableFollowsTheEnumeration(), "kAllModes and kModeWords list the modes in the order of the enumeration");

constexpr std::string_view kV2Words[] = {"fp16", "origin", "mixed_float16", "mixed_bfloat16", "cube_fp16in_fp32out"};
constexpr PrecisionMode kV2Modes[] = {PrecisionMode::forceFp16, PrecisionMode::mustKeepOriginDtype,
                                      PrecisionMode::allowMixPrecision, PrecisionMode::allowMixPrecisionBf16,
                                      PrecisionMode::cubeFp16InFp32Out};
static_assert(std::size(kV2Words) == std::size(kV2Modes));

// In the order of ImplMode.
constexpr std::string_view kImplModes[] = {"high_performance",
                                           "high_precision",
                                           "super_performance",
                                           "enable_float_32_execution",
                                           "enable_hi_float_32_execution",
                                           "support_out_of_bound_index",
                                           "keep_fp16"};
constexpr ImplMode kAllImplModes[] = {ImplMode::highPerformance,
                                      ImplMode::highPrecision,
                                      ImplMode::superPerformance,
                                      ImplMode::enableFloat32Execution,
                                      ImplMode::enableHiFloat32Execution,
                                      ImplMode::supportOutOfBoundIndex,
                                      ImplMode::keepFp16};
static_assert(std::size(kImplModes) == std::size(kAllImplModes));

constexpr std::string_view kGuards[] = {"off", "warn", "keep"};

}  // namespace

std::string_view toString(PrecisionMode mode) {
  const auto row = static_cast<std::size_t>(mode);
  return row < std::size(kAllModes) ? kModeWords[row] : std::string_view("unknown");
}

std::optional<PrecisionMode> parsePrecisionMode(std::string_view text) {
  for (std::size_t row = 0; row < std::size(kModeWords); ++row) {
    if (kModeWords[row] == text) return row < std::size(kAllModes) ? kAllModes[row] : kOtherName;
  }
  return std::nullopt;
}

std::optional<PrecisionMode> parsePrecisionModeV2(std::string_view text) {
  for (std::size_t row = 0; row < std::size(kV2Words); ++row) {
    if (kV2Words[row] == text) return kV2Modes[row];
  }
  return std::nullopt;
}

absl::Span<const std::string_view> precisionModeWords() { return kModeWords; }

absl::Span<const std::string_view> precisionModeV2Words() { return kV2Words; }

absl::Span<const PrecisionMode> allPrecisionModes() { return kAllModes; }

bool isMixMode(PrecisionMode mode) {
  return mode == PrecisionMode::allowMixPrecision || mode == PrecisionMode::allowMixPrecisionBf16;
}

std::string_view toString(NumericGuard guard) {
  const auto row = static_cast<std::size_t>(guard);
  return row < std::size(kGuards) ? kGuards[row] : std::string_view("unknown");
}

std::optional<NumericGuard> parseNumericGuard(std::string_view text) {
  for (std::size_t row = 0; row < std::size(kGuards); ++row) {
    if (kGuards[row] == text) return static_cast<NumericGuard>(row);
  }
  return std::nullopt;
}

std::string_view toString(ImplMode mode) {
  const auto row = static_cast<std::size_t>(mode);
  return row < std::size(kImplModes) ? kImplModes[row] : std::string_view("unknown");
}

std::optional<ImplMode> parseImplMode(std::string_view text) {
  for (std::size_t row = 0; row < std::size(kImplModes); ++row) {
    if (kImplModes[row] == text) return static_cast<ImplMode>(row);
  }
  return std::nullopt;
}

absl::Span<const ImplMode> allImplModes() { return kAllImplModes; }

NumericGuard effectiveNumericGuard(const PrecisionPolicy& policy, const Target& target) {
  if (policy.numericGuard.has_value()) return *policy.numericGuard;
  // The mix modes exist to lose little; on Ascend, whose targets have op maps, decisions stay those of its own
  // compiler.
  return isMixMode(policy.mode) && !target.hasOpMap() ? NumericGuard::keep : NumericGuard::warn;
}

}  // namespace precast
