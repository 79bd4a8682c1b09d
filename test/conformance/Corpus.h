// The models that ONNX tests its backends with, as Debian's libonnx-testdata installs them.

#pragma once

#include <vector>

#include "ModelSweep.h"

namespace precast::test {

/// All of them with their test sets, in order of their paths. Throws std::runtime_error if the package is missing.
std::vector<SweepModel> corpusModels();

}  // namespace precast::test
