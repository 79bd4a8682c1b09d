// What the line-based policy files and the flags that are lists have in common: text that is UTF-8, in lines or items
// that know where they stand. Pure functions; thread-safe.
//
// The ini files are read with this too, not with an ini library. Their keys are node names, and libinih (55) ends a key
// at its first ':' or '=', cuts a line at ';', joins an indented line to the key before it, cuts sections to 49 bytes
// and lines to 200, takes duplicates and any bytes, and as Debian builds it gives the handler no line number. No ini
// library knows columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/Diagnostics.h"

namespace precast::policy {

/// A part of a text without blanks around it. Lines and columns count from 1, columns in bytes. The value of a flag has
/// no lines: `line` is 0.
struct TextPart {
  std::string_view text;
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  /// A part of this part, again without blanks around it.
  TextPart part(std::size_t begin, std::size_t count = std::string_view::npos) const;
};

/// "SOURCE:LINE:COLUMN"; of a flag's value only "SOURCE", which is the flag.
std::string placeOf(std::string_view source, const TextPart& part);

/// kInvalidArgument "PLACE: message".
absl::Status errorAt(std::string_view source, const TextPart& part, std::string_view message);

/// What a message says about a word that is none of `known`: "unknown KIND 'WORD'; the KINDs are A, B; the nearest is
/// 'A'".
std::string unknownWord(std::string_view kind, std::string_view word, absl::Span<const std::string_view> known);

/// The lines that say something: a `#` starts a comment; blank lines, a byte order mark and the carriage return of
/// other systems' line ends are skipped. Errors: text that is not UTF-8, control characters, a
/// byte order mark behind the start.
absl::StatusOr<std::vector<TextPart>> readLines(std::string_view text, std::string_view source);

/// The items of one line that `separator` divides; "" for an empty item.
std::vector<TextPart> splitItems(const TextPart& line, char separator);

/// A warning that the file `source` of `policy` names nothing.
void warnOfNothing(std::string_view policy, std::string_view source, const DiagnosticSink& diagnostics);

/// The items of a flag's value, whose line is 0. Errors: as readLines, and an empty item.
absl::StatusOr<std::vector<TextPart>> readItems(std::string_view text, std::string_view source, char separator);

}  // namespace precast::policy
