// Models that are float16 already, in the mode that asks for bfloat16, and the other way round.
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast::test {
namespace {

using namespace test::modes;

// compiled() fails the test if a second compilation changes anything.
std::string compiled(PrecisionMode mode, std::string_view text) {
  Setup setup(builtinWithRows("onnx"), mode);
  setup.opset = 17;
  setup.options.policy.numericGuard = NumericGuard::off;
  return setup.compiled(text);
}

std::string decided(std::string_view target, PrecisionMode mode, std::string_view text, std::string_view nodes) {
  Setup setup(builtinWithRows(target), mode);
  setup.opset = 17;
  return setup.decided(text, nodes);
}

TEST_CASE("a gray node of a float16 model follows a bfloat16 producer as a whole, and a second compilation agrees") {
  compiled(kMixBf16, "in x:f16; m:f16 = MatMul(x, x); y:f16 = Abs(m); out y");
  CHECK(decided("onnx", kMixBf16, "in x:f16; m:f16 = MatMul(x, x); y:f16 = Abs(m); out y", "y") == "bf16 -> bf16");
  CHECK(decided("onnx", kMix, "in x:bf16; m:bf16 = MatMul(x, x); y:bf16 = Abs(m); out y", "y") == "f16 -> f16");
}

TEST_CASE("operands beside the one that follows go along, whichever comes first") {
  const std::string_view first = "in x:f16, z:f16; m:f16 = MatMul(x, x); y:f16 = Add(m, z); out y";
  const std::string_view second = "in x:f16, z:f16; m:f16 = MatMul(x, x); y:f16 = Add(z, m); out y";
  compiled(kMixBf16, first);
  compiled(kMixBf16, second);
  CHECK(decided("onnx", kMixBf16, first, "y") == "bf16 bf16 -> bf16");
  CHECK(decided("onnx", kMixBf16, second, "y") == "f16 f16 -> f16");
}

TEST_CASE("an operand that keeps its dtype in every mode goes along with nobody") {
  constexpr const char* kRows = "Gray (f16 f16 -> f16) (f32 f32 -> f32)\n"
                                "Keep (f16 f16! -> f16) (f32 f32! -> f32)\n"
                                "White white (f16 -> f16) (f32 -> f32)";
  const Setup setup(kRows, kMix);
  CHECK(setup.decided("in x:bf16, z:bf16; w:bf16 = White(x); y:bf16 = Gray(w, z); out y", "y") == "f16 f16 -> f16");
  CHECK(setup.decided("in x:bf16, z:bf16; w:bf16 = White(x); y:bf16 = Keep(w, z); out y", "y") == "f32 f32 -> f32");
}

TEST_CASE("MeanVarianceNormalization is float32, as the function that defines it") {
  for (const std::string_view target : {"onnx", "tensorrt", "ort-dml", "ort-cuda"}) {
    INFO(target);
    CHECK(decided(target, PrecisionMode::forceFp16, "in x; y = MeanVarianceNormalization(x); out y", "y") ==
          "f32 -> f32");
  }
}

}  // namespace
}  // namespace precast::test
