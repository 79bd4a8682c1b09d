// ValueInfoProtos of the output: made anew, or those of the file under another name or with another dtype, with
// everything else in them as it stands. Thread-safe: no state.
#pragma once

#include <string>
#include <string_view>

#include "onnx/ModelSource.h"
#include "onnx/Rope.h"
#include "onnx/Wire.h"
#include "precast/Graph.h"

namespace precast::onnx {

/// The ValueInfoProto of a value that is a tensor: name, dtype and shape.
std::string tensorInfo(const Graph& graph, ValueId value);

/// Appends the ValueInfoProto `at` under the name `name` and, if `dtype` is not undefined, with that dtype.
void copyInfoAs(const ModelSource& source, const WireField& at, std::string_view name, DType dtype, Rope& out);

}  // namespace precast::onnx
