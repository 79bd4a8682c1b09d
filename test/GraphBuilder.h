// Graphs from JSON and compilations in one call, for tests of everything above the IR.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "precast/precast.h"

namespace precast::test {

/// The graph of a JSON text; fails the test if it does not parse.
Graph graphOf(std::string_view json);

/// A target of its own from op-info JSON; fails the test if it does not load.
Target targetOf(std::string_view json);

/// The JSON text of the graph that `graph` compiles to; fails the test if it does not compile.
std::string compiledText(const Graph& graph, const CompileOptions& options);

/// The node named `name`; fails the test if there is none.
NodeId nodeNamed(const Graph& graph, std::string_view name);

}  // namespace precast::test
