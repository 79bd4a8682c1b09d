// precision-semantics, section 9, first rule: constants beyond the range of float16.
//
// sentence                                                    | test
// off, warn, keep                                             | the guard keeps a node by the use of its constant;
//                                                             | CompileTest (warn)
// default: keep in the mix modes on non-Ascend, else warn     | PrecisionPolicyTest
// the table of uses                                           | the guard keeps a node by the use of its constant
// |x| >= 65520                                                | the guard's threshold is where float16 rounds to infinity
// traced through data movers and casts                        | the guard sees constants through movers and Casts
// through sums and products                                   | the guard keeps what reads a masked sum ...
// not where nothing is lowered                                | the guard is silent where float16 is not asked for
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

Setup& keeping(Setup& setup) {
  setup.options.policy.numericGuard = NumericGuard::keep;
  return setup;
}

std::string reason(const std::string& text, const char* nodes = "a", PrecisionMode mode = kForce16, int opset = 17) {
  Setup setup(*Target::builtin("onnx"), mode, opset);
  return keeping(setup).reasons(text, nodes);
}

TEST_CASE("the guard keeps a node by the use of its constant") {
  struct Row {
    const char* node;  // with a constant `k` beyond range, and others that are not
    bool kept;
  };
  const Row rows[] = {
      {"Mul(x, k)", true},
      {"Mul(k, x)", true},
      {"Div(x, k)", true},
      {"Div(k, x)", true},
      {"Pow(x, k)", true},
      {"MatMul(x, k)", true},
      {"Gemm(x, k)", true},
      {"Gemm(x, s, k)", true},
      {"Conv(x, k)", true},
      {"Conv(x, s, k)", true},
      {"ConvTranspose(x, k)", true},
      {"LSTM(x, k, s)", true},
      {"GRU(x, s, k)", true},
      {"RNN(x, s, s, k)", true},
      {"BatchNormalization(x, k, s, s, s)", true},
      {"BatchNormalization(x, s, s, s, k)", true},
      {"InstanceNormalization(x, s, k)", true},
      {"LayerNormalization(x, k)", true},
      {"Add(x, k)", true},
      {"Add(k, x)", true},
      {"Sub(x, k)", true},
      {"Sub(k, x)", true},
      {"Clip(x, s, k)", false},
      {"Clip(x, k)", false},
      {"Min(x, k)", false},
      {"Max(x, k)", false},
      {"Pad(x, p, k)", false},
      {"Where(b, x, k)", false},
      {"Where(b, k, x)", false},
      // no row of the table
      {"Greater(x, k)", false},
      {"PRelu(x, k)", false},
      {"Concat(x, k)", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.node);
    const std::string bools = std::string(row.node).find("Greater") == 0 ? ":bool" : "";
    const std::string text =
        "in x, b:bool, p:i64; const k[2] = 1 -70000; const s[2] = 1 2; a" + bools + " = " + row.node + "; out a";
    CHECK((reason(text) == "weight-out-of-range") == row.kept);
    // The same with a constant that fits.
    const std::string fits =
        "in x, b:bool, p:i64; const k[2] = 1 -60000; const s[2] = 1 2; a" + bools + " = " + row.node + "; out a";
    CHECK(reason(fits) != "weight-out-of-range");
  }
  // Operators by Ascend's names, in a graph that speaks them.
  Setup ascend(test::builtinWithRows("ascend310"), kForce16);
  keeping(ascend);
  CHECK(ascend.reasons("in x; const k = 70000; const s; a = BNInfer(x, s, s, s, k); b = RealDiv(a, k); "
                       "c = MatMulV2(b, k); d = Maximum(c, k); out d",
                       "a, b, c, d") == "weight-out-of-range; weight-out-of-range; weight-out-of-range; forced-fp16");
  // Kept is: its own dtypes; and the report names the constant.
  Setup setup(*Target::builtin("onnx"), kForce16, 17);
  keeping(setup);
  constexpr const char* kGraph = "in x; const k = 70000; a = Mul(x, k); b = Relu(a); c = Relu(b); out c";
  CHECK(setup.decided(kGraph, "a, b, c") == "f32 f32 -> f32; f32 -> f32; f16 -> f16");
  CHECK(setup.explained(kGraph, "a") == "a is float32: a constant is beyond the range of float16 (k)");
  // off and warn keep nothing.
  for (NumericGuard guard : {NumericGuard::off, NumericGuard::warn}) {
    setup.options.policy.numericGuard = guard;
    CHECK(setup.decided(kGraph, "a") == "f16 f16 -> f16");
  }
}

TEST_CASE("the guard's threshold is where float16 rounds to infinity") {
  const auto kept = [](const char* number) {
    return reason(std::string("in x; const k = ") + number + "; a = Mul(x, k); out a") == "weight-out-of-range";
  };
  CHECK_FALSE(kept("65504"));
  CHECK_FALSE(kept("65519"));
  CHECK(kept("65520"));
  CHECK(kept("-65520"));
  CHECK(kept("3.4e38"));
  // Infinity stays what it is, with or without float16.
  CHECK_FALSE(kept("inf"));
  CHECK_FALSE(kept("-inf"));
  CHECK_FALSE(kept("nan"));
}

TEST_CASE("the guard sees constants through movers and Casts") {
  for (const char* path : {"m = Identity(k)", "m = Reshape(k, p)", "n = Reshape(k, p); m = Transpose(n)",
                           "h:bf16 = Cast(k); m = Cast(h)", "n = Identity(k); m = Cast(n)"}) {
    CAPTURE(path);
    const std::string text = std::string("in x; const p:i64; const k[2] = 1 70000; ") + path + "; a = Mul(x, m); out a";
    CHECK(reason(text) == "weight-out-of-range");
  }
  CHECK(reason("in x; constnode k = 70000; a = Mul(x, k); out a") == "weight-out-of-range");
  CHECK(reason("in x, c:bool; const k = 70000; y = If(c) { a = Mul(x, k); out a } { e = Relu(x); out e }; out y") ==
        "weight-out-of-range");
  // What is computed from it is no constant.
  CHECK(reason("in x; const k = 70000; s = Sqrt(k); a = Mul(x, s); out a") == "forced-fp16");
  // A default that callers may override says nothing of what they will give.
  // Contents that nobody knows cannot be judged.
  CHECK(reason("in x; const k; a = Mul(x, k); out a") == "forced-fp16");
}

TEST_CASE("a Cast with a kept reader and another holds what float16 cannot") {
  // Max takes it as a bound and is float16; Add is kept. Through a float16 Cast it would become infinite for both.
  for (const char* text :
       {"in x; const k:i64[2] = 1 100000; c = Cast(k); a = Add(x, c); m = Max(x, c); out a, m",
        "in x; const k:f32[2] = 1 1e5; c = CastLike(k, x); a = Add(x, c); m = Max(x, c); out a, m"}) {
    CAPTURE(text);
    Setup setup(*Target::builtin("onnx"), kForce16, 17);
    CHECK_THAT(keeping(setup).decided(text, "c, a"), Catch::EndsWith("-> f32; f32 f32 -> f32"));
  }
}

TEST_CASE("integers and doubles that a Cast brings into a float operand are guarded") {
  for (const char* dtype : {"i64", "i32", "f64"}) {
    CAPTURE(dtype);
    const std::string text =
        std::string("in x; const k:") + dtype + "[2] = 1 100000; m = Cast(k); a = Mul(x, m); out a";
    CHECK(reason(text) == "weight-out-of-range");
    CHECK(reason(std::string("in x; const k:") + dtype + "[2] = 1 1000; m = Cast(k); a = Mul(x, m); out a") ==
          "forced-fp16");
    // The threshold is the same.
    const auto kept = [&](const char* number) {
      return reason(std::string("in x; const k:") + dtype + " = " + number + "; m = Cast(k); a = Mul(x, m); out a") ==
             "weight-out-of-range";
    };
    CHECK_FALSE(kept("65519"));
    CHECK(kept("65520"));
    CHECK(kept("-65520"));
  }
  CHECK(reason("in x; const k:f64[2] = inf nan; m = Cast(k); a = Mul(x, m); out a") == "forced-fp16");
  // An operand that is an integer never becomes float16.
  CHECK(reason("in x; const k:i64 = 100000; a = Pow(x, k); out a") == "forced-fp16");
}

TEST_CASE("the guard keeps what reads a masked sum or a huge product until something has bounded it") {
  // Cast to float16 on its way, the sum would hold infinities, and a row of them makes a Softmax NaN.
  const std::string mask = "in c:bool, x; const k = -3e38 0; m = Add(x, k); ";
  CHECK(reason(mask + "a = Softmax(m); b = Relu(a); out b", "m, a, b") ==
        "weight-out-of-range; weight-out-of-range; forced-fp16");
  CHECK(reason(mask + "f = Flatten(m); a = Softmax(f); out a", "f, a") == "weight-out-of-range; weight-out-of-range");
  CHECK(reason("in c:bool, x; const k = -3e38 0; m = Sub(x, k); w = Where(c, m, x); a = Softmax(w); out a", "w, a") ==
        "weight-out-of-range; weight-out-of-range");
  // A product with such a factor too, which a second factor may bring back.
  const std::string product = "in x; const k = 1048576; m = Mul(x, k); ";
  CHECK(reason(product + "s = Add(m, x); a = Log(s); b = Relu(a); out b", "m, s, a, b") ==
        "weight-out-of-range; weight-out-of-range; weight-out-of-range; forced-fp16");
  CHECK(reason(product + "n = Mul(m, x); a = Log(n); out a", "m, n, a") ==
        "weight-out-of-range; weight-out-of-range; forced-fp16");
}

TEST_CASE("of two constants beyond range the one with the larger finite magnitude is named, infinities apart") {
  Setup setup(*Target::builtin("onnx"), kForce16, 17);
  keeping(setup);
  CHECK_THAT(
      setup.explained("in x; const k = inf 70000; const l = 80000 1; s = Concat(k, l); a = Mul(x, s); out a", "a"),
      Catch::Contains("(l)"));
}

TEST_CASE("the guard is silent where float16 is not asked for") {
  constexpr const char* kGraph = "in x; const k = 70000; a = Mul(x, k); out a";
  struct Row {
    PrecisionMode mode;
    const char* reason;
  };
  const Row rows[] = {{PrecisionMode::forceFp32, "forced-fp32"},
                      {PrecisionMode::mustKeepOriginDtype, "kept-origin"},
                      {PrecisionMode::allowFp32ToBf16, "kept-origin"},
                      {PrecisionMode::allowFp32ToFp16, "weight-out-of-range"},
                      {PrecisionMode::allowMixPrecision, "weight-out-of-range"}};
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode));
    CHECK(reason(kGraph, "a", row.mode) == row.reason);
  }
  // A kept node is lowered where nothing else serves it, with a warning.
  Setup only16("Mul (f16 f16 -> f16)", kForce16);
  keeping(only16);
  CHECK(only16.decided(kGraph, "a") == "f16 f16 -> f16");
  CHECK_THAT(only16.messages(kGraph), Catch::Contains("cannot-keep-dtype a"));
}

}  // namespace
}  // namespace precast
