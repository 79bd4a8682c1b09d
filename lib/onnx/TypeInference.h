// Dtypes of values that no value_info names, from the operators' schemas.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/ValueInfoReader.h"
#include "precast/DType.h"
#include "precast/Graph.h"

namespace precast::onnx {

/// What a file says about types beside the dtypes of values in the graph.
struct StatedTypes {
  std::vector<DType> attributes;  ///< by NodeId: Cast `to`, the contents of a Constant, ...; undefined where none does
  absl::flat_hash_map<ValueId, Held> held;    ///< of sequences and optionals; lookups only
  absl::flat_hash_map<ValueId, DType> hints;  ///< of results, by the functions that they were in; lookups only
};

/// Fills undefined dtypes of values in topological `order`: type variables bound by inputs, attributes that give a
/// dtype, defaults, what containers hold, and the borders of nested bodies. What stays unknown (results of operators
/// without schema) is taken from the hints, or from the one dtype that its readers allow, else stays undefined.
/// kInvalidArgument where a schema contradicts a dtype that is there already (the message names node, value and both
/// dtypes), or where If, Loop or Scan lacks a body or has one that does not fit. Linear time, no recursion.
absl::Status inferTypes(Graph& graph, absl::Span<const NodeId> order, const StatedTypes& stated);

}  // namespace precast::onnx
