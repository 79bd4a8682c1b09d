// Audio and line-detection networks in all modes: control flow, recurrent cells, a spectrogram, TensorFlow's layouts.
// Every output is valid, loads, compiles to itself, and agrees with the original, plain and with every value rounded;
// where float16 cannot do it, the tool has said which constant is to blame, and keeps that one in float32 when it is
// asked to.

#include "RealModels.h"
#include "Tensors.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

#include "precast/PrecisionPolicy.h"

namespace {

using namespace precast::test;

// What float16 loses without a constant to blame: the node whose result is the first to leave the original's
// (first_divergence.py), and what is left of the similarity.
struct Lost {
  const char* model;
  const char* target;
  const char* mode;
  const char* firstNode;
  double similarity;
};
constexpr Lost kLost[] = {
    // 1 where a score equals the maximum around it: neighbours that float16 rounds to one number both do.
    {"mlsd_tiny", "onnx", "force_fp16", "WireFrameModel_with_alpha/Decoder/Cast", 0.998},
    {"mlsd_tiny", "onnx", "allow_mix_precision", "WireFrameModel_with_alpha/Decoder/Cast", 0.998},
    // ... and where only MaxPool has no float32 kernel, a float32 score is hardly ever equal to its rounded maximum.
    {"mlsd_tiny", "ascend310", "force_fp32", "WireFrameModel_with_alpha/Decoder/Cast", 0},
    {"mlsd_tiny", "ascend310", "allow_fp32_to_fp16", "WireFrameModel_with_alpha/Decoder/Cast", 0},
    {"mlsd_tiny", "ascend310", "allow_mix_precision", "WireFrameModel_with_alpha/Decoder/Cast", 0},
    {"mlsd_tiny", "ascend910b", "force_fp32", "WireFrameModel_with_alpha/Decoder/Cast", 0},
    {"mlsd_tiny", "ascend910b", "allow_fp32_to_fp16", "WireFrameModel_with_alpha/Decoder/Cast", 0},
};

const Lost* lostBy(const RealModel& model, const std::string& target, const std::string& mode) {
  const auto* lost = std::find_if(std::begin(kLost), std::end(kLost), [&](const Lost& row) {
    return row.model == model.name && row.target == target && row.mode == mode;
  });
  return lost == std::end(kLost) ? nullptr : lost;
}

class EveryMode {
 public:
  explicit EveryMode(RealModel model) : model_(std::move(model)), expected_(runWith(model_, model_.path)) {}

  void check() {
    for (const std::string target : {"onnx", "ascend310", "ascend910b"}) {
      for (precast::PrecisionMode mode : precast::allPrecisionModes()) {
        checkOne(target, std::string(toString(mode)),
                 {"--target=" + target, "--precision_mode=" + std::string(toString(mode))});
      }
    }
    CHECK(seen_.size() > 2);
  }

 private:
  void checkOne(const std::string& target, const std::string& mode, Flags flags) {
    CAPTURE(model_.name, target, mode);
    const Compiled compiled(model_.path, flags);
    INFO(compiled.command().errors);
    // An Ascend SoC may have no float32 kernel to keep, or no bfloat16.
    if (target != "onnx" && mode != "force_fp16" && compiled.command().exitCode != 0) return;
    REQUIRE(compiled.command().exitCode == 0);
    const std::string bytes = readBytes(compiled.outputPath());
    if (!seen_.insert(bytes).second) return;
    const Compiled again(compiled.outputPath(), flags);
    REQUIRE(again.command().exitCode == 0);
    CHECK((readBytes(again.outputPath()) == bytes));
    CHECK(compiled.findings(model_.path) == "");
    const double similarity = similarityOf(compiled);
    if (similarity >= 0.999) return;
    INFO("similarity " << similarity);
    if (const Lost* lost = lostBy(model_, target, mode); lost != nullptr) {
      INFO("known to begin at " << lost->firstNode);
      CHECK(similarity >= lost->similarity);
      return;
    }
    CHECK(compiled.warnsOfConstant());
    flags.push_back("--numeric_guard=keep");
    const Compiled kept(model_.path, flags);
    REQUIRE(kept.command().exitCode == 0);
    CHECK(similarityOf(kept) >= 0.999);
  }

  // The lower one of the plain and the rounded run. The engine's CPU build has hardly any bfloat16 kernel to load.
  double similarityOf(const Compiled& compiled) const {
    const double rounded = worstSimilarity(runWith(model_, compiled.roundedCopy()), expected_);
    if (compiled.report().at("summary").at("bfloat16_nodes").get<int>() > 0) return rounded;
    CHECK_NOTHROW(OrtModel(compiled.outputPath(), Optimization::all));
    return std::min(rounded, worstSimilarity(runWith(model_, compiled.outputPath()), expected_));
  }

  RealModel model_;
  std::vector<Tensor> expected_;
  std::set<std::string> seen_;
};

void checkModel(const std::string& name) {
  for (const RealModel& model : audioAndLineModels()) {
    if (model.name == name) return EveryMode(model).check();
  }
  FAIL("there is no model " << name);
}

}  // namespace

TEST_CASE("Silero VAD v5, whose network is an If, in every mode") { checkModel("silero_v5"); }
TEST_CASE("Silero VAD of old, which multiplies by 2^20, in every mode") { checkModel("silero_legacy"); }
TEST_CASE("openWakeWord's mel spectrogram in every mode") { checkModel("melspectrogram"); }
TEST_CASE("openWakeWord's embedding in every mode") { checkModel("embedding"); }
TEST_CASE("openWakeWord's classifier in every mode") { checkModel("hey_jarvis"); }
TEST_CASE("M-LSD's line detection in every mode") { checkModel("mlsd_tiny"); }
