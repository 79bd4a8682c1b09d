#include "ir/Topology.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>

#include "GraphText.h"

namespace precast {
namespace {

// An empty graph's values and nodes by hand, so that nodes may stand before what they read.
struct Builder {
  Graph graph;
  OpKindId op = graph.addOpKind({"", "Op", "", 0, false, {}});

  ValueId value(const char* name, RegionId region = RegionId::main) {
    return graph.addValue(name, DType::float32, {}, region);
  }
  NodeId node(const char* name, std::vector<ValueId> inputs, std::vector<ValueId> outputs,
              RegionId region = RegionId::main) {
    return *graph.addNode(op, name, inputs, outputs, region);
  }
  std::string order() const {
    const absl::StatusOr<std::vector<NodeId>> nodes = ir::topologicalOrder(graph);
    if (!nodes.ok()) return std::string(nodes.status().message());
    std::string text;
    for (NodeId id : *nodes) text += std::string(graph.nodeName(id)) + " ";
    return text;
  }
};

TEST_CASE("an order that is one already is kept") {
  Builder b;
  const ValueId x = b.value("x");
  REQUIRE(b.graph.addInput(x).ok());
  const ValueId p = b.value("p");
  const ValueId q = b.value("q");
  b.node("p", {x}, {p});
  b.node("lonely", {}, {});
  b.node("q", {p, ValueId::none, p}, {q});
  CHECK(b.order() == "p lonely q ");
}

TEST_CASE("nodes come after what they read, and else by position") {
  Builder b;
  const ValueId v[] = {b.value("0"), b.value("1"), b.value("2"), b.value("3")};
  b.node("d", {v[2]}, {v[3]});
  b.node("a", {}, {v[0]});
  b.node("c", {v[0], v[1]}, {v[2]});
  b.node("b", {}, {v[1]});
  CHECK(b.order() == "a b c d ");
}

TEST_CASE("bodies come directly after their owner, which waits for what they capture") {
  Builder b;
  const ValueId captured = b.value("captured");
  const ValueId made = b.value("made");
  const NodeId owner = b.node("if", {}, {made});
  const RegionId first = *b.graph.addRegion(owner, "then_branch");
  const RegionId second = *b.graph.addRegion(owner, "else_branch");
  const ValueId t = b.value("t", first);
  const ValueId u = b.value("u", first);
  const ValueId e = b.value("e", second);
  b.node("e", {}, {e}, second);
  b.node("u", {t}, {u}, first);
  b.node("t", {captured}, {t}, first);
  b.node("behind", {made}, {});
  b.node("before", {}, {captured});
  CHECK(b.order() == "before if t u e behind ");
  // A body that hands a value from outside out waits for it as well.
  Builder c;
  const ValueId late = c.value("late");
  const NodeId holder = c.node("if", {}, {});
  const RegionId body = *c.graph.addRegion(holder, "then_branch");
  c.node("late", {}, {late});
  REQUIRE(c.graph.addOutput(late, body).ok());
  CHECK(c.order() == "late if ");
}

TEST_CASE("a cycle is an error with its nodes") {
  Builder b;
  const ValueId v[] = {b.value("0"), b.value("1"), b.value("2")};
  b.node("a", {v[2]}, {v[0]});
  b.node("b", {v[0]}, {v[1]});
  b.node("c", {v[1]}, {v[2]});
  b.node("behind", {v[2]}, {});
  CHECK(b.order() == "nodes form a cycle: node 'c' <- node 'b' <- node 'a' <- node 'c'");
  Builder self;
  const ValueId x = self.value("x");
  self.node("x", {x}, {x});
  CHECK(self.order() == "nodes form a cycle: node 'x' reads its own result");
  Builder body;
  const ValueId made = body.value("made");
  const NodeId owner = body.node("if", {}, {made});
  const RegionId inside = *body.graph.addRegion(owner, "then_branch");
  body.node("inner", {made}, {}, inside);
  CHECK(body.order() == "nodes form a cycle: node 'inner' reads a result of node 'if', in whose body it lies");
  // A long one is cut.
  Builder ring;
  std::vector<ValueId> values;
  for (int i = 0; i < 20; ++i) values.push_back(ring.value(("v" + std::to_string(i)).c_str()));
  for (std::size_t i = 0; i < 20; ++i)
    ring.node(("n" + std::to_string(i)).c_str(), {values[(i + 19) % 20]}, {values[i]});
  CHECK_THAT(ring.order(), Catch::Contains("<- ... 12 more <- "));
}

TEST_CASE("any order of a random graph's nodes is sorted the same way as Kahn's algorithm by hand") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 2 + random() % 30;
    std::vector<std::size_t> position(count);  // of node n in the file
    std::iota(position.begin(), position.end(), std::size_t{0});
    std::shuffle(position.begin(), position.end(), random);
    std::vector<std::vector<std::size_t>> reads(count);  // by position
    for (std::size_t n = 1; n < count; ++n) {
      for (std::size_t r = random() % 3; r > 0; --r) reads[position[n]].push_back(position[random() % n]);
    }
    Builder b;
    std::vector<ValueId> values;
    for (std::size_t p = 0; p < count; ++p) values.push_back(b.value(std::to_string(p).c_str()));
    for (std::size_t p = 0; p < count; ++p) {
      std::vector<ValueId> inputs;
      for (std::size_t r : reads[p]) inputs.push_back(values[r]);
      b.node(std::to_string(p).c_str(), inputs, {values[p]});
    }
    std::string expected;
    std::vector<bool> done(count);
    for (std::size_t placed = 0; placed < count; ++placed) {
      for (std::size_t p = 0; p < count; ++p) {
        const auto ready = [&](std::size_t r) { return static_cast<bool>(done[r]); };
        if (done[p] || !std::all_of(reads[p].begin(), reads[p].end(), ready)) continue;
        done[p] = true;
        expected += std::to_string(p) + " ";
        break;
      }
    }
    REQUIRE(b.order() == expected);
  }
}

TEST_CASE("levels and labels") {
  const Graph graph = test::graphOfText("in c:bool, x; y = If(c) { a = Op(x); out a } { b = Op(x); out b }; out y");
  const auto node = [](std::uint32_t id) { return static_cast<NodeId>(id); };
  const auto region = [](std::uint32_t id) { return static_cast<RegionId>(id); };
  CHECK(ir::encloses(graph, RegionId::main, region(1)));
  CHECK(ir::encloses(graph, region(1), region(1)));
  CHECK_FALSE(ir::encloses(graph, region(1), region(2)));
  CHECK_FALSE(ir::encloses(graph, region(1), RegionId::main));
  CHECK(ir::liftTo(graph, node(1), RegionId::main) == node(0));
  CHECK(ir::liftTo(graph, node(1), region(1)) == node(1));
  CHECK(ir::liftTo(graph, node(0), region(1)) == NodeId::none);
  CHECK(ir::nodeLabel(graph, node(0)) == "node 'y'");
  Builder b;
  CHECK(ir::nodeLabel(b.graph, b.node("", {}, {})) == "node #0 (Op)");
}

}  // namespace
}  // namespace precast
