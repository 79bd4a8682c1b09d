#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Setup.h"
#include "precast/PrecisionPlan.h"
#include "report/CauseChains.h"
#include "report/HandBuiltPlan.h"

namespace precast {
namespace {

TEST_CASE("an explanation names each node of the chain, its dtype and its reason, down to the root", "[explain]") {
  HandBuiltPlan built;
  const ValueId x = built.value("x"), y = built.value("y"), z = built.value("z");
  const NodeId conv = built.node("Conv_11", "Conv", {x}, {y}, DType::float16, Reason::whiteList, NodeId::none,
                                 "modify_mixlist, line 3");
  const NodeId relu = built.node("Relu_12", "Relu", {y}, {z}, DType::float16, Reason::grayFollows, conv);
  CHECK(explain(built.graph, built.result.plan, relu) ==
        "Relu_12 is float16: gray, follows Conv_11; Conv_11 is float16: white list (modify_mixlist, line 3)");
  CHECK(explain(built.graph, built.result.plan, conv) == "Conv_11 is float16: white list (modify_mixlist, line 3)");
  CHECK(explain(built.graph, built.result.plan, static_cast<NodeId>(2)).empty());
  CHECK(explain(built.graph, built.result.plan, NodeId::none).empty());
}

TEST_CASE("every reason has a clause of its own", "[explain]") {
  struct Row {
    Reason reason;
    DType dtype;
    const char* detail;
    const char* text;
  };
  const Row rows[] = {
      {Reason::forcedFp16, DType::float16, "", "n is float16: forced to float16"},
      {Reason::forcedFp32, DType::float32, "", "n is float32: forced to float32"},
      {Reason::keptOrigin, DType::float32, "", "n is float32: its own dtype"},
      {Reason::whiteList, DType::float16, "", "n is float16: white list"},
      {Reason::blackList, DType::float32, "", "n is float32: black list"},
      {Reason::grayFollows, DType::float32, "", "n is float32: gray, its own dtype"},
      {Reason::movesData, DType::float16, "", "n is float16: moves data"},
      {Reason::keepDtype, DType::float32, "keep_dtype, line 4",
       "n is float32: told to keep its dtype (keep_dtype, line 4)"},
      {Reason::onlyFp16Kernel, DType::float16, "", "n is float16: aicore has only a float16 kernel that serves it"},
      {Reason::onlyFp32Kernel, DType::float32, "", "n is float32: aicore has only a float32 kernel that serves it"},
      {Reason::aicpuFallback, DType::float32, "", "n is float32: falls back to aicpu"},
      {Reason::weightOutOfRange, DType::float32, "w has 9.8e+07",
       "n is float32: a constant is beyond the range of float16 (w has 9.8e+07)"},
      {Reason::schemaLimits, DType::float32, "", "n is float32: its schema allows no other row of aicore"},
      {Reason::controlFlow, DType::float32, "", "n is float32: control flow keeps its own dtypes"},
      {Reason::unknownOp, DType::float32, "", "n is float32: operator unknown to target 'ascend310'"},
      {Reason::userPass, DType::bfloat16, "my-rule", "n is bfloat16: pass 'my-rule'"},
  };
  for (const Row& row : rows) {
    HandBuiltPlan built;
    const ValueId x = built.value("x");
    const NodeId node = built.node("n", "Op", {x}, {}, row.dtype, row.reason, NodeId::none, row.detail);
    CHECK(explain(built.graph, built.result.plan, node) == row.text);
  }
}

TEST_CASE("a node without a float operand says only that", "[explain]") {
  HandBuiltPlan built;
  const ValueId x = built.value("x", DType::int64);
  const NodeId node = built.node("Gather_3", "Gather", {x}, {}, DType::undefined, Reason::notFloat);
  CHECK(explain(built.graph, built.result.plan, node) == "Gather_3 has no float operand");
}

TEST_CASE("unnamed nodes appear by number and operator type", "[explain]") {
  HandBuiltPlan built;
  const ValueId x = built.value("x"), y = built.value("y");
  const NodeId root = built.node("", "Conv", {x}, {y}, DType::float16, Reason::whiteList);
  const NodeId node = built.node("", "Reshape", {y}, {}, DType::float16, Reason::movesData, root);
  CHECK(explain(built.graph, built.result.plan, node) ==
        "#1 (Reshape) is float16: moves data, follows #0 (Conv); #0 (Conv) is float16: white list");
}

TEST_CASE("an order-dependent decision says so", "[explain]") {
  HandBuiltPlan built;
  const NodeId node = built.node("Add_1", "Add", {built.value("x")}, {}, DType::float16, Reason::grayFollows);
  built.result.plan.decisions[0].orderDependent = true;
  CHECK(explain(built.graph, built.result.plan, node) ==
        "Add_1 is float16: gray, its own dtype, another order of its operands would decide otherwise");
}

TEST_CASE("a node that is followed is named with the dtype of the value that is followed", "[explain]") {
  const test::Setup setup(R"(
Gray (f16 -> f16) (f32 -> f32)
Mixed black (f32 -> f16 f32)
Black black (f32 -> f32)
White white (f16 -> f16)
)",
                          PrecisionMode::allowMixPrecision);
  // A Cast, whose leading operand is what it reads.
  CHECK(setup.explained("in x; a = Black(x); l:f16 = Cast(a); b:f16 = Gray(l); out b", "b") ==
        "b is float16: gray, follows l; l casts float32 to float16: its result keeps its own dtype");
  // An operator with outputs of two dtypes, followed for the one, for the other, and through a raising Cast.
  constexpr const char* kMixed =
      "in x; p:f16, q = Mixed(x); a:f16 = Gray(p); b = Gray(q); r = Cast(p); c = Gray(r); out a, b, c";
  CHECK(setup.explained(kMixed, "a") == "a is float16: gray, follows p; p is float16: black list");
  CHECK(setup.explained(kMixed, "b") == "b is float32: gray, follows p; p is float32: black list");
  CHECK(setup.explained(kMixed, "c") == "c is float16: gray, follows p; p is float16: black list");
  CHECK(setup.explained(kMixed, "p") == "p is float32: black list");
  // Where the middle of a chain is left out, the root too.
  std::string text = "in x; p:f16, q = Mixed(x); a0:f16 = Gray(p)";
  for (int i = 1; i < 12; ++i) text += "; a" + std::to_string(i) + ":f16 = Gray(a" + std::to_string(i - 1) + ")";
  CHECK_THAT(setup.explained(text + "; out a11", "a11"), Catch::EndsWith("; 6 more; p is float16: black list"));
}

TEST_CASE("a Cast whose input has another dtype now says from what to what it casts, not that it kept its dtype",
          "[explain]") {
  const test::Setup setup("White white (f16 -> f16)\n", PrecisionMode::forceFp16);
  constexpr const char* kText = "in x; a = White(x); c:i32 = Cast(a); out c";
  CHECK(setup.explained(kText, "c") == "c casts float16 to int32: its result keeps its own dtype");
}

/// A chain of `count` gray nodes n0 <- n1 <- ..., whose root n0 is white.
HandBuiltPlan chainOf(std::size_t count) {
  HandBuiltPlan built;
  ValueId input = built.value("v");
  NodeId before = NodeId::none;
  for (std::size_t i = 0; i < count; ++i) {
    const ValueId output = built.value("");
    before = built.node("n" + std::to_string(i), i == 0 ? "Conv" : "Relu", {input}, {output}, DType::float16,
                        i == 0 ? Reason::whiteList : Reason::grayFollows, before);
    input = output;
  }
  return built;
}

std::size_t clauses(const std::string& text) {
  std::size_t count = 1;
  for (std::size_t at = text.find("; "); at != std::string::npos; at = text.find("; ", at + 1)) ++count;
  return count;
}

TEST_CASE("a chain up to the limit is shown whole, of a longer one the beginning and the root", "[explain]") {
  HandBuiltPlan built = chainOf(1000);
  const auto text = [&](std::uint32_t node) {
    return explain(built.graph, built.result.plan, static_cast<NodeId>(node));
  };
  CHECK(clauses(text(7)) == 8);
  CHECK(text(7).find("more") == std::string::npos);
  CHECK(clauses(text(8)) == 8);
  CHECK(text(999).find("n994 is float16: gray, follows n993; 993 more; n0 is float16: white list") !=
        std::string::npos);
  CHECK(clauses(text(999)) == 8);
}

TEST_CASE("the ends of all chains together are those of each chain alone, also where causes run in a circle",
          "[explain]") {
  HandBuiltPlan built = chainOf(50);
  PrecisionPlan& plan = built.result.plan;
  plan.decisions[20].because = static_cast<NodeId>(30);  // 20..30 become a circle, 31..49 lead into it
  plan.decisions[5].because = static_cast<NodeId>(999);  // outside of the plan: a root
  plan.decisions[10].because = static_cast<NodeId>(10);
  const std::vector<report::ChainEnd> all = report::chainEnds(plan);
  REQUIRE(all.size() == 50);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    const report::ChainEnd one = report::chainEnd(plan, static_cast<NodeId>(i));
    CHECK(all[i].root == one.root);
    CHECK(all[i].beforeRoot == one.beforeRoot);
    CHECK(all[i].links == one.links);
  }
  CHECK(all[7].root == static_cast<NodeId>(5));
  CHECK(all[7].links == 3);
  CHECK(all[40].root == NodeId::none);
  const std::string circle = "; and so on in a circle";
  const std::string text = explain(built.graph, plan, static_cast<NodeId>(10));
  CHECK(text.substr(text.size() - circle.size()) == circle);
}

TEST_CASE("a million links are walked in linear time", "[explain]") {
  PrecisionPlan plan;
  plan.decisions.resize(1000000);
  for (std::size_t i = 1; i < plan.decisions.size(); ++i) plan.decisions[i].because = static_cast<NodeId>(i - 1);
  const std::vector<report::ChainEnd> ends = report::chainEnds(plan);
  CHECK(ends.back().links == 1000000);
  CHECK(ends.back().root == static_cast<NodeId>(0));
}

TEST_CASE("reasons are spelled in kebab-case, each differently", "[plan]") {
  std::set<std::string_view> words;
  for (int reason = 0; reason <= static_cast<int>(Reason::userPass); ++reason) {
    words.insert(toString(static_cast<Reason>(reason)));
  }
  CHECK(words.size() == static_cast<std::size_t>(Reason::userPass) + 1);
  CHECK(toString(Reason::forcedFp16) == "forced-fp16");
  CHECK(toString(Reason::onlyFp32Kernel) == "only-fp32-kernel");
  CHECK(toString(Reason::aicpuFallback) == "aicpu-fallback");
  CHECK(toString(static_cast<Reason>(200)) == "unknown");
}

TEST_CASE("the leading dtype is that of the first float input, else of the first float output", "[plan]") {
  HandBuiltPlan built;
  const ValueId indices = built.value("i", DType::int64), data = built.value("d"), out = built.value("o");
  const NodeId gather =
      built.node("g", "Gather", {indices, ValueId::none, data}, {out}, DType::float16, Reason::forcedFp16);
  const NodeId cast = built.node("c", "Cast", {indices}, {built.value("f")}, DType::bfloat16, Reason::keptOrigin);
  const NodeId shape = built.node("s", "Shape", {}, {built.value("t", DType::int64)}, DType::int64, Reason::notFloat);
  CHECK(built.result.plan.leadingDType(built.graph, gather) == DType::float16);
  CHECK(built.result.plan.leadingDType(built.graph, cast) == DType::bfloat16);
  CHECK(built.result.plan.leadingDType(built.graph, shape) == DType::undefined);
}

}  // namespace
}  // namespace precast
