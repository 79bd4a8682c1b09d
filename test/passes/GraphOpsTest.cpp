// precision-semantics, section 2: operators that need no kernel row.
//
// sentence                                                    | test
// Constant, Shape, Size, sequence and optional ops: own       | Shape and Size keep their own dtypes
// ... by name, whatever the target                            | TargetTest (classes of operators ...)
// If, Loop, Scan keep theirs, casts go inside, body inputs    | control flow keeps its borders in every mode
// a Cast's input takes whatever dtype its value has           | a Cast reads what is there in every mode
// a Cast's output: the forced dtype, else its own             | a Cast in every mode
// retargeted where all users agree on another dtype           | a Cast goes where all its users are
// a user's lowering Cast is retargeted by a force mode only   | a lowering Cast is retargeted by force modes alone;
//                                                             | a user's Cast from one 16-bit dtype to the other ...
// ... or a border override                                    | RetypingTest (an output that the Cast ...), BordersTest
// movers: the forced dtype; never lower by themselves         | DataMoversTest, a data mover in every mode
// movers obey their colour in mix modes, else as gray         | DataMoversTest, a mover on a list obeys it in the mix ...
//                                                             | DataMoversTest, a mover looks through a raising Cast ...
// elsewhere they follow, or take the highest                  | DataMoversTest, a mover takes the highest of its inputs
//                                                             | ...; a constant has no say in what a mover takes
#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Only16 (f16 -> f16)
Only32 (f32 -> f32)
Both (f16 -> f16) (f32 -> f32)
White white (f16 -> f16) (f32 -> f32)
)";

std::string decided(PrecisionMode mode, const char* graph, const char* nodes) {
  return Setup(kRows, mode).decided(graph, nodes);
}

TEST_CASE("Shape and Size keep their own dtypes") {
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kMix, kCube}) {
    CAPTURE(toString(mode));
    for (const char* op : {"Shape", "Size"}) {
      const std::string text = std::string("in x; a = Both(x); s:i64 = ") + op + "(a); out s, a";
      CHECK(decided(mode, text.c_str(), "s") == "f32 -> i64");
      CHECK(Setup(kRows, mode).libraries(text, "s") == "graph");
    }
  }
}

TEST_CASE("control flow keeps its borders in every mode") {
  constexpr const char* kLoop =
      "in n:i64, c:bool, x\n"
      "y, z = Loop(n, c, x) { in i:i64, d:bool, s; a = White(s); b = Both(a); e:bool = Identity(d); out e, b, a }\n"
      "out y, z";
  for (PrecisionMode mode : allPrecisionModes()) {
    CAPTURE(toString(mode));
    const Setup setup(kRows, mode);
    if (mode == PrecisionMode::allowFp32ToBf16 || mode == kMixBf16) continue;  // no bfloat16 rows here
    CHECK(setup.decided(kLoop, "y") == "i64 bool f32 -> f32 f32");
    CHECK(setup.reasons(kLoop, "y") == "control-flow");
    CHECK(setup.libraries(kLoop, "y") == "graph");
  }
  // The body's input is cast at the start of the body, its outputs at their producers.
  CHECK(Setup(kRows, kForce16).compiled(kLoop) == "in n:i64, c:bool, x:f32\n"
                                                  "y:f32, z:f32 = Loop(n, c, x) {\n"
                                                  "  in i:i64, d:bool, s:f32\n"
                                                  "  s_cast_fp16:f16 = Cast(s)\n"
                                                  "  a_fp16:f16 = White(s_cast_fp16)\n"
                                                  "  a:f32 = Cast(a_fp16)\n"
                                                  "  b_fp16:f16 = Both(a_fp16)\n"
                                                  "  b:f32 = Cast(b_fp16)\n"
                                                  "  e:bool = Identity(d)\n"
                                                  "  out e, b, a\n"
                                                  "}\n"
                                                  "out y, z\n");
  // What comes in through the body's input is as good as a graph input: a gray node takes its own dtype there.
  CHECK(
      decided(
          kMix,
          "in n:i64, c:bool, x; w = White(x); y = Loop(n, c, w) { in i:i64, d:bool, s; b = Both(s); out d, b }; out y",
          "w, b") == "f16 -> f16; f32 -> f32");
  // A captured value has a producer, which a gray node follows.
  CHECK(decided(kMix, "in c:bool, x; w = White(x); y = If(c) { b = Both(w); out b } { o = Both(x); out o }; out y",
                "b, o") == "f16 -> f16; f32 -> f32");
}

TEST_CASE("a Cast reads what is there in every mode") {
  constexpr const char* kGraph = "in x; a = Only16(x); c:i32 = Cast(a); out c";
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kMix, kCube}) {
    CAPTURE(toString(mode));
    CHECK(decided(mode, kGraph, "a, c") == "f16 -> f16; f16 -> i32");
    CHECK(Setup(kRows, mode).compiled(kGraph).find("c:i32 = Cast(a)") != std::string::npos);
  }
}

TEST_CASE("a Cast in every mode") {
  struct Row {
    PrecisionMode mode;
    const char* fromInt;   // int64 -> float32
    const char* lowering;  // float32 -> float16
    const char* raising;   // float16 -> float32
  };
  // The users disagree (Only16, Only32), so that nothing but the mode speaks.
  const Row rows[] = {
      {kForce16, "i64 -> f16", "f32 -> f16", "f16 -> f16"}, {kForce32, "i64 -> f32", "f32 -> f32", "f16 -> f32"},
      {kAllow16, "i64 -> f32", "f32 -> f16", "f16 -> f32"}, {kMix, "i64 -> f32", "f32 -> f16", "f16 -> f32"},
      {kCube, "i64 -> f32", "f32 -> f32", "f16 -> f32"},
  };
  const std::string users = "; u = Only16(c); v = Only32(c); out u, v";
  const std::string users16 = "; u:f16 = Only16(c); v:f16 = Only32(c); out u, v";
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode));
    const Setup setup(kRows, row.mode);
    CHECK(setup.decided("in x:i64; c = Cast(x)" + users, "c") == row.fromInt);
    CHECK(setup.decided("in x; c:f16 = Cast(x)" + users16, "c") == row.lowering);
    CHECK(setup.decided("in x:f16; c = Cast(x)" + users, "c") == row.raising);
  }
  CHECK(decided(kMust, "in x:i64; c = Cast(x); v = Only32(c); out v", "c") == "i64 -> f32");
  // A list that has it says nothing: it is no operator that a mixed mode lowers.
  const Setup white("Cast white (f32 -> f16)\nOnly16 (f16 -> f16)\nOnly32 (f32 -> f32)", kMix);
  CHECK(white.decided("in x:i64; c = Cast(x)" + users, "c") == "i64 -> f32");
  // One that makes an output of the model keeps its own dtype, and nobody asked for that.
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kMix}) {
    const Setup setup(kRows, mode);
    CHECK(setup.decided("in x:i64; c = Cast(x); out c", "c") == "i64 -> f32");
    CHECK(setup.reasons("in x:i64; c = Cast(x); out c", "c") == "kept-origin");
  }
}

TEST_CASE("a Cast goes where all its users are") {
  // int -> float, all users in float16
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); v = Only16(c); out u, v", "c") == "i64 -> f16");
  CHECK(Setup(kRows, kAllow16).reasons("in x:i64; c = Cast(x); u = Only16(c); out u", "c") == "moves-data");
  // ... and one of them not
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); v = Only32(c); out u, v", "c") == "i64 -> f32");
  // ... and a Cast besides, which reads what is there then
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); d:i32 = Cast(c); out u, d", "c, d") ==
        "i64 -> f16; f16 -> i32");
  // ... and one of them a Cast that goes on to a dtype which float16 would cut short.
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); d = Cast(c); out u, d", "c") == "i64 -> f32");
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); d:f16 = Cast(c); out u, d", "c") == "i64 -> f16");
  // A graph output counts as a user at its own dtype.
  CHECK(decided(kAllow16, "in x:i64; c = Cast(x); u = Only16(c); out u, c", "c") == "i64 -> f32");
  // float16 -> float32, all users in float16: the Cast has nothing left to do and goes.
  CHECK(Setup(kRows, kAllow16).compiled("in x:f16; c = Cast(x); u = Only16(c); out u") ==
        "in x:f16\nu_fp16:f16 = Only16(x)\nu:f32 = Cast(u_fp16)\nout u\n");
  // In a chain the Cast that is read last is settled first; what is read by Casts alone has no other user.
  CHECK(Setup(kRows, kAllow16).compiled("in x:i64; c = Cast(x); d:i32 = Cast(c); e = Cast(d); u = Only16(e); out u") ==
        "in x:i64\nc:f32 = Cast(x)\nd:i32 = Cast(c)\ne:f16 = Cast(d)\nu_fp16:f16 = Only16(e)\nu:f32 = "
        "Cast(u_fp16)\nout u\n");
  // Integers and booleans are no business of a policy's.
  CHECK(decided(kForce16, "in x; c:i32 = Cast(x); d:bool = Cast(x); e:f64 = Cast(x); out c, d, e", "c, d, e") ==
        "f32 -> i32; f32 -> bool; f32 -> f64");
  // A force mode's dtype gives way to what all users have.
  CHECK(decided(kForce16, "in x:i64; c = Cast(x); v = Only32(c); out v", "c") == "i64 -> f32");
  CHECK(decided(kForce32, "in x:i64; c = Cast(x); v = Only16(c); out v", "c") == "i64 -> f16");
}

TEST_CASE("a lowering Cast is retargeted by force modes alone") {
  constexpr const char* kLowered = "in x; c:f16 = Cast(x); v:f16 = Only32(c); out v";
  constexpr const char* kThereAndBack = "in x; c:f16 = Cast(x); d = Cast(c); v = Only32(d); out v";
  // force_fp16 asks for what the Cast gives; the user's loss of precision stays there as well.
  for (PrecisionMode mode : {kAllow16, kMix, kMust, kForce16}) {
    CAPTURE(toString(mode));
    CHECK(decided(mode, kLowered, "c, v") == "f32 -> f16; f32 -> f32");
    CHECK(Setup(kRows, mode).compiled(kThereAndBack) ==
          "in x:f32\nc:f16 = Cast(x)\nd:f32 = Cast(c)\nv:f32 = Only32(d)\nout v\n");
  }
  for (PrecisionMode mode : {kForce32, kCube}) {
    CAPTURE(toString(mode));
    CHECK(decided(mode, kLowered, "c") == "f32 -> f32");
    CHECK(Setup(kRows, mode).compiled(kThereAndBack) == "in x:f32\nv:f32 = Only32(x)\nout v\n");
  }
}

TEST_CASE("a user's Cast from one 16-bit dtype to the other loses precision and stays") {
  for (const char* text : {"in x:f16; c:bf16 = Cast(x); v:bf16 = Only32(c); out v",
                           "in x:bf16; c:f16 = Cast(x); v:f16 = Only32(c); out v"}) {
    CAPTURE(text);
    CHECK(decided(kAllow16, text, "v") == "f32 -> f32");
    CHECK(decided(kAllow16, text, "c") == (text[5] == 'f' ? "f16 -> bf16" : "bf16 -> f16"));
  }
}

TEST_CASE("force_fp32 leaves a user's lowering Cast where all its users have float16 only") {
  CHECK(Setup(kRows, kForce32).compiled("in x; c:f16 = Cast(x); v:f16 = Only16(c); out v") ==
        "in x:f32\nc:f16 = Cast(x)\nv:f16 = Only16(c)\nout v\n");
}

TEST_CASE("CastLike gives what its users want and asks for no Cast of its pattern") {
  constexpr const char* kLike =
      "in x:i64, p; q = Only16(p); c = CastLike(x, q); v = Only32(c); r = Only16(q); out v, r";
  CHECK(decided(kAllow16, kLike, "c") == "i64 f16 -> f32");
  CHECK(Setup(kRows, kAllow16).compiled(kLike) ==
        "in x:i64, p:f32\np_cast_fp16:f16 = Cast(p)\nq:f16 = Only16(p_cast_fp16)\nc:f32 = Cast(x)\n"
        "v:f32 = Only32(c)\nr_fp16:f16 = Only16(q)\nr:f32 = Cast(r_fp16)\nout v, r\n");
  constexpr const char* kForced = "in x:i64, p; c = CastLike(x, p); v = Both(c); out v";
  CHECK(decided(kForce16, kForced, "c, v") == "i64 f32 -> f16; f16 -> f16");
  CHECK(Setup(kRows, kForce16).compiled(kForced) ==
        "in x:i64, p:f32\nc:f16 = Cast(x)\nv_fp16:f16 = Both(c)\nv:f32 = Cast(v_fp16)\nout v\n");
  // Pattern and result go the same way: it stays what it is.
  CHECK(Setup(kRows, kForce16)
            .compiled("in x:i64, p; q = Both(p); c = CastLike(x, q); d = Both(c); v:i64 = Shape(d); out v") ==
        "in x:i64, p:f32\np_cast_fp16:f16 = Cast(p)\nq:f16 = Both(p_cast_fp16)\nc:f16 = CastLike(x, q)\n"
        "d:f16 = Both(c)\nd_cast_fp32:f32 = Cast(d)\nv:i64 = Shape(d_cast_fp32)\nout v\n");
}

TEST_CASE("a CastLike that keep_dtype names stays one, with its pattern as it was") {
  const NodeSelector byName{NodeSelector::Kind::node, "c", "keep_dtype, line 1", ""};
  const NodeSelector byType{NodeSelector::Kind::type, "CastLike", "keep_dtype, line 1", ""};
  constexpr const char* kInteger = "in x:i64, p; q = Both(p); c = CastLike(x, q); d = Both(c); v:i64 = Shape(d); out v";
  constexpr const char* kFloat = "in x, p:f16; c:f16 = CastLike(x, p); d:f16 = Both(c); v:i64 = Shape(d); out v";
  constexpr const char* kInput = "in x:i64, p; c = CastLike(x, p); d = Both(c); v:i64 = Shape(d); out v";
  for (const NodeSelector& entry : {byName, byType}) {
    for (const PrecisionMode mode : {kForce16, kForce32, kAllow16, kMix}) {
      for (const char* text : {kInteger, kFloat, kInput}) {
        CAPTURE(entry.pattern, toString(mode), text);
        Setup setup(kRows, mode);
        setup.options.policy.keepDtype = {entry};
        CHECK_THAT(setup.compiled(text), Catch::Contains("CastLike("));  // and compiles to itself
      }
    }
    Setup setup(kRows, kForce16);
    setup.options.policy.keepDtype = {entry};
    CHECK(setup.decided(kInteger, "c") == "i64 f32 -> f32");
  }
}

TEST_CASE("a Cast from a dtype to itself hands on what it reads, unless a policy names it") {
  constexpr const char* kGraph = "in x; a = Only16(x); c = Cast(a); u = Both(c); v = Only32(c); out u, v";
  Setup setup(kRows, kAllow16);
  CHECK(setup.decided(kGraph, "c") == "f16 -> f16");
  CHECK_THAT(setup.explained(kGraph, "c"), Catch::Contains("a is float16"));
  setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "c", ""}};
  CHECK(setup.decided(kGraph, "c") == "f16 -> f32");
  CHECK(setup.reasons(kGraph, "c") == "keep-dtype");
  // Of a constant its readers decide, but not against the policy.
  constexpr const char* kConstant = "const w; c = Cast(w); u = Only16(c); out u";
  setup.options.policy.keepDtype.clear();
  CHECK(setup.decided(kConstant, "c") == "f16 -> f16");
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "c", ""}, {}, {DType::float32}}};
  CHECK(setup.decided(kConstant, "c") == "f32 -> f32");
  // Nor does a force mode go before them: where one reads what the constant has, it stays so.
  constexpr const char* kShared = "const w; c = Cast(w); u = Only32(c); v = Only16(c); out u, v";
  CHECK(decided(kForce16, kShared, "c, u, v") == "f32 -> f32; f32 -> f32; f16 -> f16");
  CHECK(Setup(kRows, kForce16).reasons(kShared, "c") == "kept-origin");
}

TEST_CASE("the pattern of a CastLike goes with its result where a policy names that") {
  constexpr const char* kGraph = "in x, p:f16; c:f16 = CastLike(x, p); u:f16 = Both(c); out u";
  Setup setup(kRows, kAllow16);
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "c", ""}, {}, {DType::float32}}};
  CHECK(setup.decided(kGraph, "c") == "f32 f32 -> f32");
  // The schema ties the two; the force mode asks for both.
  Setup forced(test::targetOfRows(kRows), kForce16, 17);
  constexpr const char* kUsers = "in x:i64, p; c = CastLike(x, p); u = Only16(c); v = Only32(c); out u, v";
  CHECK(forced.reasons(kUsers, "c") == "forced-fp16");
}

}  // namespace
}  // namespace precast
