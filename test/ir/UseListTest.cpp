#include "ir/UseList.h"

#include <catch2/catch.hpp>

#include "GraphText.h"

namespace precast {
namespace {

// "node.slot" of each use of a value.
std::string usesOf(const Graph& graph, const char* name) {
  const ir::UseList uses(graph);
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (graph.valueName(value) != name) continue;
    std::string text;
    for (const ir::Use& use : uses.of(value))
      text += std::string(graph.nodeName(use.node)) + "." + std::to_string(use.slot) + " ";
    return text;
  }
  return "no such value";
}

TEST_CASE("users of a value stand in node order, one for each slot") {
  const Graph graph = test::graphOfText("in x, y; const k; a = Op(x, -, x); b = Op(y, x, k); c = Op(k); out b, c");
  CHECK(usesOf(graph, "x") == "a.0 a.2 b.1 ");
  CHECK(usesOf(graph, "y") == "b.0 ");
  CHECK(usesOf(graph, "k") == "b.2 c.0 ");
  CHECK(usesOf(graph, "a").empty());
  // A graph output is no user.
  CHECK(usesOf(graph, "b").empty());
}

TEST_CASE("users inside bodies count like others") {
  const Graph graph = test::graphOfText("in c:bool, x; y = If(c) { a = Op(x); out a } { b = Op(x, x); out b }; out y");
  CHECK(usesOf(graph, "x") == "a.0 b.0 b.1 ");
  CHECK(usesOf(graph, "c") == "y.0 ");
}

TEST_CASE("an empty graph has no uses") {
  Graph graph;
  const ValueId value = graph.addValue("x", DType::float32);
  CHECK(ir::UseList(graph).of(value).empty());
}

}  // namespace
}  // namespace precast
