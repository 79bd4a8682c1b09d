// Readers of the policy files that ATC users know. Each takes the text of a file and its name for messages, and returns
// what it says or kInvalidArgument "FILE:LINE:COLUMN: ...". Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/PrecisionPolicy.h"

namespace precast {

/// One operator type of a mixlist. `move.origin` is "modify_mixlist, line 3".
struct MixlistEntry {
  ListMove move;
  std::optional<ListColour> removedFrom;  ///< the list that `to-remove` names; unset if only added
  bool onlyRemoved = false;               ///< no list adds it: it becomes gray
};

/// `--modify_mixlist`: {"black-list": {"to-add": [...], "to-remove": [...]}, "white-list": {...}, "gray-list": {...}}.
/// One move per operator type: added to one list, removed from one, or removed from one and added to another. Adding to
/// two lists, or adding to and removing from the same list, is an error that names the operator and both entries. An
/// operator that leaves its list for no other is gray from then on. Keys that are unknown or given twice are errors.
/// Entries come in the order in which the text first names their operators.
absl::StatusOr<std::vector<MixlistEntry>> parseMixlist(std::string_view text, std::string_view source);

/// The list moves of parsed entries, with a warning for each operator that is removed from a list in which `target`
/// does not have it (if that is all that is said about it, it stays where it is), and for each operator type that
/// `target` does not know (with the nearest name).
std::vector<ListMove> applyMixlist(absl::Span<const MixlistEntry> entries, const Target& target,
                                   const DiagnosticSink& diagnostics);

/// `--keep_dtype`: one entry per line, a node name, a glob (an entry with `*` or `?`), or `OpType::X`. `#` starts a
/// comment, so a name with `#` in it is written with `?` there; spaces around an entry and blank lines are ignored; a
/// text without entries is fine. KeepEntry::origin is "keep_dtype, line 4". Errors: text that is not UTF-8, control
/// characters, `OpType::` without a name.
absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source);

}  // namespace precast
