// Chains of causes in random plans, with circles and causes outside of the plan, against a walk with a list of all
// nodes that were seen.
#include "report/CauseChains.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "HandBuiltPlan.h"

namespace precast {
namespace {

using report::ChainEnd;

// The nodes from `node` on to its root; empty if they run in a circle.
std::vector<NodeId> walked(const PrecisionPlan& plan, NodeId node) {
  std::vector<NodeId> way;
  while (index(node) < plan.decisions.size()) {
    if (std::find(way.begin(), way.end(), node) != way.end()) return {};
    way.push_back(node);
    node = plan.decisions[index(node)].because;
  }
  return way;
}

TEST_CASE("every chain ends where a walk along it ends, alone and with all others", "[explain]") {
  std::minstd_rand random(5);
  for (int run = 0; run < 300; ++run) {
    CAPTURE(run);
    PrecisionPlan plan;
    plan.decisions.resize(random() % 20);
    for (Decision& decision : plan.decisions) {
      const auto because = static_cast<std::uint32_t>(random() % (plan.decisions.size() * 2 + 1));
      decision.because = random() % 4 == 0 ? NodeId::none : static_cast<NodeId>(because);
    }
    const std::vector<ChainEnd> all = report::chainEnds(plan);
    REQUIRE(all.size() == plan.decisions.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CAPTURE(i);
      const std::vector<NodeId> way = walked(plan, static_cast<NodeId>(i));
      for (const ChainEnd& end : {all[i], report::chainEnd(plan, static_cast<NodeId>(i))}) {
        CHECK(end.root == (way.empty() ? NodeId::none : way.back()));
        CHECK(end.beforeRoot == (way.size() < 2 ? NodeId::none : way[way.size() - 2]));
        CHECK(end.links == (way.empty() ? plan.decisions.size() : way.size()));
      }
    }
  }
}

TEST_CASE("nobody has no chain", "[explain]") {
  const ChainEnd end = report::chainEnd(PrecisionPlan(), NodeId::none);
  CHECK(end.root == NodeId::none);
  CHECK(end.links == 0);
  CHECK(report::chainEnds(PrecisionPlan()).empty());
}

TEST_CASE("a node is called by its name, or by its number and operator", "[explain]") {
  HandBuiltPlan built;
  const ValueId x = built.value("x");
  const NodeId named = built.node("relu_1", "Relu", {x}, {built.value("y")}, DType::float16, Reason::forcedFp16);
  const NodeId unnamed = built.node("", "Exp", {x}, {built.value("z")}, DType::float16, Reason::forcedFp16);
  CHECK(report::shownName(built.graph, named) == "relu_1");
  CHECK(report::shownName(built.graph, unnamed) == "#1 (Exp)");
}

TEST_CASE("an explanation is appended to what is there", "[explain]") {
  HandBuiltPlan built;
  const NodeId node =
      built.node("a", "Relu", {built.value("x")}, {built.value("y")}, DType::float16, Reason::forcedFp16);
  std::string text = "before: ";
  report::appendExplanation(built.graph, built.result.plan, node, report::chainEnd(built.result.plan, node), text);
  CHECK(text == "before: " + explain(built.graph, built.result.plan, node));
}

}  // namespace
}  // namespace precast
