// Nodes that only hold a constant (ONNX Constant).
#pragma once

#include "precast/Graph.h"

namespace precast::ir {

/// True if the result of `node` is a constant of the graph, whose contents may be converted. Such a node has no input
/// and no other result (Graph::addConstantNode).
inline bool yieldsConstant(const Graph& graph, NodeId node) {
  const absl::Span<const ValueId> outputs = graph.outputs(node);
  return !outputs.empty() && outputs[0] != ValueId::none && graph.isConstant(outputs[0]);
}

/// True if `node` only holds a constant, be it none of the graph: a sparse value stays as it is, in a node like any
/// other. Reports list these, but do not count them.
inline bool isConstantNode(const Graph& graph, NodeId node) {
  if (yieldsConstant(graph, node)) return true;
  const OpKind& op = graph.nodeOp(node);
  return op.type == "Constant" && op.domain.empty() && graph.inputs(node).empty();
}

}  // namespace precast::ir
