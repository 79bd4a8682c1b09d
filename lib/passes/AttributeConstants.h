// Constants that only a node knows, because they stand among its attributes (Graph::addAttributeNumber): what the
// numeric guard has to say of those that float16 cannot hold (precision-semantics, section 9).
#pragma once

#include "absl/types/span.h"
#include "passes/ConstantOrigins.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"

namespace precast::passes {

/// The attribute of `node` that float16 cannot hold: the largest if one is beyond its range; else, of random numbers, a
/// spread or bounds of which nothing but zero would be left. Null if there is none, or if the node's result has no
/// float dtype of another range.
const AttributeNumber* lostInHalf(const Graph& graph, NodeId node);

/// Notes the nodes with attributes beyond the range, and what they make as sums beyond it: no constant of the model, it
/// would become infinite where a Cast brings it to float16. What serves as a bound alone is left out.
void findLostAttributes(const Graph& graph, ConstantOrigins& origins);

/// A "weight-out-of-range" or "constant-vanishes" message for each node that makes float16 of an attribute that this
/// cannot hold. Not for fills, which are told of by whoever converts them.
void warnOfAttributes(const Graph& graph, const PrecisionPlan& plan, const DiagnosticSink& diagnostics);

}  // namespace precast::passes
