// What is wrong with a policy whatever the graph: the readers of its files refuse this with line and column, entries
// made by the API are looked at here. Pure; thread-safe; linear in the entries.
#pragma once

#include "absl/status/status.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace precast::policy {

/// kInvalidArgument, naming the entry and what disagrees: an entry without a name; entries for the same nodes that ask
/// for different dtypes or implementation modes (built-in tables aside); an operator moved to two lists, or to black
/// and white by two names that `target`, if it is not null, has for it; an output of two dtypes.
absl::Status checkContradictions(const PrecisionPolicy& policy, const Target* target);

}  // namespace precast::policy
