#include "passes/Counts.h"

#include <string>

#include "fmt/format.h"
#include "ir/Topology.h"

namespace precast::passes {

namespace {

// Numbers of 8 bits are pixels and quantized values, and fit.
bool holdsCounts(DType dtype) {
  switch (dtype) {
  case DType::int16:
  case DType::int32:
  case DType::int64:
  case DType::uint16:
  case DType::uint32:
  case DType::uint64:
    return true;
  default:
    return false;
  }
}

}  // namespace

void warnOfCounts(const Graph& graph, const PrecisionPlan& plan, absl::Span<const TargetOp> ops,
                  const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  for (NodeId node : plan.order) {
    if (ops[index(graph.nodeKind(node))].opClass != OpClass::cast) continue;
    const auto inputs = graph.inputs(node);
    const auto outputs = graph.outputs(node);
    if (inputs.empty() || inputs[0] == ValueId::none || outputs.empty() || outputs[0] == ValueId::none) continue;
    const DType was = graph.dtype(inputs[0]);
    const DType is = plan.inputs(graph, node)[0];
    const DType made = graph.dtype(outputs[0]);
    if (isHalf(was) || !isHalf(is) || !holdsCounts(made)) continue;
    diagnostics(
        {Severity::warning, "count-in-16-bits", node, std::string(graph.nodeName(node)),
         fmt::format("{} makes {} of '{}', which is {} in the model and {} here: that counts exactly only to {}",
                     ir::typedNodeLabel(graph, node), toString(made), graph.valueName(inputs[0]), toString(was),
                     toString(is), is == DType::float16 ? 2048 : 256)});
  }
}

}  // namespace precast::passes
