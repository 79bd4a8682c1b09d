// A model through every mode of several targets, and what every output of it owes its source. A case is a model and,
// where the model asks for it, a condition; whatever is special about it is read from text().
//
// Of each output: it compiles to itself byte for byte; it has the source's inputs and outputs; check_output.py finds
// nothing; it loads in ONNX Runtime whenever the source did, optimized or not; it gives what the source gives, plain
// and with every 16-bit value rounded. Where the target is "onnx" and the mode must_keep_origin_dtype, it is the
// source.

#pragma once

#include "Command.h"
#include "e2e/OrtRunner.h"

#include "precast/precast.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace precast::test {

class RoundTrip {
 public:
  explicit RoundTrip(std::string model) : model_(std::move(model)) {}
  RoundTrip(const RoundTrip&) = delete;
  RoundTrip& operator=(const RoundTrip&) = delete;

  /// Contents of a file beside the model.
  RoundTrip& file(const std::string& name, std::string bytes);
  /// What the inputs are fed with, in order; without it, seeded numbers, two along dynamic dimensions.
  RoundTrip& feed(std::vector<Tensor> inputs);
  /// Targets other than "onnx", ascend310 and ascend910b. All but "onnx" may refuse a mode, but not force_fp16.
  RoundTrip& targets(std::vector<std::string> names);
  /// The engine's CPU build has no kernel of this operator for a dtype that is asked for: the output need not load, but
  /// its rounded copy must.
  RoundTrip& noKernel(std::string opType);
  /// The engine cannot run the source.
  RoundTrip& notRun();
  /// Runs differ: random numbers.
  RoundTrip& notCompared();
  /// The largest error of float16, of 1 or of the largest value expected; 2^-7 if not said. bfloat16 has eight times as
  /// much.
  RoundTrip& tolerance(double largest);
  /// What the policy says beyond the mode.
  RoundTrip& policy(PrecisionPolicy policy);

  /// Compiles, and fails the test for all that is wrong.
  RoundTrip& check();

  /// An output as text (GraphText.h), read back from its file; "" if the target refused the mode.
  std::string text(PrecisionMode mode, const std::string& target = "onnx") const;
  /// The bytes of an output.
  std::string bytes(PrecisionMode mode, const std::string& target = "onnx") const;
  /// The path of an output.
  std::string path(PrecisionMode mode, const std::string& target = "onnx") const;
  /// The diagnostics of a compilation, one per line: "warning unknown-op n: ...".
  std::string messages(PrecisionMode mode, const std::string& target = "onnx") const;

 private:
  struct Output {
    std::string path;
    std::string bytes;  // of the model, and of its data
    std::string messages;
    bool halved = false;  // some value has become a 16-bit float
    bool bfloat16 = false;
  };
  void compileAll(const onnx::Model& source);
  void compileOne(const onnx::Model& source, const Target& target, PrecisionMode mode);
  std::string compileTo(const onnx::Model& model, const CompileOptions& options, const std::string& path,
                        std::string* messages, bool* changes) const;
  void checkWithScript(const std::vector<const Output*>& distinct) const;
  void checkWithEngine(const std::vector<const Output*>& distinct) const;
  void compare(const Output& output, const std::string& path, const std::vector<Tensor>& expected,
               const std::vector<Tensor>& inputs) const;
  std::vector<const Output*> distinctOutputs() const;
  const Output& output(PrecisionMode mode, const std::string& target) const;

  std::string model_;
  std::vector<std::pair<std::string, std::string>> files_;
  std::vector<Tensor> inputs_;
  std::vector<std::string> targets_{"onnx", "ascend310", "ascend910b"};
  std::vector<std::string> noKernel_;
  bool run_ = true;
  bool compared_ = true;
  double tolerance_ = 1.0 / 128;
  PrecisionPolicy policy_;
  ScratchFolder scratch_;
  std::map<std::pair<std::string, PrecisionMode>, Output> outputs_;
};

/// A tensor of float32 values.
Tensor floats(const Shape& shape, const std::vector<float>& values);
/// A tensor of int64 values.
Tensor longs(const Shape& shape, const std::vector<std::int64_t>& values);
/// A scalar boolean.
Tensor flag(bool value);

}  // namespace precast::test
