// Constants that are not converted in the model but that a Cast brings to float16 when the model runs, where values
// beyond the range become infinite (precision-semantics, section 9).
#pragma once

#include "absl/types/span.h"
#include "passes/ConstantOrigins.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/Target.h"

namespace precast::passes {

/// A "weight-out-of-range" message for each such constant, at the Cast that is decided to give float16, or else at the
/// first node that reads the Cast's result so; a note where the values are bounds only. Of `constants` the ranges are
/// used if they are known; else the contents of these constants are read, and of no others. Linear in nodes and
/// operands.
void warnOfCastConstants(const Graph& graph, const PrecisionPlan& plan, absl::Span<const TargetOp> ops,
                         const ConstantOrigins& constants, const DiagnosticSink& diagnostics);

}  // namespace precast::passes
