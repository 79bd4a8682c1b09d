// Dtypes of values that no value_info names, from the operators' schemas.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Graph.h"

namespace precast::onnx {

/// Fills undefined dtypes of values in topological `order`: type variables bound by inputs, attributes that give a
/// dtype
/// (`attributeDTypes`, by NodeId, undefined where a node has none), defaults, and the borders of nested bodies. What
/// stays unknown (results of operators without schema) is taken from the one dtype that its readers allow, else stays
/// undefined. kInvalidArgument where a schema contradicts a dtype that is there already (the message names node, value
/// and both dtypes), or where If, Loop or Scan lacks a body or has one that does not fit. Linear time, no recursion.
absl::Status inferTypes(Graph& graph, absl::Span<const NodeId> order, absl::Span<const DType> attributeDTypes);

}  // namespace precast::onnx
