// What a pass sees of a node: whom each operand follows, which of them are constants, and what the policy says. A
// host's own pass is asked for it, since nothing else can be.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>

#include "ModeNames.h"
#include "Setup.h"
#include "precast/PrecisionPass.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
  Op white (f16... -> f16) (bf16... -> bf16) (f32... -> f32)
  Black black (f32... -> f32)
  Turn mover (f16... -> f16) (f32... -> f32)
  Two (f32 -> f32 f16)
  Wide (float64 -> f32)
  Pick (f32 f32 i64 -> f16 f32))";

using Look = std::function<std::string(const NodeContext&)>;

/// Writes down what `look` says of the node "probe", and decides nothing.
class Probe final : public PrecisionPass {
 public:
  Probe(Look look, std::string& said) : look_(std::move(look)), said_(said) {}
  std::string_view name() const override { return "probe"; }
  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    if (node.name() == "probe") said_ += look_(node);
    return std::nullopt;
  }

 private:
  Look look_;
  std::string& said_;
};

std::string looked(Setup& setup, std::string_view text, Look look) {
  std::string said;
  PassPipeline passes = PassPipeline::standard();
  REQUIRE(passes.insertBefore("customize-dtypes", std::make_shared<Probe>(std::move(look), said)).ok());
  setup.options.passes = &passes;
  const absl::StatusOr<PrecisionPlan> made = plan(test::graphOfText(text, setup.opset), setup.options);
  INFO(made.status());
  REQUIRE(made.ok());
  setup.options.passes = nullptr;
  return said;
}

// Whom each input of "probe" follows, and at which dtype: "a:f16 -:f32".
std::string sources(std::string_view text, PrecisionMode mode = kMix) {
  Setup setup(kRows, mode);
  return looked(setup, text, [](const NodeContext& node) {
    std::string all;
    for (std::size_t slot = 0; slot < node.inputCount(); ++slot) {
      const NodeContext::Source source = node.source(slot);
      const bool isNobody = source.node == NodeId::none;
      all += (slot == 0 ? "" : " ") + std::string(isNobody ? "-" : node.graph().nodeName(source.node)) + ":" +
             test::wordOf(source.dtype);
    }
    return all;
  });
}

TEST_CASE("an operand follows the node that makes it at the dtype that this one decided") {
  CHECK(sources("in x; a = Op(x); probe = Op(a); out probe") == "a:f16");
  CHECK(sources("in x; a = Black(x); probe = Op(a); out probe") == "a:f32");
  CHECK(sources("in x; a = Op(x); b = Black(x); probe = Op(b, a, b); out probe") == "b:f32 a:f16 b:f32");
  CHECK(sources("in x; a, b:f16 = Two(x); probe = Op(b, a); out probe", kMust) == "a:f16 a:f32");
  CHECK(sources("in x; a = Op(x); probe = Op(a); out probe", kMust) == "a:f32");
  CHECK(sources("in x; a = Op(x); probe = Op(a); out probe", kMixBf16) == "a:bf16");
}

TEST_CASE("inputs, constants and operands that are left out have nobody to follow") {
  CHECK(sources("in x, h:f16; const w; const v:bf16; probe = Op(x, h, w, -, v); out probe") ==
        "-:f32 -:f16 -:f32 -:- -:bf16");
  CHECK(sources("in x; constnode k = 1; m = Turn(k); probe = Op(x, k, m); out probe") == "-:f32 -:f32 -:f32");
}

TEST_CASE("Casts from 16 bits to float32 are looked through, as many as there are") {
  CHECK(sources("in x; a = Op(x); h:f16 = Cast(a); r = Cast(h); probe = Op(r); out probe") == "h:f16");
  CHECK(sources("in x:f16; a:f16 = Op(x); r = Cast(a); probe = Op(r); out probe") == "a:f16");
  CHECK(sources("in x:bf16; a:bf16 = Op(x); r = Cast(a); probe = Op(r); out probe", kMust) == "a:bf16");
  CHECK(sources("in x:f16; a:f16 = Op(x); r = Cast(a); h:f16 = Cast(r); s = Cast(h); probe = Op(s); out probe") ==
        "h:f16");
}

TEST_CASE("a Cast of an input or of a constant leads to nobody and keeps its own dtype") {
  CHECK(sources("in x:f16; const w:f16; r = Cast(x); s = Cast(w); probe = Op(r, s); out probe") == "-:f32 -:f32");
}

TEST_CASE("a Cast that lowers, widens beyond float32 or starts from another dtype is a node like any other") {
  CHECK(sources("in x; a = Black(x); r:f16 = Cast(a); probe = Op(r); out probe") == "r:f16");
  CHECK(sources("in i:i64; r = Cast(i); probe = Op(r); out probe") == "r:f32");
  CHECK(sources("in x:f16; a:f16 = Op(x); r:f64 = Cast(a); probe = Wide(r); out probe", kMust) == "r:f64");
}

TEST_CASE("a Cast from a dtype to itself is seen through, unless it makes an output") {
  CHECK(sources("in x; a = Black(x); r = Cast(a); probe = Op(r); out probe") == "a:f32");
  CHECK(sources("in x; a = Black(x); r = Cast(a); probe = Op(r); out probe, r") == "r:f32");
}

TEST_CASE("a body follows what it captures, and its own inputs have nobody") {
  CHECK(sources("in c:bool, x; a = Op(x); y = If(c) { probe = Op(a, x); out probe } { e = Op(x); out e }; out y") ==
        "a:f16 -:f32");
  CHECK(sources("in n:i64, c:bool, x:f16; a:f16 = Op(x); r = Cast(a)\n"
                "y = Loop(n, c, x) { in i:i64, d:bool, s; probe = Op(s, r); out d, probe }; out y",
                kMust) == "-:f32 a:f16");
}

TEST_CASE("constants are seen through data movers and Casts from a dtype to itself, not through others") {
  Setup setup(kRows, kForce16);
  const auto constants = [&](std::string_view text) {
    return looked(setup, text, [](const NodeContext& node) {
      std::string all;
      for (std::size_t slot = 0; slot < node.inputCount(); ++slot) all += node.isConstant(slot) ? 'c' : '.';
      return all;
    });
  };
  CHECK(constants("in x; const w; constnode k; probe = Op(w, x, k, -); out probe") == "c.c.");
  CHECK(constants("in x; const w; m = Turn(w); n = Turn(w, x); probe = Op(m, n); out probe") == "c.");
  CHECK(constants("in x; const w; h:f16 = Cast(w); o = Op(w); probe = Op(h, o); out probe") == "..");
  CHECK(constants("in x; const w; s = Cast(w); m = Turn(s); probe = Op(s, m); out probe") == "cc");
  CHECK(constants("in c:bool; const w; y = If(c) { probe = Op(w); out probe } { e = Op(w); out e }; out y") == "c");
}

TEST_CASE("a constant beyond float16 is shown with its numbers while the guard is on keep") {
  constexpr const char* kText =
      "in x; const w = 70000 -1e6 1; const v = 65519; t = Turn(w); probe = Op(x, w, v, t, -); out probe";
  const auto beyond = [](const NodeContext& node) {
    std::string all = node.anyConstantBeyondHalf() ? "" : "none: ";
    for (std::size_t slot = 0; slot < node.inputCount(); ++slot) {
      const NodeContext::BeyondHalf found = node.constantBeyondHalf(slot);
      if (found.constant == ValueId::none) continue;
      all += std::to_string(slot) + " " + std::string(node.graph().valueName(found.constant)) + " " +
             std::to_string(found.elements) + " of " + std::to_string(int(found.maxAbs)) + "; ";
    }
    return all;
  };
  Setup setup(kRows, kForce16);
  setup.options.policy.numericGuard = NumericGuard::keep;
  CHECK(looked(setup, kText, beyond) == "1 w 2 of 1000000; 3 w 2 of 1000000; ");
  CHECK(looked(setup, "in x; const w = 65519; probe = Op(x, w); out probe", beyond) == "none: ");
  setup.options.policy.numericGuard = NumericGuard::warn;
  CHECK(looked(setup, kText, beyond) == "none: ");
}

TEST_CASE("operator, own dtypes and what the policy says are those of the node that is decided") {
  Setup setup(kRows, kMix);
  setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "probe", "line 1"}};
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::type, "Pick", "line 2"}, {}, {}}};
  setup.options.policy.listMoves = {{"Pick", ListColour::black, "line 3"}};
  const std::string said = looked(
      setup, "in x, i:i64; a = Black(x); probe:f16, q = Pick(a, -, i); out probe, q", [](const NodeContext& node) {
        std::string all = node.op().type + " " + std::to_string(node.outputCount()) + " ";
        for (std::size_t slot = 0; slot < 3; ++slot) all += test::wordOf(node.inputDType(slot)) + " ";
        all += "-> " + test::wordOf(node.outputDType(0)) + " " + test::wordOf(node.outputDType(1));
        all += node.targetOp().colour == ListColour::black ? " black" : " as it was";
        return all + " " + node.keepEntry()->origin + ", " + node.customDtypes()->nodes.origin + ", " +
               std::string(node.colourOrigin());
      });
  CHECK(said == "Pick 2 f32 - i64 -> f16 f32 black line 1, line 2, line 3");
  Setup silent(kRows, kMix);
  CHECK(looked(silent, "in x; probe = Op(x); out probe", [](const NodeContext& node) {
          return std::string(node.keepEntry() == nullptr && node.customDtypes() == nullptr ? "nothing" : "something") +
                 std::string(node.colourOrigin());
        }) == "nothing");
}

}  // namespace
}  // namespace precast
