// The name of a model's data file. A model refers to its data by name, and the two cannot be replaced at once; so a
// data file that is there is never replaced, and whatever model refers to it stays whole.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace precast::onnx {

struct DataFile {
  std::string path;
  bool isThere = false;  ///< with the very contents that are wanted
};

/// Where the data of the model at `modelPath`, now in the file `temporary`, belongs: `modelPath`.data, or the first of
/// `modelPath`.1.data, `modelPath`.2.data, ... that is free or holds the same bytes. kAlreadyExists after 999 of them.
absl::StatusOr<DataFile> findDataFile(const std::string& modelPath, const std::string& temporary);

}  // namespace precast::onnx
