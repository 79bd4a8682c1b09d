// A model whose weights fill many chunks, compiled and ready to be written, for tests of writing.
#pragma once

#include <string>
#include <vector>

#include "Command.h"
#include "precast/precast.h"

namespace precast::test {

/// The bytes of a chain of MatMuls with weights of 0.1 to 1 MB, no two alike; their contents inside the model, or in
/// the file `dataFile`, whose bytes go to `data`.
std::string weightedModel(std::string_view dataFile = {}, std::string* data = nullptr);

/// A folder with "in.onnx" (and "in.onnx.data", if the weights are external), compiled to float16.
class CompiledModel {
 public:
  explicit CompiledModel(bool external);
  std::string path(const std::string& name) const { return folder_.file(name); }
  const CompileResult& result() const { return result_; }
  const onnx::Model& model() const { return model_; }
  /// The names of all files in the folder, sorted.
  std::vector<std::string> names() const;

 private:
  ScratchFolder folder_;
  onnx::Model model_;
  CompileResult result_;
};

/// The contents of all constants of the model at `path`, by name, at their dtypes; fails the test if it cannot be read.
std::string contentsOf(const std::string& path);

}  // namespace precast::test
