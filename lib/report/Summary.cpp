#include <algorithm>
#include <limits>

#include "ir/ConstantNodes.h"
#include "precast/Report.h"

namespace precast {

Summary summarize(const ReportInput& input) {
  const Graph& graph = *input.graph;
  const PrecisionPlan& plan = input.result->plan;
  const RewriteSummary& rewrite = input.result->rewrite;
  Summary summary;
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    if (ir::isConstantNode(graph, node)) continue;
    ++summary.nodes;
    switch (plan.leadingDType(graph, node)) {
    case DType::float16:
      ++summary.float16Nodes;
      break;
    case DType::float32:
      ++summary.float32Nodes;
      break;
    case DType::bfloat16:
      ++summary.bfloat16Nodes;
      break;
    default:
      ++summary.otherNodes;
      break;
    }
  }
  summary.castsInserted = rewrite.casts.size();
  summary.castsRemoved = rewrite.castsRemoved;
  for (const InsertedCast& cast : rewrite.casts) {
    if (cast.bytes <= 0) continue;
    // Shapes in a file may claim anything: the sum stops at its limit.
    summary.castBytes = std::min(summary.castBytes, std::numeric_limits<std::int64_t>::max() - cast.bytes) + cast.bytes;
  }
  summary.constantsConverted = rewrite.constants.size();
  summary.bytesBefore = input.bytesBefore;
  summary.bytesAfter = input.bytesAfter;
  return summary;
}

}  // namespace precast
