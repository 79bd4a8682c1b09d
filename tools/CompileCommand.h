// `precast compile`: a model in, every operator's precision decided, a model out.
#pragma once

#include <string>
#include <vector>

#include "AtcFlags.h"
#include "PolicyFlags.h"
#include "TargetFlags.h"
#include "WriteFlags.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct CompileArguments : TargetFlags, PolicyFlags, AtcFlags, WriteFlags {
  std::string model;
  std::string output;
  std::string report;
  bool quiet = false;
  bool dryRun = false;
};

/// The command, without the flags of ATC that are ignored: addIgnoredFlags().
CLI::App* addCompileCommand(CLI::App& app, CompileArguments& arguments);

/// The exit status: 0; 1 for anything found in files; 2 for the command line itself. Messages go to standard error.
int runCompile(const CompileArguments& arguments);

}  // namespace precast::tool
