// Whether compiling a model left it as it was.
#pragma once

#include "onnx/ModelSource.h"
#include "precast/Compile.h"

namespace precast::onnx {

/// True if the file of `source`, as it stands, is the model of `result`: no dtype, node or constant is another, the
/// order of nodes is the file's, no node has the implementation mode of an earlier compilation, and no tensor lies
/// outside of the file. Linear in the number of values.
bool isUnchanged(const CompileResult& result, const ModelSource& source);

}  // namespace precast::onnx
