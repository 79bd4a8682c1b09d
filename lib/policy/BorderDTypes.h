// What output_type and input_fp16_nodes ask of the model's own inputs and outputs. Pure; thread-safe.
#pragma once

#include <vector>

#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"

namespace precast::policy {

/// The dtypes of the main graph's inputs and outputs, by position; the value's own where the policy says nothing.
struct BorderDTypes {
  std::vector<DType> inputs;
  std::vector<DType> outputs;
};

/// An entry of output_type for a single output wins over the type for all. The latter, and input_fp16_nodes, are for
/// float values only; a single output gets what its entry says. Warnings: entries that match nothing (with the nearest
/// name), that name a value which is no output of the model, an input of input_fp16_nodes that is no float; a note for
/// each output that keeps its dtype because it is no float.
BorderDTypes borderDTypes(const Graph& graph, const PrecisionPolicy& policy, const DiagnosticSink& diagnostics);

}  // namespace precast::policy
