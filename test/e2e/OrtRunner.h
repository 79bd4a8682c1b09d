// Runs ONNX models in ONNX Runtime's CPU build: the engine of the end-to-end tests.
//
// The engine is loaded with dlopen at first use, from where test/setup.sh put it. Failures throw std::runtime_error
// with the engine's own message, which Catch2 reports. Sessions run on one thread, so that two runs give identical
// bytes.

#pragma once

#include <precast/DType.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace precast::test {

using Shape = std::vector<std::int64_t>;

/// A graph input or output as the model declares it; -1 is a dynamic dimension.
struct TensorInfo {
  std::string name;
  DType dtype = DType::undefined;
  Shape shape;
};

/// A dense tensor: row-major, little-endian, 16-bit floats as their bits.
struct Tensor {
  DType dtype = DType::undefined;
  Shape shape;
  std::vector<std::byte> bytes;
  std::vector<std::string> strings = {};  // the elements of DType::string
};

/// A tensor, or a sequence of them.
struct EngineValue {
  bool isSequence = false;
  std::vector<Tensor> tensors;  // one, if it is a tensor
};

/// The engine took the model as valid, but has no kernel for an operator at its dtypes.
class MissingKernel : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Optimization { off, all };

class OrtModel {
 public:
  /// Loads the model of a file; throws what the engine says if it refuses the model.
  explicit OrtModel(const std::string& path, Optimization optimization = Optimization::off);
  /// Loads the model that `bytes` are; throws as above, MissingKernel where only a kernel is missing.
  static OrtModel fromBytes(std::string_view bytes, Optimization optimization = Optimization::off);
  OrtModel(OrtModel&& other) noexcept;
  ~OrtModel();
  OrtModel(const OrtModel&) = delete;
  OrtModel& operator=(const OrtModel&) = delete;

  const std::vector<TensorInfo>& inputs() const { return inputs_; }
  const std::vector<TensorInfo>& outputs() const { return outputs_; }

  /// Runs the model on one tensor per graph input, and returns one per graph output. Tensors of strings and values
  /// which are not tensors are refused.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) const;
  /// The same for models with sequences and strings. The engine cannot be given an empty sequence or optional.
  std::vector<EngineValue> runValues(const std::vector<EngineValue>& inputs) const;

 private:
  struct Session;
  explicit OrtModel(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
  std::vector<TensorInfo> inputs_;
  std::vector<TensorInfo> outputs_;
};

}  // namespace precast::test
