// precast decides, ahead of time, the precision in which every operator of a neural network runs, places the casts,
// converts the weights, and says why. The shortest program:
//
//   #include "precast/precast.h"
//
//   absl::Status toFloat16(const std::string& in, const std::string& out) {
//     auto model = precast::onnx::readFile(in);
//     if (!model.ok()) return model.status();
//     auto result = precast::compile(model->graph);  // force_fp16 on the generic ONNX target
//     if (!result.ok()) return result.status();
//     return precast::onnx::writeFile(*result, *model->source, out).status();
//   }
#pragma once

#include "precast/Compile.h"
#include "precast/DType.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/GraphJson.h"
#include "precast/Half.h"
#include "precast/Limits.h"
#include "precast/Onnx.h"
#include "precast/Operators.h"
#include "precast/PolicyFiles.h"
#include "precast/PrecisionPass.h"
#include "precast/PrecisionPlan.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Progress.h"
#include "precast/Report.h"
#include "precast/Target.h"
#include "precast/Verify.h"
#include "precast/Version.h"
