// precision-semantics, section 6: which Casts there are. Names: NamesTest; constants: test/passes/SettleConstantsTest.
//
// sentence                                          | test
// one Cast per (value, dtype), shared in the scope  | all users of a value at a dtype share one Cast
// ... next to the producer                          | a Cast stands next to the producer of its value
// none on a value with no user at that dtype        | a value that nobody reads at another dtype has no Cast
// fp32->fp16->fp32 written by the user stays        | a user's own loss of precision stays
// pairs that precast would create are never created | precast makes no pair of Casts
// Casts X->X vanish, but for names of outputs       | a Cast that does nothing vanishes
// a graph output whose producer runs in fp16        | a graph output keeps its name beside its producer's value
// compiling the output again gives the same         | Setup::compiled() checks it for every graph here
#include "rewrite/Needs.h"

#include <catch2/catch.hpp>

#include "TwoPrecisions.h"
#include "ir/Topology.h"

namespace precast {
namespace {

std::string compiled(std::string_view text) { return test::compiledAtTwoPrecisions(text); }

TEST_CASE("all users of a value at a dtype share one Cast") {
  CHECK(compiled("in x; p = A(x); q = A(x); r = Pair(x, x); out p, q, r") ==
        "in x:f32\nx_cast_fp16:f16 = Cast(x)\n"
        "p_fp16:f16 = A(x_cast_fp16)\np:f32 = Cast(p_fp16)\n"
        "q_fp16:f16 = A(x_cast_fp16)\nq:f32 = Cast(q_fp16)\n"
        "r_fp16:f16 = Pair(x_cast_fp16, x_cast_fp16)\nr:f32 = Cast(r_fp16)\nout p, q, r\n");
  // A Cast in an enclosing scope serves the bodies; one that only a body needs stands in the body.
  CHECK(compiled("in c:bool, x; p = A(x); y = If(c) { t = A(x); out t } { e = B(x); out e }; out p, y") ==
        "in c:bool, x:f32\nx_cast_fp16:f16 = Cast(x)\np_fp16:f16 = A(x_cast_fp16)\np:f32 = Cast(p_fp16)\n"
        "y:f32 = If(c) {\n  t_fp16:f16 = A(x_cast_fp16)\n  t:f32 = Cast(t_fp16)\n  out t\n} {\n"
        "  e:f32 = B(x)\n  out e\n}\nout p, y\n");
  CHECK(compiled("in c:bool, x; y = If(c) { t = A(x); out t } { e = A(x); out e }; out y") ==
        "in c:bool, x:f32\ny:f32 = If(c) {\n  x_cast_fp16:f16 = Cast(x)\n  t_fp16:f16 = A(x_cast_fp16)\n"
        "  t:f32 = Cast(t_fp16)\n  out t\n} {\n  x_cast_fp16_1:f16 = Cast(x)\n  e_fp16:f16 = A(x_cast_fp16_1)\n"
        "  e:f32 = Cast(e_fp16)\n  out e\n}\nout y\n");
}

TEST_CASE("a Cast stands next to the producer of its value") {
  CHECK(compiled("in x, y; b = B(x); c = B(y); d = B(c); p = A(b); out d, p") ==
        "in x:f32, y:f32\nb:f32 = B(x)\nb_cast_fp16:f16 = Cast(b)\nc:f32 = B(y)\nd:f32 = B(c)\n"
        "p_fp16:f16 = A(b_cast_fp16)\np:f32 = Cast(p_fp16)\nout d, p\n");
}

TEST_CASE("a value that nobody reads at another dtype has no Cast") {
  CHECK(compiled("in x, unused; b = B(x); d = B(b); out d") ==
        "in x:f32, unused:f32\nb:f32 = B(x)\nd:f32 = B(b)\nout d\n");
  // A result that nobody reads is left in the dtype in which it is made.
  CHECK(compiled("in x; b = B(x); p = A(x); out b") ==
        "in x:f32\nx_cast_fp16:f16 = Cast(x)\nb:f32 = B(x)\np:f16 = A(x_cast_fp16)\nout b\n");
}

TEST_CASE("a user's own loss of precision stays") {
  CHECK(compiled("in x; c:f16 = Cast(x); d = Cast(c); b = B(d); out b") ==
        "in x:f32\nc:f16 = Cast(x)\nd:f32 = Cast(c)\nb:f32 = B(d)\nout b\n");
  // Who wants what the user made smaller at its old dtype gets it back, not the value before.
  CHECK(compiled("in x; c:f16 = Cast(x); b:f16 = B(c); out b") ==
        "in x:f32\nc:f16 = Cast(x)\nc_cast_fp32:f32 = Cast(c)\nb_fp32:f32 = B(c_cast_fp32)\n"
        "b:f16 = Cast(b_fp32)\nout b\n");
}

TEST_CASE("precast makes no pair of Casts") {
  // float16 -> float32 -> float16 between two float16 nodes.
  CHECK(
      compiled("in x; p = A(x); q = A(p); out q") ==
      "in x:f32\nx_cast_fp16:f16 = Cast(x)\np:f16 = A(x_cast_fp16)\nq_fp16:f16 = A(p)\nq:f32 = Cast(q_fp16)\nout q\n");
  // The user's raising Cast between them has nothing left to do.
  CHECK(compiled("in x:f16; p:f16 = A(x); r = Cast(p); q = A(r); out q") ==
        "in x:f16\np:f16 = A(x)\nq_fp16:f16 = A(p)\nq:f32 = Cast(q_fp16)\nout q\n");
  // ... and where somebody reads it in float32 it stays for that one.
  CHECK(compiled("in x:f16; p:f16 = A(x); r = Cast(p); q = A(r); b = B(r); out q, b") ==
        "in x:f16\np:f16 = A(x)\nr:f32 = Cast(p)\nq_fp16:f16 = A(p)\nq:f32 = Cast(q_fp16)\nb:f32 = B(r)\nout q, b\n");
}

TEST_CASE("a Cast that does nothing vanishes") {
  CHECK(compiled("in x; c = Cast(x); b = B(c); out b") == "in x:f32\nb:f32 = B(x)\nout b\n");
  CHECK(compiled("in x; c = Cast(x); out c") == "in x:f32\nc:f32 = Cast(x)\nout c\n");
}

TEST_CASE("a graph output keeps its name beside its producer's value") {
  CHECK(compiled("in x:f16, y_fp16:f16; y = A(x); q:f16 = A(y); out y, q, y_fp16") ==
        "in x:f16, y_fp16:f16\ny_fp16_1:f16 = A(x)\ny:f32 = Cast(y_fp16_1)\nq:f16 = A(y_fp16_1)\nout y, q, y_fp16\n");
}

TEST_CASE("needs are found through Casts that do nothing") {
  const Graph graph = test::graphOfText("in x; c = Cast(x); p = A(c); b = B(c); out p, b");
  const Target target = test::targetOfRows(test::kTwoPrecisions);
  CompileOptions options;
  options.target = &target;
  options.policy.mode = PrecisionMode::allowFp32ToFp16;
  const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  REQUIRE(made.ok());
  const rewrite::Needs needs(graph, *made, target);
  const auto value = [&](std::uint32_t id) { return static_cast<ValueId>(id); };  // x, c, p, b
  CHECK(needs.removedCount() == 1);
  CHECK(needs.resolve(value(1), DType::float32) == value(0));
  REQUIRE(needs.list().size() == 2);  // x in float16, p in float32
  const rewrite::Need* need = needs.find(value(0), DType::float16, RegionId::main);
  REQUIRE(need != nullptr);
  CHECK(need->users == 1);
  CHECK(needs.find(value(0), DType::bfloat16, RegionId::main) == nullptr);
  CHECK(needs.state(value(2)).produced == DType::float16);
}

}  // namespace
}  // namespace precast
