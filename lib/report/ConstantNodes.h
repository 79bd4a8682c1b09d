// Nodes that only hold a constant (ONNX Constant): listed in reports, but not counted. Not each is a constant of the
// graph: what stays as it is, like a sparse value, is a node like any other there.
#pragma once

#include "precast/Graph.h"

namespace precast::report {

inline bool isConstantNode(const Graph& graph, NodeId node) {
  const OpKind& op = graph.nodeOp(node);
  if (op.type == "Constant" && op.domain.empty() && graph.inputs(node).empty()) return true;
  const absl::Span<const ValueId> outputs = graph.outputs(node);
  return outputs.size() == 1 && outputs[0] != ValueId::none && graph.isConstant(outputs[0]);
}

}  // namespace precast::report
