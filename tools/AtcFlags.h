// Flags of Ascend's ATC that have no say in precision here: accepted, so that a pasted command line runs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "precast/Diagnostics.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct AtcFlags {
  std::string framework;
  std::string log;
  std::map<std::string, std::string> ignored;  ///< by flag
  std::vector<std::string> empty;              ///< those that were given without a value
};

/// Gives ATC's switches in `words`, a command line, that stand there as --flag or --noflag their values.
void spellOutSwitches(std::vector<std::string>& words);

/// Takes ATC's flags with an empty value (--flag= or --flag '') out of `words`, a command line, and keeps their names
/// in flags.empty: to ATC they are as if they were not given, and scripts that fill in variables write them so.
/// --model and --output, without which nothing can be done, stay.
void takeEmptyFlags(std::vector<std::string>& words, AtcFlags& flags);

/// --framework and --log.
void addAtcFlags(CLI::App& command, AtcFlags& flags);

/// Of the flags that are ignored (not shown by --help) those that stand in `words`: CLI11 compares each with all
/// others, which would take as long as compiling a model.
void addIgnoredFlags(CLI::App& command, const std::vector<std::string>& words, AtcFlags& flags);

/// The flags that are ignored, without dashes.
std::vector<std::string_view> ignoredFlags();

/// One sentence about what is wrong with the flags themselves; "" if nothing is.
std::string atcFlagsMistake(const AtcFlags& flags);

/// A note for each flag that is given and has no effect here; a warning where it would change how ATC's networks
/// compute, and for each that has no value.
void noteIgnoredFlags(const AtcFlags& flags, const DiagnosticSink& diagnostics);

/// Whether --log shows messages of this severity (without the flag: all).
bool shows(const AtcFlags& flags, Severity severity);

}  // namespace precast::tool
