#include "passes/Borders.h"

#include <algorithm>

#include "fmt/format.h"
#include "passes/KernelRows.h"
#include "policy/BorderDTypes.h"

namespace precast::passes {

namespace {

// The graph's own Cast, if it has one with a schema; else it is not known what a Cast may do.
const OpKind* castOf(const Graph& graph) {
  for (std::size_t k = 0; k < graph.opKindCount(); ++k) {
    const OpKind& kind = graph.opKind(static_cast<OpKindId>(k));
    if (kind.type == "Cast" && kind.domain.empty() && kind.hasSchema) return &kind;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::vector<BorderDType>> resolveBorders(const Graph& graph, const PrecisionPolicy& policy,
                                                        const DiagnosticSink& diagnostics) {
  std::vector<BorderDType> borders;
  if (policy.inputFp16Nodes.empty() && !policy.outputType.all.has_value() && policy.outputType.outputs.empty()) {
    return borders;
  }
  const policy::BorderDTypes wanted = policy::borderDTypes(graph, policy, diagnostics);
  const Region& main = graph.region(RegionId::main);
  const OpKind* const cast = castOf(graph);
  for (std::size_t i = 0; i < main.inputs.size(); ++i) {
    const ValueId value = main.inputs[i];
    if (wanted.inputs[i] != graph.dtype(value)) borders.push_back({value, wanted.inputs[i], true});
  }
  for (std::size_t i = 0; i < main.outputs.size(); ++i) {
    const ValueId value = main.outputs[i];
    const DType dtype = wanted.outputs[i];
    if (graph.isRegionInput(value)) {
      const auto input = std::find(main.inputs.begin(), main.inputs.end(), value) - main.inputs.begin();
      const DType in = wanted.inputs[static_cast<std::size_t>(input)];
      if (in != dtype) {
        return absl::InvalidArgumentError(
            fmt::format("value '{}' is an input and an output of the model: it cannot be {} "
                        "as the one and {} as the other",
                        graph.valueName(value), toString(in), toString(dtype)));
      }
    }
    if (dtype == graph.dtype(value)) continue;
    if (cast != nullptr && isFloat(graph.dtype(value))) {
      const DType cells[] = {graph.dtype(value), dtype};
      if (!isLegal(*cast, 1, cells)) {
        return absl::InvalidArgumentError(
            fmt::format("output_type: output '{}' is {} and cannot become {}, which Cast-{} does not allow",
                        graph.valueName(value), toString(graph.dtype(value)), toString(dtype), cast->sinceVersion));
      }
    }
    borders.push_back({value, dtype, false});
  }
  return borders;
}

}  // namespace precast::passes
