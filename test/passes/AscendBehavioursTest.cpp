// What users of ATC know from it and find again, on the tables of Ascend310 and Ascend910.
#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

using test::Setup;

constexpr const char* kConv = "in x; const w; a = Conv2D(x, w); out a";

TEST_CASE("Conv2D with only fp16 under force_fp32 stays fp16") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    const Setup setup(test::builtinWithRows(target), PrecisionMode::forceFp32);
    CHECK(setup.decided(kConv, "a").substr(0, 7) == "f16 f16");
    CHECK(setup.libraries(kConv, "a") == "aicore");
    CHECK(setup.reasons(kConv, "a") == "only-fp16-kernel");
    CHECK(setup.explained(kConv, "a") == "a is float16: aicore has only a float16 kernel that serves it");
  }
}

TEST_CASE("a black-listed operator goes to the AI CPU in fp32, or to the error where the AI CPU has none") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    // Black by a move of the user's, in the mixed mode.
    Setup moved(test::builtinWithRows(target), PrecisionMode::allowMixPrecision);
    CHECK(moved.decided(kConv, "a").substr(0, 3) == "f16");
    moved.options.policy.listMoves = {{"Conv2D", ListColour::black, "modify_mixlist, line 1"},
                                      {"AvgPoolV2", ListColour::black, "modify_mixlist, line 1"}};
    CHECK_THAT(moved.refused(kConv), Catch::Contains("node 'a' (Conv2D): input 0 'x' is float32; aicore offers "
                                                     "float16; aicpu has no Conv2D\nhint: add a black node to"));
    constexpr const char* kPool = "in x; a = AvgPoolV2(x); out a";
    CHECK(moved.decided(kPool, "a") == "f32 -> f32");
    CHECK(moved.libraries(kPool, "a") == "aicpu");
    CHECK(moved.reasons(kPool, "a") == "aicpu-fallback");
    // Black by the table, in force_fp32.
    const Setup forced(test::builtinWithRows(target, "Conv2D black (f16 f16 -> f16)\nAvgPoolV2 black (f16 -> f16)"),
                       PrecisionMode::forceFp32);
    CHECK_THAT(forced.refused(kConv), Catch::Contains("aicpu has no Conv2D"));
    CHECK(forced.decided(kPool, "a") == "f32 -> f32");
    CHECK(forced.libraries(kPool, "a") == "aicpu");
    // Not black: it stays on the AI Core.
    CHECK(Setup(test::builtinWithRows(target), PrecisionMode::forceFp32).libraries(kPool, "a") == "aicore");
  }
}

TEST_CASE("an fp16 model is raised by force_fp32") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    const Setup setup(test::builtinWithRows(target), PrecisionMode::forceFp32);
    CHECK(setup.compiled("in x:f16; a:f16 = Sqrt(x); b:f16 = Relu(a); out b") ==
          "in x:f16\nx_cast_fp32:f32 = Cast(x)\na:f32 = Sqrt(x_cast_fp32)\nb_fp32:f32 = Relu(a)\n"
          "b:f16 = Cast(b_fp32)\nout b\n");
    CHECK(setup.reasons("in x:f16; a:f16 = Sqrt(x); out a", "a") == "forced-fp32");
  }
}

TEST_CASE("must_keep_origin_dtype refuses a model with Conv2D and says so") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    const Setup setup(test::builtinWithRows(target), PrecisionMode::mustKeepOriginDtype);
    CHECK(setup.refused(kConv) ==
          std::string("target '") + target +
              "' has no kernel in must_keep_origin_dtype for 1 node:\n"
              "  node 'a' (Conv2D): input 0 'x' is float32; aicore offers float16; aicpu has no Conv2D\n"
              "hint: use allow_fp32_to_fp16, which lowers the nodes that have no kernel of their own dtype, and only "
              "those");
  }
}

TEST_CASE("allow_fp32_to_fp16 keeps fp32 where it exists and lowers where it does not") {
  constexpr const char* kGraph = "in x; const w; a = Sqrt(x); b = Conv2D(a, w); c = Relu(b); out c";
  const Setup small(test::builtinWithRows("ascend310"), PrecisionMode::allowFp32ToFp16);
  CHECK(small.decided(kGraph, "a, b, c") == "f32 -> f32; f16 f16 -> f16; f32 -> f32");
  // Ascend910's Conv2D can give float32, which is what the model says.
  const Setup large(test::builtinWithRows("ascend910"), PrecisionMode::allowFp32ToFp16);
  CHECK(large.decided(kGraph, "a, b, c") == "f32 -> f32; f16 f16 -> f32; f32 -> f32");
  CHECK(small.reasons(kGraph, "a, b, c") == "kept-origin; only-fp16-kernel; kept-origin");
}

TEST_CASE("gray follows its predecessor through chains, branches, operand order, Casts and captures") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    const auto decided = [&](const char* text, const char* nodes) {
      return Setup(test::builtinWithRows(target, "Lower white (f16 -> f16)\nHold black (f32 -> f32)"),
                   PrecisionMode::allowMixPrecision)
          .decided(text, nodes);
    };
    // Sigmoid, SoftmaxV2 and Maximum are gray in both tables.
    CHECK(decided("in x; a = Lower(x); b = Sigmoid(a); c = SoftmaxV2(b); out c", "b, c") == "f16 -> f16; f16 -> f16");
    CHECK(decided("in x; a = Hold(x); b = Sigmoid(a); c = SoftmaxV2(b); out c", "b, c") == "f32 -> f32; f32 -> f32");
    CHECK(decided("in x; a = Lower(x); l = Sigmoid(a); r = Hold(a); s = SoftmaxV2(r); out l, s", "l, s") ==
          "f16 -> f16; f32 -> f32");
    CHECK(decided("in x, y; a = Lower(x); h = Hold(y); m = Maximum(a, h); n = Maximum(h, a); out m, n", "m, n") ==
          "f16 f16 -> f16; f32 f32 -> f32");
    CHECK(decided("in x:f16; a:f16 = Lower(x); r = Cast(a); b = Sigmoid(r); out b", "b") == "f16 -> f16");
    CHECK(decided("in c:bool, x; a = Lower(x); y = If(c) { t = Sigmoid(a); out t } { e = Sigmoid(x); out e }; out y",
                  "t, e") == "f16 -> f16; f32 -> f32");
  }
}

TEST_CASE("keep_dtype has no effect under must_keep") {
  for (const char* target : {"ascend310", "ascend910"}) {
    CAPTURE(target);
    Setup setup(test::builtinWithRows(target), PrecisionMode::mustKeepOriginDtype);
    const std::string without = setup.refused(kConv);
    setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "a", "keep_dtype, line 1"}};
    CHECK(setup.refused(kConv) == without);
    CHECK_THAT(setup.messages(kConv), Catch::Contains("keep_dtype has no effect in must_keep_origin_dtype"));
  }
}

}  // namespace
}  // namespace precast
