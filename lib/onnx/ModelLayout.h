// The whole output model as pieces, with all lengths known: what stays is a range of the input file, what is new is
// text, and converted constants are named, to be converted while they are written.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "onnx/ModelSource.h"
#include "onnx/Rope.h"
#include "precast/Compile.h"

namespace precast::onnx {

struct ExternalLayout {
  bool enabled = false;               ///< large tensors go to a data file
  std::string fileName;               ///< its name beside the model
  std::uint64_t alignment = 64;       ///< a cache line, and what memory-mapping readers of tensors ask at most
  std::uint64_t minimumBytes = 1024;  ///< smaller tensors stay in the model; ONNX's own tools draw the line here
};

struct ModelLayout {
  Rope model;
  Rope data;  ///< of the data file; empty: there is none
  std::vector<ConvertedFill> fills;
};

absl::StatusOr<ModelLayout> layOutModel(const CompileResult& result, const ModelSource& source,
                                        const ExternalLayout& external);

}  // namespace precast::onnx
