// Plan to graph: places the casts, converts the constants, drops the Casts that have become idle. The only room that
// changes a graph, and it makes a new one. Linear time. precision-semantics, section 6.
#pragma once

#include "absl/status/statusor.h"
#include "precast/Compile.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/Target.h"

namespace precast::rewrite {

struct Rewritten {
  Graph graph;
  RewriteSummary summary;
};

/// Applies `plan` to `graph`, for which it was made. `target` says which operators are Casts and data movers.
absl::StatusOr<Rewritten> rewrite(const Graph& graph, const PrecisionPlan& plan, const Target& target);

}  // namespace precast::rewrite
