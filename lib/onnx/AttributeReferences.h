// Attributes of a function's nodes that take the value of an attribute of the function: what they are in one call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/LocalFunctions.h"
#include "onnx/NodeReader.h"
#include "onnx/Wire.h"

namespace precast::onnx {

/// A reference to the attribute `to` of the function, by the attribute `name` of one of its nodes.
struct AttributeReference {
  std::string_view name;
  std::string_view to;
  std::uint64_t kind = 0;  ///< AttributeProto.AttributeType; 0 if not stated
};

/// A call of `function`, a FunctionProto of `file`, by `parts`, a NodeProto of `source`.
struct FunctionCall {
  absl::Span<const std::byte> file;
  const LocalFunction* function = nullptr;
  absl::Span<const std::byte> source;
  const NodeParts* parts = nullptr;
};

/// Appends what `reference` of a node of type `nodeType` stands for to `node`, as its field `attribute`: what the call
/// gives, else the function's default. Appends nothing where there is neither. kInvalidArgument if the types differ.
absl::Status writeReference(const FunctionCall& call, const AttributeReference& reference, std::string_view nodeType,
                            std::string& node);

/// OK if the node `head` of the function can do without the attributes that `missing` would have given it: an operator
/// may have a default of its own. kInvalidArgument names the call, the function and the attribute, and `outermost`, the
/// node of the model's graph that the call comes from.
absl::Status checkMissing(const FunctionCall& call, const NodeParts& outermost, const NodeHead& head,
                          absl::Span<const AttributeReference> missing, bool hasOthers);

}  // namespace precast::onnx
