// precision-semantics, section 3: white, black and gray in the mixed modes. The plain modes: ModesTest.
//
// sentence                                                   | test
// the colour comes from the table only                       | a colour is the target's, and a move of the policy wins
// true white, false black, absent or empty gray              | OpsInfoReaderTest (precision_reduce names a list)
// anything else is a load error: op and word                 | OpsInfoReaderTest (a wrong op-info file is refused ...)
// fp16 reads bf16 in the bf16 mode                           | white takes the mode's dtype or falls back to its own
// white wants fp16; no fp16 row: as allow_fp32_to_fp16       | white takes the mode's dtype or falls back to its own
// black wants its own, raises, never lowers                  | black keeps its own dtype, is raised, never lowered
// black, only lower rows: next library, else the error       | black, only lower rows: next library, else the error
// gray inputs want what the node before decided              | gray follows the node before it
// ... raise, else lower                                      | gray is raised, else lowered
// no decided producer: its own dtype                         | gray without a node before it keeps its own dtype
// a constant keeps its own where the row leaves a choice     | a constant beside a gray operand
// outputs want their own dtype, raise, else lower            | a gray operator's outputs want their own dtype
// the first non-constant float input decides                 | the first operand of a gray operator decides
// order-dependent note                                       | a decision that hangs on the operand order says so
// look-through of 16-bit -> fp32 Casts of a node's result    | gray looks through raising Casts to a node
// the chain ends at a graph input or a constant: own dtype   | gray looks through raising Casts to a node
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Gray (f16 -> f16) (f32 -> f32) (bf16 -> bf16)
Gray16 (f16 -> f16)
Gray32 (f32 -> f32)
GrayPair (f16 f16 -> f16) (f32 f32 -> f32)
GrayFree (f16 f16 -> f16) (f16 f32 -> f16) (f32 f16 -> f32) (f32 f32 -> f32)
GrayOut (f16 -> f32) (f16 -> f16) (f32 -> f32)
GrayOut16 (f16 -> f16) (f32 -> f16)
White white (f16 -> f16) (f32 -> f32) (bf16 -> bf16)
White32 white (f32 -> f32)
WhiteHalves white (bf16 -> bf16) (f16 -> f16)
WhiteOdd white (i32 -> i32) (f32 -> f32) (bf16 -> bf16)
Black black (f16 -> f16) (f32 -> f32) (bf16 -> bf16)
Black16 black (f16 -> f16)
Black32 black (f32 -> f32)
)";

std::string decided(const char* text, const char* nodes) { return Setup(kRows, kMix).decided(text, nodes); }

TEST_CASE("a colour is the target's, and a move of the policy wins") {
  constexpr const char* kGraph = "in x; a = White(x); b = Black(a); c = Gray(b); out c";
  CHECK(decided(kGraph, "a, b, c") == "f16 -> f16; f32 -> f32; f32 -> f32");
  // An operator that public lists would call white is gray where the table does not say so.
  CHECK(Setup("Conv (f16 f16 -> f16) (f32 f32 -> f32)", kMix).decided("in x; const w; a = Conv(x, w); out a", "a") ==
        "f32 f32 -> f32");
  Setup moved(kRows, kMix);
  moved.options.policy.listMoves = {{"White", ListColour::black, ""},
                                    {"Black", ListColour::white, "modify_mixlist, line 3"}};
  CHECK(moved.decided(kGraph, "a, b, c") == "f32 -> f32; f16 -> f16; f16 -> f16");
  CHECK(moved.explained(kGraph, "c") ==
        "c is float16: gray, follows b; b is float16: white list (modify_mixlist, line 3)");
}

TEST_CASE("white takes the mode's dtype or falls back to its own") {
  CHECK(decided("in x; a = White(x); out a", "a") == "f16 -> f16");
  CHECK(Setup(kRows, kMixBf16).decided("in x; a = White(x); out a", "a") == "bf16 -> bf16");
  CHECK(Setup(kRows, kMixBf16).decided("in x:f16; a:f16 = WhiteHalves(x); out a", "a") == "bf16 -> bf16");
  CHECK(decided("in x; a = White32(x); out a", "a") == "f32 -> f32");
  CHECK(Setup(kRows, kMix).reasons("in x; a = White32(x); out a", "a") == "only-fp32-kernel");
  // Its own dtype, not the first row or float32.
  CHECK(decided("in x:bf16; a:bf16 = WhiteOdd(x); out a", "a") == "bf16 -> bf16");
  CHECK(decided("in x:f16; a:f16 = White32(x); out a", "a") == "f32 -> f32");
}

TEST_CASE("black keeps its own dtype, is raised, never lowered") {
  CHECK(decided("in x; a = White(x); b = Black(a); out b", "b") == "f32 -> f32");
  CHECK(decided("in x:f16; b:f16 = Black(x); out b", "b") == "f16 -> f16");
  CHECK(decided("in x:bf16; b:bf16 = Black(x); out b", "b") == "bf16 -> bf16");
  CHECK(decided("in x:f16; b:f16 = Black32(x); out b", "b") == "f32 -> f32");
  CHECK(Setup(kRows, kMix).reasons("in x; b = Black(x); out b", "b") == "black-list");
}

TEST_CASE("black, only lower rows: next library, else the error") {
  constexpr const char* kGraph = "in x; a = Sin(x); out a";
  const Setup onAiCpu(test::builtinWithRows("ascend310", "Sin black (f16 -> f16)"), kMix);
  CHECK(onAiCpu.decided(kGraph, "a") == "f32 -> f32");
  CHECK(onAiCpu.libraries(kGraph, "a") == "aicpu");
  CHECK(onAiCpu.reasons(kGraph, "a") == "aicpu-fallback");
  CHECK_THAT(Setup(kRows, kMix).refused("in x; a = Black16(x); out a"),
             Catch::Contains("node 'a' (Black16): input 0 'x' is float32; ops_info offers float16"));
}

TEST_CASE("gray follows the node before it") {
  CHECK(decided("in x; a = White(x); b = Gray(a); c = Gray(b); d = Gray(c); out d", "b, c, d") ==
        "f16 -> f16; f16 -> f16; f16 -> f16");
  CHECK(decided("in x; a = White(x); b = Black(a); c = Gray(b); d = Gray(a); out c, d", "c, d") ==
        "f32 -> f32; f16 -> f16");
  CHECK(Setup(kRows, kMixBf16).decided("in x; a = White(x); b = Gray(a); out b", "b") == "bf16 -> bf16");
  CHECK(Setup(kRows, kMix).explained("in x; a = White(x); b = Gray(a); c = Gray(b); out c", "c") ==
        "c is float16: gray, follows b; b is float16: gray, follows a; a is float16: white list");
}

TEST_CASE("gray is raised, else lowered") {
  CHECK(decided("in x; a = White(x); b = Gray32(a); out b", "b") == "f32 -> f32");
  CHECK(decided("in x; a = Black(x); b = Gray16(a); out b", "b") == "f16 -> f16");
  CHECK(Setup(kRows, kMix).reasons("in x; a = White(x); b = Gray32(a); c = Gray16(b); out c", "b, c") ==
        "only-fp32-kernel; only-fp16-kernel");
}

TEST_CASE("gray without a node before it keeps its own dtype") {
  CHECK(decided("in x, y:f16; a = Gray(x); b:f16 = Gray(y); out a, b", "a, b") == "f32 -> f32; f16 -> f16");
  CHECK(Setup(kRows, kMix).reasons("in x; a = Gray(x); out a", "a") == "kept-origin");
  // A body's input is as good as a graph's.
  CHECK(decided("in n:i64, c:bool, x; w = White(x)\n"
                "y = Loop(n, c, w) { in i:i64, d:bool, s; b = Gray(s); out d, b }; out y",
                "b") == "f32 -> f32");
}

TEST_CASE("a constant beside a gray operand") {
  // It has no say where it stands first ...
  CHECK(decided("in x; const k; a = White(x); b = GrayPair(k, a); out b", "b") == "f16 f16 -> f16");
  // ... keeps its own where the row leaves a choice, and takes the column's where it does not.
  CHECK(decided("in x; const k; a = White(x); b = GrayFree(a, k); out b", "b") == "f16 f32 -> f16");
  CHECK(decided("in x; const k:f16; a = Black(x); b = GrayFree(a, k); out b", "b") == "f32 f16 -> f32");
  CHECK(decided("in x; const k:f16; a = Black(x); b = GrayPair(a, k); out b", "b") == "f32 f32 -> f32");
}

TEST_CASE("a gray operator's outputs want their own dtype") {
  CHECK(decided("in x; a = White(x); b = GrayOut(a); out b", "b") == "f16 -> f32");
  CHECK(decided("in x; a = White(x); b:f16 = GrayOut(a); out b", "b") == "f16 -> f16");
  CHECK(decided("in x; a = Black(x); b = GrayOut16(a); out b", "b") == "f32 -> f16");
}

TEST_CASE("the first operand of a gray operator decides") {
  constexpr const char* kFirst16 = "in x, y; a = White(x); b = Black(y); c = GrayPair(a, b); out c";
  constexpr const char* kFirst32 = "in x, y; a = White(x); b = Black(y); c = GrayPair(b, a); out c";
  CHECK(decided(kFirst16, "c") == "f16 f16 -> f16");
  CHECK(decided(kFirst32, "c") == "f32 f32 -> f32");
  CHECK(Setup(kRows, kMix).explained(kFirst16, "c").find("follows a") != std::string::npos);
  CHECK(Setup(kRows, kMix).explained(kFirst32, "c").find("follows b") != std::string::npos);
  // A graph input has a dtype, and decides as well.
  CHECK(decided("in x, y; a = White(x); c = GrayPair(y, a); out c", "c") == "f32 f32 -> f32");
}

TEST_CASE("an operand that is no float has no say in whom a gray operator follows") {
  Setup setup(std::string(kRows) + "Pick (i64 f16 -> f16) (i64 f32 -> f32)\n", kMix);
  constexpr const char* kGraph = "in x; a = White(x); s:i64 = Shape(x); g = Pick(s, a); out g";
  CHECK(setup.decided(kGraph, "g") == "i64 f16 -> f16");
  CHECK_THAT(setup.explained(kGraph, "g"), Catch::Contains("gray, follows a"));
}

TEST_CASE("a decision that hangs on the operand order says so") {
  const Setup setup(kRows, kMix);
  constexpr const char* kNote = "note order-dependent c: node 'c' (GrayPair) follows its first input; in another "
                                "operand order it would have another dtype\n";
  CHECK(setup.messages("in x, y; a = White(x); b = Black(y); c = GrayPair(a, b); out c") == kNote);
  CHECK_THAT(setup.explained("in x, y; a = White(x); b = Black(y); c = GrayPair(a, b); out c", "c"),
             Catch::Contains("another order of its operands would decide otherwise"));
  // Both say the same, or each gets what it wants whatever the order.
  CHECK(setup.messages("in x, y; a = White(x); b = White(y); c = GrayPair(a, b); out c").empty());
  CHECK(setup.messages("in x, y; a = White(x); b = Black(y); c = GrayFree(a, b); out c").empty());
  // White and black operators do not follow.
  CHECK(Setup("White white (f16 f16 -> f16) (f32 f32 -> f32)\nOther white (f16 -> f16)", kMix)
            .messages("in x, y; a = Other(x); c = White(a, y); out c")
            .empty());
}

TEST_CASE("gray looks through raising Casts to a node") {
  // The model says float16, raised by the user for what comes next.
  CHECK(decided("in x:f16; a:f16 = Gray16(x); r = Cast(a); b = Gray(r); out b", "b") == "f16 -> f16");
  CHECK(Setup(kRows, kMixBf16).decided("in x:bf16; a:bf16 = White(x); r = Cast(a); b = Gray(r); out b", "b") ==
        "bf16 -> bf16");
  // What that node decided counts, not what it was.
  CHECK(decided("in x:f16; a:f16 = Gray32(x); r = Cast(a); b = Gray(r); out b", "b") == "f32 -> f32");
  // The chain ends at a graph input or a constant: the operand's own dtype.
  CHECK(decided("in x:f16; r = Cast(x); b = Gray(r); out b", "b") == "f32 -> f32");
  CHECK(decided("in y; const k:f16; r = Cast(k); b = GrayPair(r, y); out b", "b") == "f32 f32 -> f32");
  // Lowering Casts, and Casts from what is no float, are producers like others.
  CHECK(decided("in x; a = Black(x); l:f16 = Cast(a); b:f16 = Gray(l); out b", "b") == "f16 -> f16");
  CHECK(decided("in x:i32; r = Cast(x); b = Gray(r); out b", "b") == "f32 -> f32");
}

TEST_CASE("a model's own Cast from float32 to float32 behind a float16 node compiles to itself") {
  // The first compilation makes it a Cast from float16, through which the second one would look.
  constexpr const char* kGraph = "in x; a = White(x); c = Cast(a); d = Gray(c); out d";
  CHECK(decided(kGraph, "d") == "f16 -> f16");
  CHECK(Setup(kRows, kMix).explained(kGraph, "d") == "d is float16: gray, follows a; a is float16: white list");
  Setup(kRows, kMix).compiled(kGraph);  // fails if it is not idempotent
  Setup(kRows, kMix).compiled("in x; a = White(x); c = Cast(a); d = Gray(c); b = Black32(c); out d, b");
  Setup(kRows, kMix).compiled("in x; a = White(x); c = Cast(a); d = Gray(c); out d, c");
}

TEST_CASE("a gray node whose first operand is a constant says whom it follows") {
  constexpr const char* kGraph = "in x; const k; a = White(x); c = GrayPair(k, a); out c";
  CHECK(decided(kGraph, "c") == "f16 f16 -> f16");
  CHECK(Setup(kRows, kMix).reasons(kGraph, "c") == "gray-follows");
}

}  // namespace
}  // namespace precast
