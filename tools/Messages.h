// What the tool prints: results on standard output, messages on standard error. Nothing in a model can make a message
// look like another.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace precast::tool {

/// `text`, which may quote names in a file, as a part of one line: control characters, those of right-to-left text, and
/// the separators of lines and paragraphs become blanks, and bytes that are no UTF-8 '?'.
std::string plainLine(std::string_view text);

/// Prints "precast: KIND: TEXT" as one line; only the list of refused nodes has more, indented, and a last line
/// "hint: ...".
/// All other controls are as in plainLine().
void printMessage(std::string_view kind, std::string_view text);

/// The text of a status that is not OK.
std::string_view messageOf(const absl::Status& status);

/// What the tool's exit status says, beside 0.
constexpr int kFilesAreWrong = 1;
constexpr int kCommandLineIsWrong = 2;

/// Prints an error and returns `status`.
int fail(int status, std::string_view message);
/// Prints the message of a status that is not OK and returns kFilesAreWrong.
int fail(const absl::Status& status);

/// Prints a sub-command's result to standard output: 0, or kFilesAreWrong if it cannot all be written.
int printResult(std::string_view text);

}  // namespace precast::tool
