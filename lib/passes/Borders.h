// The model's own inputs and outputs that the policy gives another dtype (output_type, input_fp16_nodes;
// precision-semantics, section 5).
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/PrecisionPolicy.h"

namespace precast::passes {

/// What changes, inputs before outputs, by position. Entries that match nothing are warned about. kInvalidArgument for
/// a value that is input and output and would have two dtypes.
absl::StatusOr<std::vector<BorderDType>> resolveBorders(const Graph& graph, const PrecisionPolicy& policy,
                                                        const DiagnosticSink& diagnostics);

}  // namespace precast::passes
