// precision-semantics, section 2, point 4: nodes that nothing accepts.
//
// sentence                                     | test
// all such nodes, with operand and dtype       | an error names every refused node with its operand and ...
// what each library offers                     | the same
// what would help                              | each hint helps
// nodes behind a failed one see its own dtypes | a node behind a refused one is decided as if ... kept its own dtypes
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Only16 (f16 -> f16)
Brain (bf16 -> bf16)
Black16 black (f16 -> f16)
White white (f16 -> f16) (f32 -> f32)
Both (f16 -> f16) (f32 -> f32)
Int (i32 -> i32)
Mixed (f16 f32 -> f16)
)";

TEST_CASE("an error names every refused node with its operand and what each library has") {
  CHECK(Setup(kRows, kMust).refused("in x, y; a = Only16(x); b = Both(a); c = Mixed(b, y); d = Frob(c); out d") ==
        "target 'rows.json' has no kernel in must_keep_origin_dtype for 3 nodes:\n"
        "  node 'a' (Only16): input 0 'x' is float32; ops_info offers float16\n"
        "  node 'c' (Mixed): input 0 'b' is float32; ops_info offers float16\n"
        "  node 'd' (Frob): input 0 'c' is float32; ops_info has no Frob\n"
        "hint: use allow_fp32_to_fp16, which lowers the nodes that have no kernel of their own dtype, and only those; "
        "give an operator that has no kernel for such dtypes kernel rows with --ops_info");
  // The operand at fault is named, not the first; a node without a name by number and operator.
  CHECK_THAT(Setup(kRows, kMust).refused("in x:f16, y:bf16; c:f16 = Mixed(x, y); d:f16 = Only16(y); out c, d"),
             Catch::Contains("node 'd' (Only16): input 0 'y' is bfloat16"));
  // The operator that the target has for it stands beside the model's own, and every library speaks.
  Setup ascend(test::builtinWithRows("ascend310"), kMust);
  ascend.opset = 17;
  CHECK_THAT(ascend.refused("in x; const w; y = Conv(x, w); out y"),
             Catch::Contains("node 'y' (Conv -> Conv2D): input 0 'x' is float32; aicore offers float16; "
                             "aicpu has no Conv2D"));
}

TEST_CASE("of several operands the one is named whose dtype no row has") {
  CHECK_THAT(Setup("Op (f32 f16 -> f32)", PrecisionMode::mustKeepOriginDtype).refused("in x, y; a = Op(x, y); out a"),
             Catch::Contains("input 1 'y' is float32; ops_info offers float16"));
}

TEST_CASE("an operator without a float input is refused by its output and what libraries have for that") {
  CHECK_THAT(Setup("Window (i64 -> f16)", kMust).refused("in n:i64; w:f32 = Window(n); out w"),
             Catch::Contains("node 'w' (Window): output 0 'w' is float32; ops_info offers float16"));
}

TEST_CASE("an input that is no float is named where it is what no row has beside the others") {
  const char* power = "Pow (f16 f16 -> f16) (f32 f32 -> f32) (i32 i32 -> i32)";
  const auto why = [](std::string error) {
    error = error.substr(error.find('\n') + 1);
    return error.substr(0, error.find('\n'));
  };
  CHECK(why(Setup(power, kMust).refused("in x, e:i64; y = Pow(x, e); out y")) ==
        "  node 'y' (Pow): input 1 'e' is int64; ops_info offers float16, float32");
  // Some row has this dtype, but not beside a float.
  CHECK(why(Setup(power, kMust).refused("in x, e:i32; y = Pow(x, e); out y")) ==
        "  node 'y' (Pow): input 1 'e' is int32; ops_info offers float16, float32");
  CHECK(why(Setup("Pick (f32 i32 i64 -> f32)", kMust).refused("in x, a:i32, b:i32; y = Pick(x, a, b); out y")) ==
        "  node 'y' (Pick): input 2 'b' is int32; ops_info offers int64");
  // Two are wrong, and no change of one alone would help.
  CHECK(why(Setup("Pick (f32 i32 i64 -> f32)", kMust).refused("in x, a:i64, b:i32; y = Pick(x, a, b); out y")) ==
        "  node 'y' (Pick): input 1 'a' is int64; ops_info offers int32");
  // A float that is not offered comes first.
  CHECK(why(Setup("Pick (f16 i32 -> f16)", kMust).refused("in x, a:i64; y = Pick(x, a); out y")) ==
        "  node 'y' (Pick): input 0 'x' is float32; ops_info offers float16");
  Setup ascend(test::builtinWithRows("ascend310p"), kMust);
  ascend.opset = 15;
  CHECK_THAT(ascend.refused("in x, e:i64; y = Pow(x, e); out y"),
             Catch::Contains("'e' is int64; aicore offers float16"));
}

TEST_CASE("each hint helps") {
  struct Row {
    PrecisionMode mode;
    const char* node;
    const char* hint;
  };
  const Row rows[] = {
      {kMust, "Only16", "use allow_fp32_to_fp16"},
      {PrecisionMode::allowFp32ToBf16, "Only16", "use allow_fp32_to_fp16, for there are float16 kernels"},
      {PrecisionMode::allowMixPrecisionBf16, "Only16", "use allow_fp32_to_fp16, for there are float16 kernels"},
      {kMix, "Black16",
       "add a black node to keep_dtype, which lowers it as a last resort, or move its operator to "
       "the gray list"},
      {PrecisionMode::forceFp32, "Black16", "add a black node to keep_dtype, which lowers it as a last resort"},
      {PrecisionMode::allowFp32ToFp16, "Brain",
       "give an operator that has no kernel for such dtypes kernel rows with "
       "--ops_info"},
      {PrecisionMode::allowFp32ToFp16, "Frob",
       "give an operator that has no kernel for such dtypes kernel rows with "
       "--ops_info"},
  };
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode), row.node);
    const std::string text = std::string("in x; a = ") + row.node + "(x); out a";
    Setup setup(kRows, row.mode);
    const std::string error = setup.refused(text);
    const std::string hint = error.substr(error.rfind('\n') + 1);
    CHECK_THAT(hint, Catch::StartsWith(std::string("hint: ") + row.hint));
    CHECK(hint.find(';') == std::string::npos);
    if (hint.find("allow_fp32_to_fp16") != std::string::npos) {
      setup.options.policy.mode = PrecisionMode::allowFp32ToFp16;
      CHECK(setup.decided(text, "a") == "f16 -> f16");
      if (hint.find("customize_dtypes") == std::string::npos) continue;
      setup.options.policy.mode = PrecisionMode::allowMixPrecision;
      CHECK(setup.decided(text, "a") == "f16 -> f16");
      setup.options.policy.mode = row.mode;
      setup.options.policy.customizeDtypes = {
          {{NodeSelector::Kind::node, "a", ""}, {DType::float16}, {DType::float16}}};
      CHECK(setup.decided(text, "a") == "f16 -> f16");
      CHECK(Setup("Only16 (f16 -> f16) (bf16 -> bf16)", row.mode).decided(text, "a") == "bf16 -> bf16");
    } else if (hint.find("keep_dtype") != std::string::npos) {
      setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "a", ""}};
      CHECK(setup.decided(text, "a") == "f16 -> f16");
      setup.options.policy.keepDtype.clear();
      if (hint.find("gray list") != std::string::npos) {
        setup.options.policy.listMoves = {{"Black16", ListColour::gray, ""}};
        CHECK(setup.decided(text, "a") == "f16 -> f16");
      }
    } else {
      const Setup given("Brain (f32 -> f32)\nFrob (f32 -> f32)", row.mode);
      CHECK(given.decided(text, "a") == "f32 -> f32");
    }
  }
  Setup filtered(kRows, PrecisionMode::forceFp16);
  filtered.options.policy.customizeDtypes = {
      {{NodeSelector::Kind::node, "a", "customize_dtypes, line 2"}, {DType::bfloat16}, {}}};
  CHECK(
      filtered.refused("in x; a = Both(x); out a") ==
      "target 'rows.json' has no kernel in force_fp16 for 1 node:\n"
      "  node 'a' (Both): input 0 'x' is float32; customize_dtypes, line 2: input 0 must be bfloat16; ops_info offers "
      "float16, float32\n"
      "hint: leave an operand of customize_dtypes free, or name dtypes that one kernel row has together");
}

// The refusal of `text` and what becomes of it once the hint's example is followed: "REFUSAL\nDECIDED".
std::string refusedAndHelped(Setup& setup, const std::string& text, std::vector<std::optional<DType>> inputs) {
  auto& custom = setup.options.policy.customizeDtypes;
  custom = {{{NodeSelector::Kind::node, "a", "customize_dtypes, line 1", "d.txt:1:1"}, std::move(inputs), {}}};
  const std::string error = setup.refused(text);
  const std::size_t from = error.rfind('(') + 1;
  const std::string line = "a::" + error.substr(from, error.rfind(" for node 'a'") - from);
  const auto entries = parseCustomizeDtypes(line, "hint.txt");
  INFO(error << entries.status().ToString());
  REQUIRE(entries.ok());
  custom = *entries;
  return error.substr(error.find('\n') + 3) + "\n" + setup.decided(text, "a");
}

TEST_CASE("a filter that leaves out an operand which must change with it is told that operand and all to name") {
  const std::string hint = "\nhint: name every operand of such a node in customize_dtypes, for what is not named does "
                           "as the mode says (";
  const DType f16 = DType::float16;
  const DType bf16 = DType::bfloat16;
  constexpr const char* kText = "in x, y; a = Both16(x, y); out a";
  for (PrecisionMode mode : {kMust, kMix}) {
    Setup setup("Both16 black (f16 f16 -> f16)", mode);
    const std::string in = std::string(" is float32, is not named, and does not become float16 in ") +
                           std::string(toString(mode)) + ", which the nearest kernel row of ops_info needs";
    CHECK(refusedAndHelped(setup, kText, {f16}) ==
          "node 'a' (Both16): customize_dtypes (d.txt:1:1): input 0 must be float16; input 1 'y'" + in +
              "; output 0 'a'" + in + hint + "InputDtype:float16,float16,OutputDtype:float16 for node 'a')" +
              "\nf16 f16 -> f16");
  }
  // Of several rows the one that asks least; what is no float and what is omitted need no name.
  Setup some("Pick (f16 i32 f16 f16 -> f16) (f16 i32 f16 f32 -> f16) (f16 i32 f16 f16 -> f32)", kMust);
  CHECK(refusedAndHelped(some, "in x, i:i32, z; a = Pick(x, i, -, z); out a", {f16}) ==
        "node 'a' (Pick): customize_dtypes (d.txt:1:1): input 0 must be float16; output 0 'a' is float32, is not "
        "named, and does not become float16 in must_keep_origin_dtype, which the nearest kernel row of ops_info "
        "needs" +
            hint + "InputDtype:float16,,,float32,OutputDtype:float16 for node 'a')\nf16 i32 - f32 -> f16");
  // A 16-bit dtype that is not the mode's, in a target that has it.
  constexpr const char* kGelu = "in x; a = com.microsoft:Gelu(x); out a";
  for (PrecisionMode mode : {PrecisionMode::forceFp16, kMust}) {
    Setup setup(*Target::builtin("ort-cuda"), mode);
    CHECK(refusedAndHelped(setup, kGelu, {bf16}) ==
          "node 'a' (com.microsoft:Gelu): customize_dtypes (d.txt:1:1): input 0 must be bfloat16; output 0 'a' is "
          "float32, is not named, and does not become bfloat16 in " +
              std::string(toString(mode)) + ", which the nearest kernel row of cuda needs" + hint +
              "InputDtype:bfloat16,OutputDtype:bfloat16 for node 'a')\nbf16 -> bf16");
  }
  Setup setup(*Target::builtin("ort-cuda"), PrecisionMode::allowFp32ToBf16);
  CHECK_THAT(refusedAndHelped(setup, kGelu, {f16}),
             Catch::Contains("does not become float16 in allow_fp32_to_bf16") && Catch::EndsWith("f16 -> f16"));
  // A row that the schema cannot express is none.
  Setup limited(test::builtinWithRows("ascend310"), kMust, 11);
  limited.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "a", ""}, {f16}, {}}};
  constexpr const char* kNorm = "in x; const s, b, m, v; a = BatchNormalization(x, s, b, m, v); out a";
  CHECK_THAT(limited.refused(kNorm),
             Catch::Contains("aicpu has no BNInfer; it has rows of these dtypes, but version 9 of ONNX's "
                             "BatchNormalization does not allow them (schema-limits)\nhint: name other dtypes in "
                             "customize_dtypes, or leave some free: the schema"));
  limited.opset = 15;
  CHECK_THAT(limited.refused(kNorm), Catch::Contains("OutputDtype:float16 for node 'a')"));
  // Where nothing has what is named, a name more is of no use.
  Setup none("Both16 (f16 f16 -> f16) (f32 f32 -> f32)", kMust);
  none.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "a", "customize_dtypes, line 1"}, {bf16}, {}}};
  CHECK_THAT(none.refused(kText), Catch::Contains("hint: leave an operand of customize_dtypes free"));
  // Nor is a free one, where an operand that is no float keeps every row away; a library behind the first is not asked.
  none.options.policy.customizeDtypes[0].inputs = {f16};
  CHECK_THAT(none.refused("in x, y:i64; a = Both16(x, y); out a"),
             Catch::Contains("input 1 'y' is int64") && Catch::Contains("hint: give an operator that has no kernel"));
  Setup ascend(test::builtinWithRows("ascend310"), PrecisionMode::forceFp16);
  ascend.options.policy.customizeDtypes = none.options.policy.customizeDtypes;
  ascend.opset = 17;
  CHECK_THAT(ascend.refused("in x; a = Det(x); out a"), Catch::Contains("leave an operand of customize_dtypes free"));
  ascend.options.policy.customizeDtypes.clear();
  CHECK(ascend.decided("in x; a = Det(x); out a", "a") == "f32 -> f32");
}

TEST_CASE("a node behind a refused one is decided as if that one kept its own dtypes") {
  // A gray operand may follow its producer to float16 in a bfloat16 mode too, which is the only way to serve `c`.
  const Setup setup("Only16 (f16 -> f16)\nDown (f16 -> f32)\nBrain (bf16 -> bf16)",
                    PrecisionMode::allowMixPrecisionBf16);
  CHECK(setup.decided("in x:f16; a:f16 = Only16(x); c = Down(a); out c", "a, c") == "f16 -> f16; f16 -> f32");
  const std::string error = setup.refused("in x; a = Only16(x); c = Down(a); out c");
  CHECK_THAT(error, Catch::Contains("for 2 nodes:\n  node 'a' (Only16)"));
  CHECK_THAT(error, Catch::Contains("\n  node 'c' (Down): input 0 'a' is float32"));
}

TEST_CASE("a refusal of an operator of another domain does not speak of ONNX's of that name") {
  const test::Setup setup(test::builtinWithRows("ascend310p", "Gelu (f16 -> f16) (f32 -> f32)"),
                          PrecisionMode::forceFp16, 20);
  const std::string refused = setup.refused("in x; a = com.microsoft:Gelu(x); b = Gelu(a); out b");
  CHECK_THAT(refused,
             Catch::Contains("for 1 node:\n  node 'a' (com.microsoft:Gelu): ") &&
                 Catch::Contains("aicore has no com.microsoft:Gelu; aicpu has no com.microsoft:Gelu") &&
                 Catch::EndsWith("kernel rows with --ops_info, in an entry that has its \"domain\" if it is not "
                                 "ONNX's"));
  CHECK_THAT(setup.refused("in x; a = Frob(x); out a"), Catch::EndsWith("kernel rows with --ops_info"));
}

}  // namespace
}  // namespace precast
