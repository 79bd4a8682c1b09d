// A model of one node for every version of every operator in the library's schema table.

#pragma once

#include <vector>

#include "ModelSweep.h"

namespace precast::test {

/// Each version with its float operands at float32, and again at float16 where it allows that. Models are named
/// "domain:Type(version) dtype", in the order of the table.
std::vector<SweepModel> schemaModels();

}  // namespace precast::test
