// Graphs of any size for benchmarks: residual blocks of MatMul, Add, Relu, Softmax and LayerNormalization.
// Deterministic.
#pragma once

#include <cstddef>

#include "precast/Graph.h"

namespace precast::bench {

/// A graph of about `nodes` nodes with schemas of opset 17, and constants without contents.
Graph syntheticGraph(std::size_t nodes);

}  // namespace precast::bench
