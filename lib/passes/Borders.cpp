#include "passes/Borders.h"

#include <algorithm>

#include "fmt/format.h"
#include "policy/BorderDTypes.h"

namespace precast::passes {

absl::StatusOr<std::vector<BorderDType>> resolveBorders(const Graph& graph, const PrecisionPolicy& policy,
                                                        const DiagnosticSink& diagnostics) {
  std::vector<BorderDType> borders;
  if (policy.inputFp16Nodes.empty() && !policy.outputType.all.has_value() && policy.outputType.outputs.empty()) {
    return borders;
  }
  const policy::BorderDTypes wanted = policy::borderDTypes(graph, policy, diagnostics);
  const Region& main = graph.region(RegionId::main);
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
    if (dtype != graph.dtype(value)) borders.push_back({value, dtype, false});
  }
  return borders;
}

}  // namespace precast::passes
