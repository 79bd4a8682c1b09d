// Two ways to one order. First a linear check whether ids already are that order. If not, Kahn's algorithm with a heap
// per graph (ready nodes leave by id), over edges lifted to the level at which they order things: a node inside a body
// that reads an outer value makes the body's owner wait for that value. The order of each region is then laid out with
// an explicit stack.
#include "ir/Topology.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "fmt/format.h"
#include "support/BulkMemory.h"

namespace precast::ir {

namespace {

// Ids are in the wanted order if every producer comes before its readers and every body is a run directly after its
// owner.
bool idsAreInOrder(const Graph& graph) {
  const std::size_t nodes = graph.nodeCount();
  for (std::size_t i = 0; i < nodes; ++i) {
    for (ValueId value : graph.inputs(static_cast<NodeId>(i))) {
      if (value == ValueId::none) continue;
      const NodeId producer = graph.producer(value);
      if (producer != NodeId::none && index(producer) >= i) return false;
    }
  }
  if (graph.regionCount() == 1) return true;
  // Nested: walk the ids with the stack of open regions; a body opens only while its owner is the last node of its
  // region.
  std::vector<RegionId> open = {RegionId::main};
  std::vector<NodeId> last(graph.regionCount(), NodeId::none);
  std::vector<char> closed(graph.regionCount(), 0);
  std::vector<RegionId> path;
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto node = static_cast<NodeId>(i);
    const RegionId region = graph.nodeRegion(node);
    while (!encloses(graph, open.back(), region)) {
      closed[index(open.back())] = 1;
      open.pop_back();
    }
    path.clear();
    for (RegionId r = region; r != open.back(); r = graph.region(r).parent) path.push_back(r);
    for (auto r = path.rbegin(); r != path.rend(); ++r) {
      const Region& body = graph.region(*r);
      if (closed[index(*r)] || last[index(body.parent)] != body.owner) return false;
      // Bodies of one owner must come in order: no later sibling may have been opened before.
      for (RegionId next = body.next; next != RegionId::none; next = graph.region(next).next) {
        if (closed[index(next)]) return false;
      }
      open.push_back(*r);
    }
    last[index(region)] = node;
    // A node may stand behind the owner of its body, but must not wait for it.
    if (region == RegionId::main) continue;
    for (ValueId value : graph.inputs(node)) {
      const NodeId producer = value == ValueId::none ? NodeId::none : graph.producer(value);
      if (producer == NodeId::none || graph.nodeRegion(producer) == region) continue;
      if (liftTo(graph, node, graph.nodeRegion(producer)) == producer) return false;
    }
  }
  // A body's outputs may be captured values; they too must come before the owner.
  for (std::size_t r = 1; r < graph.regionCount(); ++r) {
    const Region& body = graph.region(static_cast<RegionId>(r));
    for (ValueId value : body.outputs) {
      const NodeId producer = graph.producer(value);
      if (producer == NodeId::none || graph.nodeRegion(producer) == static_cast<RegionId>(r)) continue;
      if (index(producer) >= index(body.owner)) return false;
    }
  }
  return true;
}

struct Edges {
  std::vector<std::pair<NodeId, NodeId>> list;      // producer -> waiting node, both in one region
  std::vector<std::pair<NodeId, NodeId>> selfUses;  // owner -> itself or the node in its body that reads its result
};

void addEdge(const Graph& graph, NodeId producer, NodeId user, Edges& edges) {
  const NodeId waiting = liftTo(graph, user, graph.nodeRegion(producer));
  if (waiting == NodeId::none) return;  // not visible from there: the verifier's business
  if (waiting == producer) {
    edges.selfUses.emplace_back(producer, user);
  } else {
    edges.list.emplace_back(producer, waiting);
  }
}

Edges liftedEdges(const Graph& graph) {
  Edges edges;
  edges.list.reserve(graph.inputOperandCount());
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    for (ValueId value : graph.inputs(node)) {
      if (value == ValueId::none || graph.producer(value) == NodeId::none) continue;
      addEdge(graph, graph.producer(value), node, edges);
    }
  }
  for (std::size_t r = 1; r < graph.regionCount(); ++r) {
    const Region& body = graph.region(static_cast<RegionId>(r));
    for (ValueId value : body.outputs) {
      const NodeId producer = graph.producer(value);
      if (producer == NodeId::none || graph.nodeRegion(producer) == static_cast<RegionId>(r)) continue;
      addEdge(graph, producer, body.owner, edges);
    }
  }
  return edges;
}

// Nodes that Kahn's algorithm could not place all wait for each other; walking back from any of them meets a cycle.
absl::Status cycleError(const Graph& graph, const Edges& edges, const std::vector<std::uint32_t>& waitsFor) {
  constexpr std::size_t kMaxNames = 8;
  std::vector<NodeId> producerOf(graph.nodeCount(), NodeId::none);
  for (const auto& [producer, user] : edges.list) {
    if (waitsFor[index(user)] != 0 && waitsFor[index(producer)] != 0) producerOf[index(user)] = producer;
  }
  auto at = static_cast<NodeId>(std::find_if(waitsFor.begin(), waitsFor.end(), [](std::uint32_t n) { return n != 0; }) -
                                waitsFor.begin());
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) at = producerOf[index(at)];  // now surely on the cycle
  std::string names = nodeLabel(graph, at);
  std::size_t length = 1;
  for (NodeId next = producerOf[index(at)]; next != at; next = producerOf[index(next)], ++length) {
    if (length < kMaxNames) names += fmt::format(" <- {}", nodeLabel(graph, next));
  }
  if (length > kMaxNames) names += fmt::format(" <- ... {} more", length - kMaxNames);
  return absl::InvalidArgumentError(fmt::format("nodes form a cycle: {} <- {}", names, nodeLabel(graph, at)));
}

absl::StatusOr<std::vector<NodeId>> sortNodes(const Graph& graph) {
  const Edges edges = liftedEdges(graph);
  if (!edges.selfUses.empty()) {
    const auto& [owner, user] = edges.selfUses.front();
    if (owner == user) {
      return absl::InvalidArgumentError(
          fmt::format("nodes form a cycle: {} reads its own result", nodeLabel(graph, owner)));
    }
    return absl::InvalidArgumentError(fmt::format("nodes form a cycle: {} reads a result of {}, in whose body it lies",
                                                  nodeLabel(graph, user), nodeLabel(graph, owner)));
  }
  const std::size_t nodes = graph.nodeCount();
  std::vector<std::uint32_t> begin(nodes + 1, 0);
  std::vector<std::uint32_t> waitsFor(nodes, 0);
  for (const auto& [producer, user] : edges.list) {
    ++begin[index(producer) + 1];
    ++waitsFor[index(user)];
  }
  for (std::size_t i = 1; i <= nodes; ++i) begin[i] += begin[i - 1];
  std::vector<NodeId> users(edges.list.size());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (const auto& [producer, user] : edges.list) users[next[index(producer)]++] = user;

  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  for (std::uint32_t i = 0; i < nodes; ++i) {
    if (waitsFor[i] == 0) ready.push(i);
  }
  std::vector<std::vector<NodeId>> byRegion(graph.regionCount());
  std::size_t placed = 0;
  while (!ready.empty()) {
    const std::uint32_t node = ready.top();
    ready.pop();
    ++placed;
    byRegion[index(graph.nodeRegion(static_cast<NodeId>(node)))].push_back(static_cast<NodeId>(node));
    for (std::uint32_t i = begin[node]; i < begin[node + 1]; ++i) {
      if (--waitsFor[index(users[i])] == 0) ready.push(index(users[i]));
    }
  }
  if (placed != nodes) return cycleError(graph, edges, waitsFor);

  std::vector<NodeId> order;
  order.reserve(nodes);
  std::vector<std::pair<RegionId, std::size_t>> stack = {{RegionId::main, 0}};
  std::vector<RegionId> bodies;
  while (!stack.empty()) {
    auto& [region, position] = stack.back();
    if (position == byRegion[index(region)].size()) {
      stack.pop_back();
      continue;
    }
    const NodeId node = byRegion[index(region)][position++];
    order.push_back(node);
    bodies.clear();
    for (RegionId body = graph.firstRegion(node); body != RegionId::none; body = graph.region(body).next) {
      bodies.push_back(body);
    }
    for (auto body = bodies.rbegin(); body != bodies.rend(); ++body) stack.emplace_back(*body, 0);
  }
  return order;
}

}  // namespace

bool encloses(const Graph& graph, RegionId outer, RegionId inner) {
  for (RegionId r = inner; r != RegionId::none; r = graph.region(r).parent) {
    if (r == outer) return true;
  }
  return false;
}

NodeId liftTo(const Graph& graph, NodeId node, RegionId level) {
  while (node != NodeId::none && graph.nodeRegion(node) != level) node = graph.region(graph.nodeRegion(node)).owner;
  return node;
}

std::string nodeLabel(const Graph& graph, NodeId node) {
  const std::string_view name = graph.nodeName(node);
  if (!name.empty()) return fmt::format("node '{}'", name);
  return fmt::format("node #{} ({})", index(node), graph.nodeOp(node).type);
}

std::string typedNodeLabel(const Graph& graph, NodeId node) {
  const bool isNamed = !graph.nodeName(node).empty();
  return isNamed ? fmt::format("node '{}' ({})", graph.nodeName(node), graph.nodeOp(node).type)
                 : nodeLabel(graph, node);
}

absl::StatusOr<std::vector<NodeId>> topologicalOrder(const Graph& graph) {
  if (!idsAreInOrder(graph)) return sortNodes(graph);
  std::vector<NodeId> order;
  support::fillBulk(order, graph.nodeCount());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<NodeId>(i);
  return order;
}

}  // namespace precast::ir
