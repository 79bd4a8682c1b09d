// Models on disk that are nearly all weights, of any size: a chain of MatMuls with float32 matrices of 16 MiB each.
// Deterministic. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace precast::bench {

enum class Weights {
  inside,    ///< in the model; the sum must stay below 2 GiB
  external,  ///< in PATH.data beside it
  sparse,    ///< as external, in a file without blocks: all zero, and free of charge on the disk
};

/// Writes a model with `bytes` of weights (rounded up to whole matrices) to `path`. False if it cannot.
bool writeWeightedModel(const std::string& path, std::uint64_t bytes, Weights weights);

}  // namespace precast::bench
