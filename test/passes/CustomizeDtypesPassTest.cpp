// precision-semantics, section 5: customize_dtypes.
//
// sentence                                       | test
// filters the rows before everything else        | customize_dtypes filters the rows, the mode decides the rest
// an empty item is free                          | customize_dtypes filters the rows, the mode decides the rest
// no such row: an error                          | no such row is an error
//                                                | a refusal names the place of the entry, the node, how many ...
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

TEST_CASE("where an op map makes int32 and int64 one, a filter of either takes a row that has the other") {
  constexpr const char* kText = "in x, k:i64; a, b:i64 = TopK(x, k); out a, b";
  Setup ascend(test::builtinWithRows("ascend310p"), PrecisionMode::forceFp16, 17);
  for (DType index : {DType::int32, DType::int64}) {
    CAPTURE(toString(index));
    CHECK(customize(ascend, {}, {f16, index}).decided(kText, "a") == "f16 i64 -> f16 i64");
  }
  CHECK_THAT(customize(ascend, {}, {f16, DType::int8}).refused(kText), Catch::Contains("output 1 must be int8"));
  // Without a map they are two dtypes.
  Setup own("Index (f16 i64 -> f16) (f32 i64 -> f32)", PrecisionMode::forceFp16);
  CHECK_THAT(customize(own, {std::nullopt, DType::int32}, {}).refused("in x, i:i64; a = Index(x, i); out a"),
             Catch::Contains("input 1 must be int32"));
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

TEST_CASE("a refusal names the place of the entry, the node, how many operands it has and which one was asked for") {
  const auto why = [](Setup& setup, Dtypes inputs, Dtypes outputs, const char* text) {
    customize(setup, std::move(inputs), std::move(outputs));
    setup.options.policy.customizeDtypes[0].nodes.place = "c.txt:1:1";
    const std::string error = setup.refused(text);
    const std::size_t line = error.find('\n') + 1;
    return error.substr(line, error.find('\n', line) - line);
  };
  Setup rows(kRows, PrecisionMode::forceFp16);
  CHECK(why(rows, {f16, {}, f16}, {}, "in x; a = Only16(x); out a") ==
        "  node 'a' (Only16): customize_dtypes (c.txt:1:1): input 2 must be float16, but the node has 1 input");
  CHECK(why(rows, {f16}, {f16, f16}, "in x, y; a = Pair(x, y); out a") ==
        "  node 'a' (Pair): customize_dtypes (c.txt:1:1): output 1 must be float16, but the node has 1 output");
  CHECK(why(rows, {{}, {}, f16}, {}, "in x, y; a = Pair(x, y); out a") ==
        "  node 'a' (Pair): customize_dtypes (c.txt:1:1): input 2 must be float16, but the node has 2 inputs");
  // What has no float operand is named by what was asked of it.
  Setup integers("Int (i32 i64 -> i32)", PrecisionMode::forceFp16);
  CHECK(
      why(integers, {{}, f16}, {}, "in x:i32, i:i64; a:i32 = Int(x, i); out a") ==
      "  node 'a' (Int): input 1 'i' is int64; customize_dtypes (c.txt:1:1): input 1 must be float16; ops_info offers "
      "int64");
  // All that are not there.
  CHECK(why(rows, {{}, f16, f32}, {}, "in x; a = Only16(x); out a") ==
        "  node 'a' (Only16): customize_dtypes (c.txt:1:1): input 1 must be float16, but the node has 1 input; "
        "customize_dtypes (c.txt:1:1): input 2 must be float32, but the node has 1 input");
  // Those that are there, and have another dtype.
  CHECK(why(rows, {f32}, {}, "in x; a = Only16(x); out a") ==
        "  node 'a' (Only16): input 0 'x' is float32; customize_dtypes (c.txt:1:1): input 0 must be float32; ops_info "
        "offers float16");
  // What needs no kernel row: no library is to blame.
  Setup ascend(test::builtinWithRows("ascend310"), PrecisionMode::forceFp16);
  ascend.opset = 17;
  CHECK(
      why(ascend, {f16}, {}, "in x, c:bool; a = If(c) { y = Relu(x); out y } { z = Abs(x); out z }; out a") ==
      "  node 'a' (If): customize_dtypes (c.txt:1:1): input 0 must be float16, but it is bool, and control flow keeps "
      "the dtypes of its operands");
  CHECK(why(ascend, {{}, f16}, {}, "in x, c:bool; a = If(c) { y = Relu(x); out y } { z = Abs(x); out z }; out a") ==
        "  node 'a' (If): customize_dtypes (c.txt:1:1): input 1 must be float16, but the node has 1 input");
  CHECK(why(ascend, {}, {f16}, "in x, c:bool; a = If(c) { y = Relu(x); out y } { z = Abs(x); out z }; out a") ==
        "  node 'a' (If): customize_dtypes (c.txt:1:1): output 0 must be float16, but it is float32, and control flow "
        "keeps the dtypes of its operands");
  CHECK(
      why(ascend, {}, {DType::int32}, "in x; a:i64 = Shape(x); out a") ==
      "  node 'a' (Shape): customize_dtypes (c.txt:1:1): output 0 must be int32, but it is int64, and Shape keeps its "
      "own dtypes");
  CHECK(
      why(ascend, {}, {f16}, "in x; a:i64 = Cast(x); out a") ==
      "  node 'a' (Cast): customize_dtypes (c.txt:1:1): output 0 must be float16, but it is int64, and Cast gives its "
      "result another dtype only from float to float");
  CHECK(why(ascend, {DType::int32}, {}, "in x; a = Identity(x); out a") ==
        "  node 'a' (Identity): customize_dtypes (c.txt:1:1): input 0 must be int32, but it is float32, and Identity "
        "only hands on what it has, or another float dtype of its schema");
}

TEST_CASE("a refusal of an operator that needs no kernel row says what it does, and its hint speaks of no row") {
  struct Row {
    int opset;
    Dtypes inputs, outputs;
    const char* text;
    const char* why;
    const char* decided;  // where the hint is followed
  };
  const Row rows[] = {
      {17,
       {f16},
       {},
       "in x; a:i64 = Cast(x); out a",
       "input 0 must be float16, but it is float32, and Cast takes its inputs as they are",
       "f32 -> i64"},
      {17,
       {},
       {f16},
       "in x:i64; a:i32 = Cast(x); out a",
       "output 0 must be float16, but it is int32, and Cast gives its result another dtype only from float to float",
       "i64 -> i32"},
      {17,
       {},
       {DType::int32},
       "in x:i64; a = Cast(x); out a",
       "output 0 must be int32, but it is float32, and Cast gives its result another dtype only from float to float",
       "i64 -> f32"},
      {9,
       {},
       {DType::bfloat16},
       "in x:i64; a = Cast(x); b:i64 = Shape(a); out b",
       "output 0 must be bfloat16, but it is float32, and the schema of Cast has no such result",
       "i64 -> f32"},
      {17,
       {f16},
       {},
       "in x; a:i64 = Shape(x); out a",
       "input 0 must be float16, but it is float32, and Shape keeps its own dtypes",
       "f32 -> i64"},
      {17,
       {DType::int32},
       {},
       "in x; a = Identity(x); out a",
       "input 0 must be int32, but it is float32, and Identity only hands on what it has, or another float dtype of "
       "its "
       "schema",
       "f16 -> f16"},
      {9,
       {},
       {DType::bfloat16},
       "in x; a = Identity(x); out a",
       "output 0 must be bfloat16, but it is float32, and Identity only hands on what it has, or another float dtype "
       "of "
       "its schema",
       "f16 -> f16"},
      {17,
       {},
       {f16},
       "in x, c:bool; a = If(c) { y = Relu(x); out y } { z = Abs(x); out z }; out a",
       "output 0 must be float16, but it is float32, and control flow keeps the dtypes of its operands",
       "bool -> f32"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Setup setup(*Target::builtin("onnx"), PrecisionMode::forceFp16, row.opset);
    CHECK_THAT(customize(setup, row.inputs, row.outputs).refused(row.text),
               Catch::EndsWith(std::string(row.why) +
                               "\nhint: leave free in customize_dtypes what an operator without kernel rows does not "
                               "change"));
    setup.options.policy.customizeDtypes.clear();
    CHECK(setup.decided(row.text, "a") == row.decided);
  }
  // A node that lacks the operand is told to leave it free, whatever it is.
  Setup setup(*Target::builtin("onnx"), PrecisionMode::forceFp16, 17);
  CHECK_THAT(customize(setup, {{}, f16}, {}).refused("in x; a = Identity(x); out a"),
             Catch::Contains("hint: leave an operand of customize_dtypes free"));
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
  // What no row is known of is no exception, either: an operator that the target does not know, or has no schema for.
  Setup onnx(*Target::builtin("onnx"), PrecisionMode::forceFp16);
  for (const char* op : {"Relu", "Conv"}) {
    const std::string text = std::string("in x; a = ") + op + "(x); out a";
    CHECK_THAT(
        customize(onnx, {f16}, {}).refused(text),
        Catch::Contains(
            std::string("node 'a' (") + op +
            "): input 0 'x' is float32; customize_dtypes, line 1: input 0 must be float16; target "
            "'onnx' takes kernel rows from ONNX schemas, and the operator has none (a JSON graph has no "
            "schemas)\n"
            "hint: leave an operand of customize_dtypes free, or name dtypes that one kernel row has together; give "
            "an operator that has no kernel for such dtypes kernel rows with --ops_info"));
    CHECK(customize(onnx, {f32}, {f32}).decided(text, "a") == "f32 -> f32");
  }
  Setup tensorrt(*Target::builtin("tensorrt"), PrecisionMode::forceFp16);
  CHECK_THAT(customize(tensorrt, {f16}, {}).refused("in x; a = Frob(x); out a"),
             Catch::Contains("input 0 must be float16; tensorrt has no Frob"));
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
