// Which entries of a target an op-info file replaces: where several files describe one operator the last one wins, and
// whoever reads the report wants to know which that was. Not thread-safe; one per overlay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "precast/Diagnostics.h"
#include "precast/Target.h"

namespace precast::target {

/// True if `outer` is for all versions of its operator for which `inner` is.
bool includesVersions(const OpEntry& outer, const OpEntry& inner);

/// True if `base` is for versions of both sides, or above `entry` alone: beyond the last version of `entry` it goes on.
bool goesOnBehind(const OpEntry& base, const OpEntry& entry);

class Replacements {
 public:
  /// `replaced` gives way to an entry of the file at hand.
  void note(const OpEntry& replaced);

  /// One note "ops-info-replaces" for each file that `source` replaces entries of, with the operators' names.
  void report(std::string_view source, const DiagnosticSink& diagnostics) const;

 private:
  struct File {
    std::string source;
    std::vector<std::string> operators;  // each once
  };
  std::vector<File> files_;  // by first mention
};

}  // namespace precast::target
