// The order in which nodes are decided and written: topological, nested bodies directly after their owner, ties by
// position.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "precast/Graph.h"

namespace precast::ir {

/// All nodes such that each comes after the producers of its inputs and of its bodies' captures, the bodies' nodes come
/// directly after their owner, body by body, and among the nodes that could come next the first by id does.
/// kInvalidArgument prints a cycle by its node names. Linear time when ids are in order already (they are, in files
/// sorted as ONNX asks), else O(n log n).
absl::StatusOr<std::vector<NodeId>> topologicalOrder(const Graph& graph);

/// verify(graph) and topologicalOrder(graph) in one: the order, or what is wrong with the graph.
absl::StatusOr<std::vector<NodeId>> verifiedOrder(const Graph& graph);

/// True if `outer` is `inner` or encloses it.
bool encloses(const Graph& graph, RegionId outer, RegionId inner);

/// The node of region `level` in whose bodies, at whatever depth, `node` lies: `node` itself if it is in `level`;
/// NodeId::none if it is not inside `level`.
NodeId liftTo(const Graph& graph, NodeId node, RegionId level);

/// "node 'name'" or "node #12 (Relu)" for messages.
std::string nodeLabel(const Graph& graph, NodeId node);
/// "node 'name' (Relu)" or "node #12 (Relu)".
std::string typedNodeLabel(const Graph& graph, NodeId node);

}  // namespace precast::ir
