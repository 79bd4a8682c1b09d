// The full checker of the onnx package over all results of a sweep, in one process.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "Tally.h"

namespace precast::test {

/// Checks the outputs of all models of opset 17 and below (which is what Debian's onnx knows). An outcome whose output
/// the checker refuses, though it takes the source, becomes broken. Returns how many outputs were checked. The files
/// are left in `folder`, an existing empty one.
std::size_t applyFullCheck(std::vector<SweptModel>& models, const std::vector<std::string>& sources,
                           const std::string& folder);

}  // namespace precast::test
