// `precast compile`: a model in, every operator's precision decided, a model out.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace precast::tool {

struct CompileArguments {
  std::string model;
  std::string output;
  std::string target;
  std::string socVersion;
  std::vector<std::string> opsInfo;
  std::string precisionMode;
  std::string keepDtype;
  std::string modifyMixlist;
  std::string numericGuard;
  std::string report;
  bool quiet = false;
  bool dryRun = false;
};

void addCompileCommand(CLI::App& app, CompileArguments& arguments);

/// The exit status: 0; 1 for anything found in files; 2 for the command line itself. Messages go to standard error.
int runCompile(const CompileArguments& arguments);

}  // namespace precast::tool
