// Real models on every built-in target: the output is valid, runs, agrees with the original, and compiles to itself.

#include "RealModels.h"
#include "Tensors.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <string_view>

#include "precast/Target.h"

namespace {

using namespace precast::test;

bool isAscend(std::string_view target) { return target.substr(0, 6) == "ascend"; }

}  // namespace

TEST_CASE("a model compiled for any target is valid and agrees with the original and compiles to itself") {
  const std::string mode = GENERATE(as<std::string>{}, "force_fp16", "allow_mix_precision");
  for (const RealModel& model : ocrModels()) {
    const Tensor expected = runWith(model, model.path).at(0);
    for (std::string_view target : precast::Target::builtinNames()) {
      DYNAMIC_SECTION(model.name << " " << target << " " << mode) {
        const Flags flags = {"--target=" + std::string(target), "--precision_mode=" + mode, "--numeric_guard=keep"};
        const Compiled compiled(model.path, flags);
        INFO(compiled.command().output << compiled.command().errors);
        REQUIRE(compiled.command().exitCode == 0);
        CHECK(compiled.findings(model.path) == "");
        CHECK(cosineSimilarity(runWith(model, compiled.outputPath()).at(0), expected) >= 0.999);
        const Compiled again(compiled.outputPath(), flags);
        REQUIRE(again.command().exitCode == 0);
        CHECK((readBytes(compiled.outputPath()) == readBytes(again.outputPath())));
      }
    }
  }
}

TEST_CASE("no Ascend SoC has a float32 convolution to keep and every other target has") {
  const RealModel model = detectionModel();
  for (std::string_view target : precast::Target::builtinNames()) {
    CAPTURE(target);
    const Compiled compiled(model.path, {"--target=" + std::string(target), "--precision_mode=must_keep_origin_dtype"});
    CHECK(compiled.command().exitCode == (isAscend(target) ? 1 : 0));
    CHECK(std::filesystem::exists(compiled.outputPath()) != isAscend(target));
    if (isAscend(target)) CHECK_THAT(compiled.command().errors, Catch::Contains("Conv2D"));
  }
}
