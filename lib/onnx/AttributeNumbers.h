// Numbers among the attributes of a node that its result is made of (Graph::addAttributeNumber): the parameters of
// random numbers, and what ConstantOfShape fills with.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/NodeReader.h"
#include "precast/Graph.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// True for an operator that has such attributes.
bool hasAttributeNumbers(const OpKind& op);

/// Adds the numbers that `parts` states to `node`, which was made of it; what is left to a default fits into every
/// dtype. Errors as of readTensor().
absl::Status addAttributeNumbers(absl::Span<const std::byte> file, const NodeParts& parts, ExternalData& external,
                                 const Limits& limits, Graph& graph, NodeId node);

}  // namespace precast::onnx
