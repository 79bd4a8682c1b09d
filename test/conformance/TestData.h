// The inputs and expected outputs that ONNX ships beside a model: TensorProtos, SequenceProtos and OptionalProtos in
// files input_0.pb, output_0.pb and so on. Source: onnx/onnx-data.in.proto and the backend tests of ONNX.

#pragma once

#include "OrtRunner.h"

#include <string>
#include <vector>

namespace precast::test {

struct TestSet {
  std::vector<EngineValue> inputs;
  std::vector<EngineValue> outputs;
};

/// Reads the test set in `folder`. `inputs` and `outputs` are the dtypes that the graph states: sequence and optional
/// say which message a file holds. Throws std::runtime_error.
TestSet readTestSet(const std::string& folder, const std::vector<DType>& inputs, const std::vector<DType>& outputs);

}  // namespace precast::test
