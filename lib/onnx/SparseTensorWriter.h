// SparseTensorProtos whose values get another dtype: the indices, and whatever else there is, are copied.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "onnx/ModelSource.h"
#include "onnx/Rope.h"

namespace precast::onnx {

/// Appends the fields of the SparseTensorProto in `range`, with those of its values as `writeValues` appends them.
absl::Status writeSparseTensor(const ModelSource& source, ByteRange range,
                               const std::function<absl::Status(ByteRange, Rope&)>& writeValues, Rope& out);

}  // namespace precast::onnx
