#include "passes/PolicyIndex.h"

#include <string>
#include <utility>

namespace precast::passes {

namespace {

std::vector<const NodeSelector*> keepSelectors(const PrecisionPolicy& policy) {
  std::vector<const NodeSelector*> selectors;
  if (policy.mode == PrecisionMode::mustKeepOriginDtype) return selectors;  // has no effect there
  for (const KeepEntry& entry : policy.keepDtype) selectors.push_back(&entry);
  return selectors;
}

template <typename Entry>
std::vector<const NodeSelector*> selectorsOf(const std::vector<Entry>& entries) {
  std::vector<const NodeSelector*> selectors;
  for (const Entry& entry : entries) selectors.push_back(&entry.nodes);
  return selectors;
}

// Moves operators to the lists that the policy names, and returns the places that say so, by operator.
std::vector<std::string_view> applyListMoves(const Graph& graph, const Target& target, const PrecisionPolicy& policy,
                                             std::vector<TargetOp>& ops) {
  std::vector<std::string_view> origins(ops.size());
  if (!isMixMode(policy.mode)) return origins;
  for (const ListMove& move : policy.listMoves) {
    const TypeNames names(target, move.opType);
    for (std::size_t k = 0; k < ops.size(); ++k) {
      if (!names.match(graph.opKind(static_cast<OpKindId>(k)), ops[k])) continue;
      ops[k].colour = move.colour;
      ops[k].colourStated = move.colour != ListColour::gray;
      origins[k] = move.origin;
    }
  }
  return origins;
}

template <typename Entry>
const Entry* at(const std::vector<Entry>& entries, std::uint32_t position) {
  return position == SelectorIndex::kNone ? nullptr : &entries[position];
}

}  // namespace

PolicyIndex::PolicyIndex(const Graph& graph, const Target& target, const PrecisionPolicy& policy,
                         std::vector<TargetOp>& ops, const DiagnosticSink& diagnostics)
    : policy_(policy), colourOrigins_(applyListMoves(graph, target, policy, ops)),
      keep_(graph, target, ops, keepSelectors(policy)),
      custom_(graph, target, ops, selectorsOf(policy.customizeDtypes)),
      implModes_(graph, target, ops, selectorsOf(policy.implModes)) {
  if (!diagnostics) return;
  if (policy.mode == PrecisionMode::mustKeepOriginDtype && !policy.keepDtype.empty()) {
    diagnostics({Severity::warning, "keep-dtype-no-effect", NodeId::none, "",
                 "keep_dtype has no effect in must_keep_origin_dtype, which keeps every node's dtype"});
  }
  keep_.warnUnmatched("keep_dtype", "keep-dtype-unmatched", diagnostics);
  custom_.warnUnmatched("customize_dtypes", "customize-dtypes-unmatched", diagnostics);
  // Built-in tables name operators that a graph need not have.
  std::vector<const NodeSelector*> users;
  for (const ImplModeEntry& entry : policy.implModes) {
    if (entry.fromUser) users.push_back(&entry.nodes);
  }
  SelectorIndex(graph, target, ops, std::move(users))
      .warnUnmatched("op_precision_mode", "impl-mode-unmatched", diagnostics);
}

const KeepEntry* PolicyIndex::keepEntry(NodeId node) const {
  return keep_.empty() ? nullptr : at(policy_.keepDtype, keep_.find(node));
}

const CustomDtypes* PolicyIndex::customDtypes(NodeId node) const {
  return custom_.empty() ? nullptr : at(policy_.customizeDtypes, custom_.find(node));
}

const ImplModeEntry* PolicyIndex::implMode(NodeId node) const {
  return implModes_.empty() ? nullptr : at(policy_.implModes, implModes_.find(node));
}

}  // namespace precast::passes
