// The graphs of SyntheticGraph.h as ONNX files, with names as long as exporters make them. Deterministic.
#pragma once

#include <cstddef>
#include <string>

namespace precast::bench {

/// The bytes of a model of about `nodes` nodes. Initializers have one element, so that the time goes to the graph and
/// not to weights.
std::string syntheticModel(std::size_t nodes);

}  // namespace precast::bench
