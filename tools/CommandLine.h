// What is wrong with a command line, found before CLI11 binds it: CLI11 takes a flag for another flag's value, lets a
// flag without a value be given twice, and suggests nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace CLI {
class App;
}

namespace precast::tool {

/// Gives the flags in `words` (the command line without the program's name) that begin with one dash the other: ATC
/// takes both alike. Only what is a flag of `app`, of a command or one of the `unlisted`, of more than one letter and
/// before any "--", is taken for one.
void takeSingleDashes(const CLI::App& app, absl::Span<const std::string_view> unlisted,
                      std::vector<std::string>& words);

/// One sentence about the first mistake in `words` (the command line without the program's name); "" if there is none,
/// or if they ask for help. What is required but missing is left to CLI11. `unlisted` are flags of `compile`, without
/// dashes, that `app` does not have unless they are given: they are suggested as the others are.
std::string commandLineMistake(const CLI::App& app, const std::vector<std::string>& words,
                               absl::Span<const std::string_view> unlisted);

}  // namespace precast::tool
