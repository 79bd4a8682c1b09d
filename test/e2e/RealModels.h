// The real models of the end-to-end tests (PP-OCR, Silero VAD, openWakeWord, M-LSD), and the tool's work on them.

#pragma once

#include "Command.h"
#include "OrtRunner.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace precast::test {

struct RealModel {
  std::string name;
  std::string path;
  std::vector<std::string> inputs;  // what each is fed with, as describedTensor() reads it
};

RealModel directionModel();
RealModel detectionModel();
RealModel recognitionModel();
std::vector<RealModel> ocrModels();
/// Voice activity (all in If bodies), wake word with its two front ends, line detection.
std::vector<RealModel> audioAndLineModels();

/// Flags of the tool: "--target=onnx" or "--soc_version=Ascend310", a mode, and more of them.
using Flags = std::vector<std::string>;

/// One run of `precast compile`, in a folder of its own.
class Compiled {
 public:
  Compiled(const std::string& model, const Flags& flags);

  const CommandResult& command() const { return command_; }
  std::string outputPath() const { return scratch_.file("output.onnx"); }
  /// The report; null if the tool wrote none.
  const nlohmann::json& report() const { return report_; }
  /// True if a warning names a node and a constant that float16 cannot hold.
  bool warnsOfConstant() const;

  /// Makes the rounded copy of the output (rounded_copy.py) and returns its path.
  std::string roundedCopy() const;
  /// What check_output.py finds wrong with the output, one finding per line; "" for a valid output.
  std::string findings(const std::string& sourcePath) const;

 private:
  ScratchFolder scratch_;
  CommandResult command_;
  nlohmann::json report_;
};

/// The outputs of the model of a file, fed with what `model` says.
std::vector<Tensor> runWith(const RealModel& model, const std::string& path,
                            Optimization optimization = Optimization::off);

/// The smallest cosine similarity of two outputs of one place; NaN if one is NaN.
double worstSimilarity(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

}  // namespace precast::test
