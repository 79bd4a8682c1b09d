// `precast ops`: what a target has for an operator, or for all of them.
#pragma once

#include <string>

#include "TargetFlags.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct OpsArguments : TargetFlags {
  std::string op;  ///< "Type" or "domain:Type"; "" for all
};

void addOpsCommand(CLI::App& app, OpsArguments& arguments);

/// The exit status: 0; 1 for an operator that the target does not know and for what is wrong in files; 2 for the
/// command line itself.
int runOps(const OpsArguments& arguments);

}  // namespace precast::tool
