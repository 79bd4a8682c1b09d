// Everything that can be read of a graph or a plan, as text: two of them are the same exactly if their texts are.
// Nested bodies, payloads and the addresses of constants' contents included, which JSON graphs have no words for.
#pragma once

#include <string>

#include "precast/precast.h"

namespace precast::test {

std::string snapshotOf(const Graph& graph);
std::string snapshotOf(const PrecisionPlan& plan);

}  // namespace precast::test
