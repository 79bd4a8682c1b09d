// What the tool prints: results on standard output, messages on standard error. Nothing in a model can make a message
// look like another.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace precast::tool {

/// Prints "precast: KIND: TEXT" as one line, whatever is in TEXT (support::plainLine()).
void printMessage(std::string_view kind, std::string_view text);

/// As printMessage(), of a text of several lines: each of its line feeds stays. For what quotes a file only as
/// support::plainLine().
void printLines(std::string_view kind, std::string_view text);

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
