// precision-semantics, section 5: customize_dtypes.
//
// sentence                                       | test
// filters the rows before everything else        | customize_dtypes filters the rows, the mode decides the rest
// an empty item is free                          | customize_dtypes filters the rows, the mode decides the rest
// no such row: an error                          | no such row is an error
// omitted optional operands match anything       | an operand that is optional and not there has any dtype, ...
// node beats type                                | PolicyIndexTest
#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using Dtypes = std::vector<std::optional<DType>>;

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;

constexpr const char* kRows = R"(
Pair (f16 f16 -> f16) (f16 f32 -> f16) (f32 f16 -> f32) (f32 f32 -> f32)
Only16 (f16 -> f16)
Black black (f16 -> f16) (f32 -> f32)
Index (f16 i32 -> f16) (f32 i64 -> f32)
)";

Setup& customize(Setup& setup, Dtypes inputs, Dtypes outputs) {
  setup.options.policy.customizeDtypes = {
      {{NodeSelector::Kind::node, "a", "customize_dtypes, line 1"}, std::move(inputs), std::move(outputs)}};
  return setup;
}

TEST_CASE("customize_dtypes filters the rows, the mode decides the rest") {
  constexpr const char* kPair = "in x, y; a = Pair(x, y); out a";
  Setup force(kRows, PrecisionMode::forceFp16);
  CHECK(customize(force, {f32}, {}).decided(kPair, "a") == "f32 f16 -> f32");
  CHECK(customize(force, {std::nullopt, f32}, {}).decided(kPair, "a") == "f16 f32 -> f16");
  CHECK(customize(force, {}, {f32}).decided(kPair, "a") == "f32 f16 -> f32");
  CHECK(force.reasons(kPair, "a") == "customized");
  CHECK_THAT(force.explained(kPair, "a"), Catch::Contains("(customize_dtypes, line 1)"));
  Setup allow(kRows, PrecisionMode::allowFp32ToFp16);
  CHECK(customize(allow, {f16}, {f16}).decided(kPair, "a") == "f16 f32 -> f16");
  // It asks no leave of a list, of keep_dtype or of the mode.
  Setup black(kRows, PrecisionMode::allowMixPrecision);
  customize(black, {f16}, {f16});
  black.options.policy.keepDtype = {{NodeSelector::Kind::node, "a", ""}};
  CHECK(black.decided("in x; a = Black(x); out a", "a") == "f16 -> f16");
  Setup must(kRows, PrecisionMode::mustKeepOriginDtype);
  CHECK(customize(must, {f16}, {f16}).decided("in x; a = Only16(x); out a", "a") == "f16 -> f16");
  // A filter of what is no float picks rows as well; a Cast and a mover obey.
  Setup index(kRows, PrecisionMode::forceFp32);
  CHECK(customize(index, {std::nullopt, DType::int32}, {}).decided("in x, i:i32; a = Index(x, i); out a", "a") ==
        "f16 i32 -> f16");
  CHECK(customize(force, {}, {f32}).decided("in x:i64; a = Cast(x); out a", "a") == "i64 -> f32");
  CHECK(customize(force, {f32}, {f32}).decided("in x; a = Identity(x); out a", "a") == "f32 -> f32");
}

TEST_CASE("an operand that is optional and not there has any dtype, one that cannot be there has none") {
  // Conv with and without its bias; "" is an omitted operand too.
  constexpr const char* kConv = "in x; const w; const b; a = Conv(x, w); out a";
  constexpr const char* kBiased = "in x; const w; const b; a = Conv(x, w, b); out a";
  for (const char* target : {"ascend310", "onnx"}) {
    CAPTURE(target);
    Setup setup(test::builtinWithRows(target), PrecisionMode::forceFp16, 17);
    customize(setup, {f16, f16, f16}, {f16});
    CHECK(setup.decided(kConv, "a") == "f16 f16 -> f16");
    CHECK(setup.decided(kBiased, "a") == "f16 f16 f16 -> f16");
    customize(setup, {f16, f16, f16, f16}, {f16});
    CHECK_THAT(setup.refused(kBiased), Catch::Contains("input 3 must be float16"));
  }
}

TEST_CASE("no such row is an error") {
  Setup setup(kRows, PrecisionMode::forceFp16);
  const auto refused = [&](Dtypes inputs, Dtypes outputs, const char* text) {
    return customize(setup, std::move(inputs), std::move(outputs)).refused(text);
  };
  CHECK_THAT(refused({f32}, {}, "in x; a = Only16(x); out a"),
             Catch::Contains("customize_dtypes, line 1: input 0 must be float32; ops_info offers float16"));
  CHECK_THAT(refused({f32}, {f16}, "in x, y; a = Pair(x, y); out a"), Catch::Contains("output 0 must be float16"));
  CHECK_THAT(refused({DType::int64}, {}, "in x; a = Only16(x); out a"), Catch::Contains("input 0 must be int64"));
  // An operand that the node does not have.
  CHECK_THAT(refused({std::nullopt, f16}, {}, "in x; a = Only16(x); out a"),
             Catch::Contains("input 1 must be float16"));
  // A Cast gives what its version of the schema has.
  for (const bool isNewer : {false, true}) {
    Setup onnx(*Target::builtin("onnx"), PrecisionMode::allowFp32ToFp16, isNewer ? 13 : 9);
    customize(onnx, {}, {DType::bfloat16});
    constexpr const char* kGraph = "in x; a = Cast(x); b:i64 = Shape(a); out b";
    if (isNewer) CHECK(onnx.decided(kGraph, "a") == "f32 -> bf16");
    if (!isNewer) CHECK_THAT(onnx.refused(kGraph), Catch::Contains("output 0 must be bfloat16"));
  }
  // What keeps its own dtypes anyway is no exception.
  CHECK_THAT(refused({f16}, {}, "in x; a:i64 = Shape(x); out a"), Catch::Contains("input 0 must be float16"));
  CHECK_THAT(refused({}, {DType::int32}, "in x; a:i64 = Shape(x); out a"), Catch::Contains("output 0 must be int32"));
}

}  // namespace
}  // namespace precast
