#include "ir/ConstantNodes.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "GraphBuilder.h"
#include "GraphText.h"

namespace precast {
namespace {

TEST_CASE("a node that yields a constant holds one, and so does a Constant that the graph has no contents of") {
  // `s` stands for a Constant with a sparse value: the reader leaves it a node like any other.
  const Graph graph = test::graphOfText(
      "in x; const w; constnode k = 1; s = Constant(); f = Constant(x); o = my.dom:Constant(); r = Range(); "
      "a = Relu(x); out a");
  const auto is = [&](const char* name) {
    const NodeId node = test::nodeNamed(graph, name);
    return std::string(ir::yieldsConstant(graph, node) ? "yields " : "") +
           (ir::isConstantNode(graph, node) ? "holds" : "");
  };
  CHECK(is("k") == "yields holds");
  CHECK(is("s") == "holds");
  // With an input, of another domain or of another type it computes something.
  for (const char* name : {"f", "o", "r", "a"}) {
    CAPTURE(name);
    CHECK(is(name).empty());
  }
}

TEST_CASE("a node without results, or whose result is left out, holds no constant") {
  Graph graph;
  OpKind kind;
  kind.type = "Op";
  const OpKindId op = graph.addOpKind(kind);
  const ValueId value = graph.addValue("m", DType::float32);
  for (const std::vector<ValueId>& outputs : {std::vector<ValueId>(), {ValueId::none, value}}) {
    const absl::StatusOr<NodeId> node = graph.addNode(op, "", {}, outputs);
    REQUIRE(node.ok());
    CHECK_FALSE(ir::yieldsConstant(graph, *node));
    CHECK_FALSE(ir::isConstantNode(graph, *node));
  }
}

}  // namespace
}  // namespace precast
