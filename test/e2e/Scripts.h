// The Python scripts beside this file: oracles built on the onnx package, which has no part in the library itself.

#pragma once

#include "Command.h"
#include "Places.h"

#include <string>
#include <vector>

namespace precast::test {

inline CommandResult runScript(const std::string& script, const std::vector<std::string>& arguments) {
  // -B: a test leaves nothing behind in the source folder.
  std::vector<std::string> command{pythonPath(), "-B", sourceFile("test/e2e/" + script)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return runCommand(command);
}

}  // namespace precast::test
