// Casts that the rewrite added, without their schema where the model has none of its own.
#pragma once

#include "absl/status/status.h"
#include "precast/Compile.h"

namespace precast::onnx {

/// OK if the Cast of `opset` of ONNX's own domain (0: the model does not import it) takes and gives the dtypes of all
/// that were added; else kInvalidArgument names the value and both dtypes.
absl::Status checkAddedCasts(const CompileResult& result, int opset);

}  // namespace precast::onnx
