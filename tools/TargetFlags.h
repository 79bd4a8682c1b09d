// The flags that say what the hardware has, which every sub-command that needs a target shares.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/Target.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct TargetFlags {
  std::string target;
  std::string socVersion;
  std::vector<std::string> opsInfo;
};

/// --target, --soc_version and --ops_info; `fallback` is what is taken if none of them is given ("" for none).
void addTargetFlags(CLI::App& command, TargetFlags& flags, const std::string& fallback);

/// One sentence about what is wrong with the flags themselves; "" if nothing is.
std::string targetFlagsMistake(const TargetFlags& flags);

/// The target that the flags describe. --ops_info files lie over it in the order given; without a target they are one
/// of their own.
absl::StatusOr<Target> readTarget(const TargetFlags& flags, const std::string& fallback,
                                  const DiagnosticSink& diagnostics);

/// True if the target has rows for every operator with an ONNX schema: those which the schema allows.
bool servesBySchema(const Target& target);

}  // namespace precast::tool
