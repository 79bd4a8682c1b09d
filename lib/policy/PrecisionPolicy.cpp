// One table of modes: a mode is a row of data.

#include "precast/PrecisionPolicy.h"

#include <cstddef>

namespace precast {
namespace {

struct ModeRow {
  PrecisionMode mode;
  std::string_view name;
  bool mix;  // list colours decide
};

constexpr ModeRow kModes[] = {
    {PrecisionMode::forceFp16, "force_fp16", false},
    {PrecisionMode::forceFp32, "force_fp32", false},
    {PrecisionMode::allowFp32ToFp16, "allow_fp32_to_fp16", false},
    {PrecisionMode::mustKeepOriginDtype, "must_keep_origin_dtype", false},
    {PrecisionMode::allowMixPrecision, "allow_mix_precision", true},
};

constexpr PrecisionMode kAllModes[] = {
    PrecisionMode::forceFp16,           PrecisionMode::forceFp32,         PrecisionMode::allowFp32ToFp16,
    PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowMixPrecision,
};

constexpr bool tablesFollowTheEnumeration() {
  std::size_t i = 0;
  for (const ModeRow& row : kModes) {
    if (static_cast<std::size_t>(row.mode) != i || kAllModes[i] != row.mode) return false;
    ++i;
  }
  return i == std::size(kAllModes);
}
static_assert(tablesFollowTheEnumeration(), "kModes and kAllModes list the modes in the order of the enumeration");

constexpr std::string_view kGuards[] = {"off", "warn", "keep"};

}  // namespace

std::string_view toString(PrecisionMode mode) {
  const auto row = static_cast<std::size_t>(mode);
  return row < std::size(kModes) ? kModes[row].name : std::string_view("unknown");
}

std::optional<PrecisionMode> parsePrecisionMode(std::string_view text) {
  for (const ModeRow& row : kModes) {
    if (row.name == text) return row.mode;
  }
  return std::nullopt;
}

absl::Span<const PrecisionMode> allPrecisionModes() { return kAllModes; }

bool isMixMode(PrecisionMode mode) {
  const auto row = static_cast<std::size_t>(mode);
  return row < std::size(kModes) && kModes[row].mix;
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

NumericGuard effectiveNumericGuard(const PrecisionPolicy& policy, const Target& target) {
  if (policy.numericGuard.has_value()) return *policy.numericGuard;
  // The mix modes exist to lose little; on Ascend, whose targets have op maps, decisions stay those of its own
  // compiler.
  return isMixMode(policy.mode) && !target.hasOpMap() ? NumericGuard::keep : NumericGuard::warn;
}

}  // namespace precast
