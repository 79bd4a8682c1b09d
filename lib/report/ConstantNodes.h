// Nodes that only hold a constant (ONNX Constant): listed in reports, but not counted.
#pragma once

#include "precast/Graph.h"

namespace precast::report {

inline bool isConstantNode(const Graph& graph, NodeId node) {
  const absl::Span<const ValueId> outputs = graph.outputs(node);
  return outputs.size() == 1 && outputs[0] != ValueId::none && graph.isConstant(outputs[0]);
}

}  // namespace precast::report
