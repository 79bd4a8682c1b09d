// Tensors that are no value of the graph: in attributes of any operator, in functions and in training_info. They keep
// their bytes, but what is outside the model would be lost where the output lies in another directory: contents of
// attributes are written into the output, and what is in messages that nobody rewrites is refused. Thread-safe: no
// state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/ExternalData.h"
#include "onnx/Message.h"
#include "onnx/ModelSource.h"
#include "onnx/NodeReader.h"
#include "onnx/Rope.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// Notes the external tensors in attributes of `node` in `source`, but for the value of a Constant.
/// Errors as readTensor(), and kUnimplemented for sparse ones.
absl::Status noteAttributeTensors(const NodeParts& node, bool isConstant, ExternalData& external, const Limits& limits,
                                  ModelSource& source);

/// kUnimplemented if the message in `range` (a function, a training_info), which stays as it is, or anything inside of
/// it holds an external tensor; `what` names it. Linear time, no recursion.
absl::Status refuseExternalTensors(absl::Span<const std::byte> file, ByteRange range, const MessageSpec& spec,
                                   std::string_view what);

/// True if an attribute of the NodeProto in `node` has contents in `source.attributeContents`.
bool hasExternalAttributes(const ModelSource& source, ByteRange node);

/// Appends the TensorProto in `range` with `contents` in it.
void copyWithContents(const ModelSource& source, ByteRange range, absl::Span<const std::byte> contents, Rope& out);

}  // namespace precast::onnx
