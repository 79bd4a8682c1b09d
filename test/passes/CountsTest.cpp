#include "passes/Counts.h"

#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using namespace test::modes;

std::string messages(std::string_view text, PrecisionMode mode, NumericGuard guard = NumericGuard::warn) {
  test::Setup setup(test::builtinWithRows("onnx"), mode, 17);
  setup.options.policy.numericGuard = guard;
  return setup.messages(text);
}

TEST_CASE("float arithmetic that ends in a count is warned about where 16 bits cut it short") {
  constexpr const char* kIndex =
      "in i:i64, one, t; f = Cast(i); g = Add(f, one); k:i64 = Cast(g); y = Gather(t, k); out y";
  CHECK(
      messages(kIndex, kForce16) ==
      "warning count-in-16-bits k: node 'k' (Cast) makes int64 of 'g', which is float32 in the model and float16 here: "
      "that counts exactly only to 2048\n");
  CHECK(messages(kIndex, kForce16, NumericGuard::off).empty());
  CHECK(messages(kIndex, kForce32).empty());
  CHECK(messages(kIndex, kMust).empty());
  // The model's own choice; truth values; pixels.
  CHECK(messages("in x:f16; g:f16 = Relu(x); k:i64 = Cast(g); out k", kForce16).empty());
  CHECK(messages("in x; g = Relu(x); k:bool = Cast(g); out k", kForce16).empty());
  CHECK(messages("in x; g = Relu(x); k:u8 = Cast(g); out k", kForce16).empty());
  CHECK(messages("in x; g = MatMul(x, x); k:i32 = Cast(g); out k", kMixBf16)
            .find("bfloat16 here: that counts exactly only to 256") != std::string::npos);
}

}  // namespace
}  // namespace precast
