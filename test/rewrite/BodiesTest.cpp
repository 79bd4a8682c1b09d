// Casts in nested bodies: in the scope of their use, once for all bodies that a common scope can serve, and borders
// that keep their dtype. What a Loop and an If look like is in GraphOpsTest and NeedsTest.
#include <catch2/catch.hpp>

#include "TwoPrecisions.h"

namespace precast {
namespace {

std::string compiled(std::string_view text) { return test::compiledAtTwoPrecisions(text); }

TEST_CASE("two bodies that hand out one captured value read what its producer makes") {
  // `a` is no output of its own scope: it is retyped there, and each body casts what it hands out.
  CHECK(compiled("in c:bool, x; a = A(x); y = If(c) { out a } { out a }; out y") ==
        "in c:bool, x:f32\nx_cast_fp16:f16 = Cast(x)\na:f16 = A(x_cast_fp16)\ny:f32 = If(c) {\n"
        "  a_cast_fp32:f32 = Cast(a)\n  out a_cast_fp32\n} {\n"
        "  a_cast_fp32_1:f32 = Cast(a)\n  out a_cast_fp32_1\n}\nout y\n");
}

TEST_CASE("a body that hands out a captured value which is an output of the graph too hands out that one") {
  CHECK(compiled("in c:bool, x; a = A(x); y = If(c) { out a } { e = B(x); out e }; out y, a") ==
        "in c:bool, x:f32\nx_cast_fp16:f16 = Cast(x)\na_fp16:f16 = A(x_cast_fp16)\na:f32 = Cast(a_fp16)\n"
        "y:f32 = If(c) {\n  out a\n} {\n  e:f32 = B(x)\n  out e\n}\nout y, a\n");
}

TEST_CASE("a body that captures at two precisions has the value and one Cast of it") {
  CHECK(
      compiled(
          "in c:bool, x; a = A(x); y, z = If(c) { t = B(a); u = A(a); out t, u } { e = B(a); out e, e }; out y, z") ==
      "in c:bool, x:f32\nx_cast_fp16:f16 = Cast(x)\na:f16 = A(x_cast_fp16)\ny:f32, z:f32 = If(c) {\n"
      "  a_cast_fp32:f32 = Cast(a)\n  t:f32 = B(a_cast_fp32)\n  u_fp16:f16 = A(a)\n  u:f32 = Cast(u_fp16)\n  out t, u\n"
      "} {\n  a_cast_fp32_1:f32 = Cast(a)\n  e:f32 = B(a_cast_fp32_1)\n  out e, e\n}\nout y, z\n");
}

TEST_CASE("a Cast that an outer body needs serves the inner ones") {
  CHECK(
      compiled(
          "in c:bool, x; y = If(c) { p = A(x); t = If(c) { q = A(x); out q } { r = B(p); out r }; s = B(t); out s } "
          "{ e = B(x); out e }; out y") ==
      "in c:bool, x:f32\ny:f32 = If(c) {\n  x_cast_fp16:f16 = Cast(x)\n  p:f16 = A(x_cast_fp16)\n  t:f32 = If(c) {\n"
      "    q_fp16:f16 = A(x_cast_fp16)\n    q:f32 = Cast(q_fp16)\n    out q\n  } {\n    p_cast_fp32:f32 = Cast(p)\n"
      "    r:f32 = B(p_cast_fp32)\n    out r\n  }\n  s:f32 = B(t)\n  out s\n} {\n  e:f32 = B(x)\n  out e\n}\nout y\n");
}

TEST_CASE("a Scan's states and slices are cast inside of it") {
  CHECK(compiled("in s, x; y, z = Scan(s, x) { in t, v; n = Pair(t, v); o = B(n); out n, o }; out y, z") ==
        "in s:f32, x:f32\ny:f32, z:f32 = Scan(s, x) {\n  in t:f32, v:f32\n  t_cast_fp16:f16 = Cast(t)\n"
        "  v_cast_fp16:f16 = Cast(v)\n  n_fp16:f16 = Pair(t_cast_fp16, v_cast_fp16)\n  n:f32 = Cast(n_fp16)\n"
        "  o:f32 = B(n)\n  out n, o\n}\nout y, z\n");
}

TEST_CASE("a constant that bodies read at two precisions is copied where it stands") {
  CHECK(compiled("in c:bool, x; const k = 2; y = If(c) { t = Pair(x, k); out t } { e = B(k); out e }; out y") ==
        "in c:bool, x:f32\nconst k:f32 = 2\nconst k_fp16:f16 = 2\ny:f32 = If(c) {\n  x_cast_fp16:f16 = Cast(x)\n"
        "  t_fp16:f16 = Pair(x_cast_fp16, k_fp16)\n  t:f32 = Cast(t_fp16)\n  out t\n} {\n  e:f32 = B(k)\n  out "
        "e\n}\nout y\n");
}

// Runtimes that infer types hold what a body calls `w` against what its surroundings call so.
TEST_CASE("a name that a body uses again keeps its dtype inside and outside") {
  CHECK(compiled(
            "in c:bool, x; const w = 2; y = If(c) { const w = 3; t = B(w); out t } { e = Pair(x, w); out e }; out y") ==
        "in c:bool, x:f32\nconst w:f32 = 2\nconst w_fp16:f16 = 2\ny:f32 = If(c) {\n  const w:f32 = 3\n  t:f32 = B(w)\n "
        " out t\n} {\n  x_cast_fp16:f16 = Cast(x)\n  e_fp16:f16 = Pair(x_cast_fp16, w_fp16)\n  e:f32 = Cast(e_fp16)\n  "
        "out e\n}\nout y\n");
  CHECK(compiled("in c:bool, x; constnode w = 2; y = If(c) { const w = 3; t = B(w); out t } { e = Pair(x, w); out e }; "
                 "out y") == "in c:bool, x:f32\nconstnode w:f32 = 2\nconstnode w_fp16:f16 = 2\ny:f32 = If(c) {\n  "
                             "const w:f32 = 3\n  t:f32 = B(w)\n  out t\n} {\n  x_cast_fp16:f16 = Cast(x)\n  e_fp16:f16 "
                             "= Pair(x_cast_fp16, w_fp16)\n  e:f32 = Cast(e_fp16)\n  out e\n}\nout y\n");
  CHECK(compiled("in c:bool, x; const w = 2; y = If(c) { const w = 3; t = A(w); out t } { e = B(w); out e }; out y") ==
        "in c:bool, x:f32\nconst w:f32 = 2\ny:f32 = If(c) {\n  const w:f32 = 3\n  const w_fp16:f16 = 3\n  t_fp16:f16 = "
        "A(w_fp16)\n  t:f32 = Cast(t_fp16)\n  out t\n} {\n  e:f32 = B(w)\n  out e\n}\nout y\n");
  CHECK(compiled("in c:bool, x; v = A(x); y = If(c) { v = B(x); t = B(v); out t } { e = A(v); out e }; out y") ==
        "in c:bool, x:f32\nx_cast_fp16:f16 = Cast(x)\nv_fp16:f16 = A(x_cast_fp16)\ny:f32 = If(c) {\n  v:f32 = B(x)\n  "
        "t:f32 = B(v)\n  out t\n} {\n  e_fp16:f16 = A(v_fp16)\n  e:f32 = Cast(e_fp16)\n  out e\n}\nout y\n");
  CHECK(compiled("in c:bool, x; v = B(x); y = If(c) { v = A(x); t = A(v); out t } { e = B(v); out e }; out y") ==
        "in c:bool, x:f32\nv:f32 = B(x)\ny:f32 = If(c) {\n  x_cast_fp16:f16 = Cast(x)\n  v_fp16:f16 = A(x_cast_fp16)\n "
        " t_fp16:f16 = A(v_fp16)\n  t:f32 = Cast(t_fp16)\n  out t\n} {\n  e:f32 = B(v)\n  out e\n}\nout y\n");
  // Bodies beside one another do not see each other's names.
  CHECK(compiled("in c:bool, x; y = If(c) { v = A(x); t = A(v); out t } { v = B(x); e = B(v); out e }; out y") ==
        "in c:bool, x:f32\ny:f32 = If(c) {\n  x_cast_fp16:f16 = Cast(x)\n  v:f16 = A(x_cast_fp16)\n  t_fp16:f16 = "
        "A(v)\n  t:f32 = Cast(t_fp16)\n  out t\n} {\n  v:f32 = B(x)\n  e:f32 = B(v)\n  out e\n}\nout y\n");
}

TEST_CASE("an inserted Cast names the region in which it stands") {
  const Graph graph =
      test::graphOfText("in c:bool, x; a = A(x); y = If(c) { t = B(a); out t } { e = A(a); out e }; out y");
  const test::Setup setup(test::kTwoPrecisions, PrecisionMode::allowFp32ToFp16);
  const absl::StatusOr<CompileResult> result = compile(graph, setup.options);
  REQUIRE(result.ok());
  std::string regions;
  for (const InsertedCast& cast : result->rewrite.casts) {
    regions += std::string(graph.valueName(cast.value)) + " in " + std::to_string(index(cast.region)) + "; ";
  }
  CHECK(regions == "x in 0; a in 1; e in 2; ");
}

}  // namespace
}  // namespace precast
