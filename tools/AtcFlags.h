// Flags of Ascend's ATC that have no say in precision here: accepted, so that a pasted command line runs.
#pragma once

#include <map>
#include <string>

#include "precast/Diagnostics.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct AtcFlags {
  std::string framework;
  std::string log;
  std::map<std::string, std::string> ignored;  ///< by flag; "" if not given
};

/// --framework, --log, and the flags that are ignored (not shown by --help).
void addAtcFlags(CLI::App& command, AtcFlags& flags);

/// One sentence about what is wrong with the flags themselves; "" if nothing is.
std::string atcFlagsMistake(const AtcFlags& flags);

/// A note for each flag that is given and has no effect here; a warning where it would change how ATC's networks
/// compute.
void noteIgnoredFlags(const AtcFlags& flags, const DiagnosticSink& diagnostics);

/// Whether --log shows messages of this severity (without the flag: all).
bool shows(const AtcFlags& flags, Severity severity);

}  // namespace precast::tool
