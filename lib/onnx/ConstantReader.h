// The contents of ONNX Constant nodes, in whichever of their attributes they stand.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/NodeReader.h"
#include "onnx/TensorReader.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// True for a node of ONNX's own Constant operator, as far as one can tell without its outputs.
bool isConstantNode(const NodeParts& node);

struct ConstantValue {
  DType dtype = DType::undefined;  ///< undefined: no attribute says it, or a sparse tensor
  bool isTensor = false;           ///< `contents` are the constant's elements; else it is copied through unread
  TensorContents contents;
  ByteRange message;  ///< the TensorProto; empty for value_float and value_floats
};

/// Reads the value of a Constant node. kInvalidArgument if it has more than one, else errors as of readTensor().
absl::StatusOr<ConstantValue> readConstant(absl::Span<const std::byte> file, const NodeParts& node,
                                           ExternalData& external, const Limits& limits);

}  // namespace precast::onnx
