// The three real models of the end-to-end tests (PP-OCR), and the tool's work on them.

#pragma once

#include "Command.h"
#include "OrtRunner.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace precast::test {

struct OcrModel {
  std::string name;
  std::string path;
  Shape shape;  // of its one input, a picture
};

OcrModel directionModel();
OcrModel detectionModel();
OcrModel recognitionModel();
std::vector<OcrModel> ocrModels();

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

  /// Makes the rounded copy of the output (rounded_copy.py) and returns its path.
  std::string roundedCopy() const;
  /// What check_output.py finds wrong with the output, one finding per line; "" for a valid output.
  std::string findings(const std::string& sourcePath) const;

 private:
  ScratchFolder scratch_;
  CommandResult command_;
  nlohmann::json report_;
};

/// The output of a model on the page with seed 1.
Tensor runOnPage(const std::string& path, const Shape& shape, Optimization optimization = Optimization::off);

}  // namespace precast::test
