// The oracle of the float16 tests is tested itself: on models whose result tells whether a value has been rounded.

#include "Command.h"
#include "OrtRunner.h"
#include "Scripts.h"
#include "Tensors.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace precast::test;

bool allZero(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
}

void succeed(const CommandResult& result) {
  INFO(result.output << result.errors);
  REQUIRE(result.exitCode == 0);
}

std::vector<float> outputOf(const std::string& path) {
  const OrtModel model(path);
  REQUIRE(model.inputs().size() == 1);
  const std::vector<Tensor> outputs = model.run({seededTensor(model.inputs()[0], {8}, 7)});
  REQUIRE(outputs.size() == 1);
  CHECK(outputs[0].dtype == model.outputs()[0].dtype);
  return toFloats(outputs[0]);
}

}  // namespace

TEST_CASE("a rounded copy rounds at every 16-bit node and keeps the interface") {
  const ScratchFolder scratch;
  succeed(runScript("half_models.py", {scratch.path().string()}));
  for (const std::string name : {"half_interface", "constant_node", "last_moves", "bfloat16", "nested_body"}) {
    DYNAMIC_SECTION(name) {
      const std::string source = scratch.file(name + ".onnx");
      const std::string copy = scratch.file(name + ".rounded.onnx");
      succeed(runScript("rounded_copy.py", {source, copy}));
      succeed(runScript("check_output.py", {"--narrowing", source, copy}));
      CHECK(allZero(outputOf(copy)));
    }
  }
}

TEST_CASE("a plain run of the engine does not round, which is why there is a rounded copy") {
  const ScratchFolder scratch;
  succeed(runScript("half_models.py", {scratch.path().string()}));
  CHECK_FALSE(allZero(outputOf(scratch.file("constant_node.onnx"))));
}
