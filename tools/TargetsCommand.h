// `precast targets`: the built-in targets.
#pragma once

namespace CLI {
class App;
}

namespace precast::tool {

void addTargetsCommand(CLI::App& app);

/// Prints each target's name, number of operators, kernel libraries in the order in which they are tried, and SoC
/// versions. Returns the exit status.
int runTargets();

}  // namespace precast::tool
