// External tensors that are no constant of the graph: in attributes of any operator, in sparse tensors, in functions
// that are kept and in training_info. They keep their dtype and bytes, but the output may lie in another directory than
// its source, so it holds their contents. Thread-safe: no state.
#pragma once

#include "absl/status/status.h"
#include "onnx/ExternalData.h"
#include "onnx/Message.h"
#include "onnx/ModelSource.h"
#include "onnx/NodeReader.h"
#include "onnx/Rope.h"
#include "precast/Limits.h"

namespace precast::onnx {

/// Whether the contents of a tensor may be missing: nobody runs a function that is not called.
enum class MissingData { isAnError, isKept };

/// Notes the external tensors of the message in `range`, a `spec`, in `source`. Errors as readTensor(); with isKept, a
/// tensor whose file is not there, or that has no directory to look in, is left as it is. No recursion.
absl::Status noteKeptTensors(ByteRange range, const MessageSpec& spec, MissingData missing, ExternalData& external,
                             const Limits& limits, ModelSource& source);

/// As noteKeptTensors, for the attributes of `node`, but for the value of a Constant.
absl::Status noteAttributeTensors(const NodeParts& node, bool isConstant, ExternalData& external, const Limits& limits,
                                  ModelSource& source);

/// Appends the field `at`, a `spec`, with the contents of the tensors in it that were noted; all else is copied.
/// Recursion is bounded by Limits::regionDepth.
void copyKept(const ModelSource& source, const WireField& at, const MessageSpec& spec, Rope& out);

}  // namespace precast::onnx
