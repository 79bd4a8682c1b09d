// An op-info file over the entries that a target's library has. Not thread-safe beyond its arguments; no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "precast/Diagnostics.h"
#include "precast/Target.h"
#include "target/OpsInfoReader.h"
#include "target/Replacements.h"

namespace precast::target {

/// Positions in a list of entries, by the type of the operator. Lookups only.
using EntryIndex = absl::flat_hash_map<std::string, std::vector<std::uint32_t>>;

/// The library that comes first on every target of Ascend's.
inline constexpr std::string_view kAiCore = "aicore";

/// The library that an entry of CANN's engine `engine` belongs to: "aicore" or "aicpu"; `engine` itself if it is
/// none of CANN's, for libraries may be called by their names.
std::string_view libraryOfEngine(std::string_view engine);

/// Lays `items` over `entries`, of which `ofType` is the index: new ones are added, those whose versions they include
/// replaced, and of others what is beyond their last version stays. `ofType` is of no use afterwards. What gives way is
/// noted in `replacements`.
void overlay(std::vector<OpEntry>& entries, EntryIndex& ofType, std::vector<ReadEntry> items,
             Replacements& replacements, const DiagnosticSink& diagnostics);

}  // namespace precast::target
