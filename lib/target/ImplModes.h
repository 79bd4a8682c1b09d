// The built-in tables of implementation modes (which algorithm a kernel uses inside), in Ascend's own form:
// "OpType=mode" or "OpType=mode,mode", one per line, without sections. Compiled in from ops_info/impl_mode/.
// Thread-safe. Source: Ascend canndev, 2022-06.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace precast::target {

/// The text of ops_info/impl_mode/NAME.ini: "all_ops_impl_mode" (what each operator offers), "high_precision",
/// "high_performance", "high_precision_for_all", "high_performance_for_all" (what each choice selects). "" if there is
/// none; no built-in table is empty.
std::string_view builtinImplModeIni(std::string_view name);

/// Operator type -> the modes that it offers, in the order of the file.
using ImplModeTable = absl::flat_hash_map<std::string, std::vector<std::string>>;
/// Reads a table that is built in; lines without "=" say nothing.
ImplModeTable readImplModes(std::string_view ini);

}  // namespace precast::target
