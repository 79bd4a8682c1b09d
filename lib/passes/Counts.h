// Whole numbers that end up in 16 bits: float16 counts exactly to 2048 only, bfloat16 to 256.
#pragma once

#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/Target.h"

namespace precast::passes {

/// A warning "count-in-16-bits" for each Cast that makes integers (lengths, positions, indices) of what the model has
/// in float32 and the plan in 16 bits.
void warnOfCounts(const Graph& graph, const PrecisionPlan& plan, absl::Span<const TargetOp> ops,
                  const DiagnosticSink& diagnostics);

}  // namespace precast::passes
