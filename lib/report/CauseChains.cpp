// A chain is followed through Decision::because. All ends together come from one sweep that walks up to the nearest
// known node and fills in the way back, so that each link is walked once.

#include "report/CauseChains.h"

namespace precast::report {
namespace {

NodeId causeOf(const PrecisionPlan& plan, NodeId node) {
  const NodeId cause = plan.decision(node).because;
  return index(cause) < plan.decisions.size() ? cause : NodeId::none;
}

}  // namespace

ChainEnd chainEnd(const PrecisionPlan& plan, NodeId node) {
  ChainEnd end;
  while (node != NodeId::none && end.links < plan.decisions.size()) {
    ++end.links;
    end.beforeRoot = end.root;
    end.root = node;
    node = causeOf(plan, node);
  }
  if (node != NodeId::none) end.root = end.beforeRoot = NodeId::none;
  return end;
}

std::vector<ChainEnd> chainEnds(const PrecisionPlan& plan) {
  constexpr std::size_t onTheWay = static_cast<std::size_t>(-1);
  std::vector<ChainEnd> ends(plan.decisions.size());
  std::vector<NodeId> way;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    way.clear();
    NodeId node = static_cast<NodeId>(i);
    while (node != NodeId::none && ends[index(node)].links == 0) {
      ends[index(node)].links = onTheWay;
      way.push_back(node);
      node = causeOf(plan, node);
    }
    // The walk stopped at a root, at a node whose end is known, or at a node of this very walk: a circle.
    ChainEnd end;
    if (node == NodeId::none) {
      if (!way.empty()) end.root = way.back();
    } else if (ends[index(node)].links == onTheWay) {
      end.links = plan.decisions.size();
    } else {
      end = ends[index(node)];
    }
    for (std::size_t back = way.size(); back > 0; --back) {
      if (end.root != NodeId::none && ++end.links == 2) end.beforeRoot = way[back - 1];
      ends[index(way[back - 1])] = end;
    }
  }
  return ends;
}

}  // namespace precast::report
