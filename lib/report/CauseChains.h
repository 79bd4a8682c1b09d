// The chains of causes of a plan: each decision may follow that of another node, which may follow a third, up to a root
// that was decided for a reason of its own. Used by explain() for one node and by the report for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"

namespace precast::report {

/// Where a node's chain ends. A plan that contradicts itself may have causes that run in a circle: then there is no
/// root.
struct ChainEnd {
  NodeId root = NodeId::none;
  NodeId beforeRoot = NodeId::none;  ///< the node that follows the root; none for the root itself
  std::size_t links = 0;             ///< nodes from this one to the root, both included
};

/// Walks the chain of `node`. Linear in its length.
ChainEnd chainEnd(const PrecisionPlan& plan, NodeId node);

/// The ends of all chains, by node. Linear in the number of nodes, however long the chains are.
std::vector<ChainEnd> chainEnds(const PrecisionPlan& plan);

/// Appends what explain() says about `node`, whose chain ends at `end`. At most kShownLinks links are written: of a
/// longer chain the first ones and the root, so that the report of a long chain stays linear in its length.
void appendExplanation(const Graph& graph, const PrecisionPlan& plan, NodeId node, const ChainEnd& end,
                       std::string& out);

inline constexpr std::size_t kShownLinks = 8;

/// How reports and explanations call a node: its name, or "#<id> (OpType)" if it has none.
std::string shownName(const Graph& graph, NodeId node);

}  // namespace precast::report
