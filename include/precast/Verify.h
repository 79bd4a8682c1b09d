// The verifier: structural and dtype invariants of a Graph.
#pragma once

#include "absl/status/status.h"
#include "precast/Export.h"
#include "precast/Graph.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// Checks that every operand exists and is visible from its region, that no value has two producers, that nodes form no
/// cycle, and that the dtypes at each node with a schema are legal for it. Linear time, no recursion.
/// kInvalidArgument names the node, the value and the two things that disagree. Thread-safe.
absl::Status verify(const Graph& graph);

}  // namespace precast
PRECAST_EXPORT_END
