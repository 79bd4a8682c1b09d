// The model's own inputs and outputs that the policy gives another dtype (output_type, input_fp16_nodes;
// precision-semantics, section 5).
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/PrecisionPolicy.h"

namespace precast::passes {

/// What changes, inputs before outputs, in the policy's order; nothing for dtypes that are there already.
/// kInvalidArgument for a name or an output that the model does not have, for one that is not float, and for a value
/// that is input and output and would have two dtypes.
absl::StatusOr<std::vector<BorderDType>> resolveBorders(const Graph& graph, const PrecisionPolicy& policy);

}  // namespace precast::passes
