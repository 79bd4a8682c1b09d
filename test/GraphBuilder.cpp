#include "GraphBuilder.h"

#include <catch2/catch.hpp>

namespace precast::test {

Graph graphOf(std::string_view json) {
  absl::StatusOr<Graph> graph = parseGraphJson(json, "test.json");
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  return *std::move(graph);
}

Target targetOf(std::string_view json) {
  absl::StatusOr<Target> target = Target::fromOpsInfo(json, "table.json");
  INFO(target.status().ToString());
  REQUIRE(target.ok());
  return *std::move(target);
}

std::string compiledText(const Graph& graph, const CompileOptions& options) {
  absl::StatusOr<CompileResult> result = compile(graph, options);
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  absl::StatusOr<std::string> text = writeGraphJson(result->graph);
  REQUIRE(text.ok());
  return *std::move(text);
}

NodeId nodeNamed(const Graph& graph, std::string_view name) {
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    if (graph.nodeName(static_cast<NodeId>(i)) == name) return static_cast<NodeId>(i);
  }
  FAIL("no such node");
  return NodeId::none;
}

}  // namespace precast::test
