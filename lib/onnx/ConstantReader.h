// The contents of ONNX Constant nodes, in whichever of their attributes they stand.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/NodeReader.h"
#include "onnx/TensorReader.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// True for a node of ONNX's own Constant operator, as far as one can tell without its outputs.
bool isConstantNode(const NodeParts& node);

/// True for the name of an attribute that may give a Constant its value.
bool givesValue(std::string_view attribute);

struct ConstantValue {
  DType dtype = DType::undefined;  ///< undefined: no attribute says it, or a sparse tensor
  bool isTensor = false;           ///< `contents` are the constant's elements; else it is copied through unread
  TensorContents contents;
  ByteRange message;  ///< the TensorProto; empty for value_float and value_floats
};

/// The attribute that gives a Constant node its value. kInvalidArgument if it has none or more than one.
absl::StatusOr<const NodeAttribute*> valueAttribute(const NodeParts& node);

/// Reads the value that stands in `attribute` of a Constant node. Errors as of readTensor().
absl::StatusOr<ConstantValue> readConstant(absl::Span<const std::byte> file, const NodeAttribute& attribute,
                                           ExternalData& external, const Limits& limits);

}  // namespace precast::onnx
