// Ini files, read strictly: "key=value" lines in sections, and every part knows where it stands. Pure functions;
// thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/TextLines.h"

namespace precast::policy {

struct IniEntry {
  std::string_view section;  ///< "" before the first section
  TextPart key;
  TextPart value;
};

/// The entries in the order of the text. The key ends at the last '=' of its line, so that it may be any name. A '#',
/// or a ';' at the start of a line, begins a comment. Errors: as readLines; sections other than `sections`, or given
/// twice; lines without '=', key or value. Views point into `text` and `sections`.
absl::StatusOr<std::vector<IniEntry>> readIni(std::string_view text, std::string_view source,
                                              absl::Span<const std::string_view> sections);

}  // namespace precast::policy
