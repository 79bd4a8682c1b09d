// Constants that a Cast brings to float16 when the model runs; those that are converted in the model are
// NumericGuardPassTest's and ModelWriterTest's.
#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

using test::Setup;

constexpr const char* kRows = R"(
Both (f16 -> f16) (f32 -> f32)
Only32 (f32 -> f32)
White white (f16 f16 -> f16)
Mul (f16 f16 -> f16) (f32 f32 -> f32)
Clip (f16 f16 f16 -> f16) (f32 f32 f32 -> f32)
Reshape mover (f32 -> f32)
)";

std::string messages(const char* text, PrecisionMode mode = PrecisionMode::forceFp16,
                     std::optional<NumericGuard> guard = NumericGuard::warn) {
  Setup setup(kRows, mode);
  setup.options.policy.numericGuard = guard;
  return setup.messages(text);
}

const std::string kInfinite = " values beyond the range of float16 (largest magnitude 1000000); they become infinite "
                              "when the Cast runs\n";

TEST_CASE("a constant that only a Cast at run time brings to float16 is warned of", "[cast-constants]") {
  // The model's own Cast, and one that the mode retargets.
  CHECK(messages("in x:f16; const w:f32[3] = 1 -1000000 7; c:f16 = Cast(w); y:f16 = Mul(x, c); out y") ==
        "warning weight-out-of-range c: node 'c': constant 'w' has 1 of 3" + kInfinite);
  CHECK(messages("in x; const w:i64[2] = 1000000 2; c = Cast(w); y = Mul(x, c); out y") ==
        "warning weight-out-of-range c: node 'c': constant 'w' has 1 of 2" + kInfinite);
  CHECK(messages("in x; const w:f64 = 1000000; c = Cast(w); y = Mul(x, c); out y") ==
        "warning weight-out-of-range c: node 'c': constant 'w' has 1 of 1" + kInfinite);
  // Of what infinities there are nothing is told: float16 has them.
  for (const char* dtype : {"f32", "f64", "bf16"}) {
    CAPTURE(dtype);
    CHECK_THAT(messages((std::string("in x:f16; const w:") + dtype +
                         "[4] = inf 131072 nan -inf; c:f16 = Cast(w); y:f16 = Mul(x, c); out y")
                            .c_str()),
               Catch::Contains("'w' has 1 of 4 values beyond the range of float16 (largest finite magnitude 131072)"));
  }
  // Through movers, on both sides of a Cast; the Constant node is a constant too.
  CHECK(messages("in x:f16; constnode w = 1000000; m = Reshape(w); d:f64 = Cast(m); c:f16 = Cast(d); "
                 "y:f16 = Mul(x, c); out y") ==
        "warning weight-out-of-range c: node 'c': constant 'w' has 1 of 1" + kInfinite);
  // A Cast that the compiler places behind the model's.
  CHECK(messages("in x; const w:i32 = 1000000; c = Cast(w); z = Only32(c); y = White(x, c); out y, z",
                 PrecisionMode::allowMixPrecision) ==
        "warning weight-out-of-range y: node 'y': constant 'w' has 1 of 1" + kInfinite);
}

TEST_CASE("bounds beyond the range that a Cast brings to float16 are a note", "[cast-constants]") {
  CHECK(messages("in x:f16, h:f16; const w = 1000000; c:f16 = Cast(w); y:f16 = Clip(x, h, c); out y") ==
        "note weight-out-of-range c: node 'c': constant 'w' has 1 of 1" + kInfinite);
  CHECK(messages("in x:f16, h:f16; const w = 1000000; c:f16 = Cast(w); y:f16 = Clip(x, h, c); z:f16 = Mul(x, c); "
                 "out y, z") == "warning weight-out-of-range c: node 'c': constant 'w' has 1 of 1" + kInfinite);
}

TEST_CASE("a constant within the range, one that no Cast narrows, and a guard that is off are silent",
          "[cast-constants]") {
  CHECK(messages("in x:f16; const w:f32[2] = 65519 -65504; c:f16 = Cast(w); y:f16 = Mul(x, c); out y").empty());
  CHECK(messages("in x:f16; const w; c:f16 = Cast(w); y:f16 = Mul(x, c); out y").empty());  // contents unknown
  CHECK(messages("in x; const w:i32 = 1000000; c = Cast(w); z = Only32(c); out z", PrecisionMode::forceFp32).empty());
  CHECK(
      messages("in x:f16; const w:i32 = 1000000; b:bool = Cast(w); c:f16 = Cast(b); y:f16 = Mul(x, c); out y").empty());
  // Converted in the model: whoever converts it reports it.
  CHECK(messages("in x; const w = 1000000; y = Mul(x, w); out y").empty());
  constexpr const char* kCast = "in x:f16; const w = 1000000; c:f16 = Cast(w); y:f16 = Mul(x, c); out y";
  CHECK(messages(kCast, PrecisionMode::forceFp16, NumericGuard::off).empty());
  // The scan of the guard is not made again; what it found is said.
  CHECK(messages(kCast, PrecisionMode::forceFp16, NumericGuard::keep).find("they become infinite when the Cast runs") !=
        std::string::npos);
}

}  // namespace
}  // namespace precast
