#include "passes/PolicyIndex.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "policy/OperatorAliases.h"
#include "policy/Unmatched.h"
#include "precast/Operators.h"
#include "support/NearestName.h"
#include "target/OperatorKeys.h"

namespace precast::passes {

namespace {

std::vector<const NodeSelector*> keepSelectors(const PrecisionPolicy& policy) {
  if (policy.mode == PrecisionMode::mustKeepOriginDtype) return {};  // has no effect there
  return policy::selectorsOf(policy.keepDtype);
}

// What a move calls an operator of the graph: the target's name for it, where the move has ONNX's; else the one that is
// spelt most like it.
std::string nearestType(const Graph& graph, const Target& target, absl::Span<const TargetOp> ops,
                        const ListMove& move) {
  if (policy::isLacking(graph, move.opType)) return "";
  for (const OpMapping* mapping : target.mappings(target::readOperatorName(move.opType).type)) {
    if (!policy::kindsOfType(graph, ops, mapping->targetType).empty()) return mapping->targetType;
  }
  const std::vector<std::string> types = policy::typesOf(graph, ops);
  return std::string(support::nearestType(move.opType, std::vector<std::string_view>(types.begin(), types.end())));
}

// True if the target has the operators that a policy calls `type`, in an entry or by their schema.
bool knows(const Target& target, std::string_view type) {
  if (policy::resolveNamed(type, target).known) return true;
  const target::OperatorName name = target::readOperatorName(type);
  std::set<std::string_view> domains = {name.domain.value_or("")};
  for (const KernelLibrary& library : target.libraries()) {
    if (name.domain.has_value()) break;
    for (const OpEntry& entry : library.entries) domains.insert(entry.domain);
  }
  return std::any_of(domains.begin(), domains.end(), [&](std::string_view domain) {
    constexpr int kNewest = std::numeric_limits<int>::max();
    return target.resolve(onnx::makeOpKind(domain, name.type, kNewest)).known;
  });
}

// A target that keeps operators it does not know cannot tell a misspelt one from one of the model's own, but the model
// can. Targets that refuse them were asked where the list was read.
void warnUnmatchedMove(const Graph& graph, const Target& target, absl::Span<const TargetOp> ops, const ListMove& move,
                       const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  const policy::NamedEntry entry{"modify_mixlist", move.place, move.opType, move.origin};
  if (knows(target, move.opType)) {
    diagnostics({Severity::warning, "mixlist-unmatched", NodeId::none, "",
                 policy::unmatchedMessage(entry, "node", nearestType(graph, target, ops, move))});
    return;
  }
  if (!target.keepsUnknownOps()) return;
  std::vector<std::string> known = policy::typesOf(graph, ops);
  for (std::string& name : target.operatorNames()) known.push_back(std::move(name));
  const std::vector<std::string_view> types(known.begin(), known.end());
  diagnostics(
      {Severity::warning, "mixlist-unknown-op", NodeId::none, "",
       policy::unmatchedMessage(entry, fmt::format("operator type of target '{}' or of the model", target.name()),
                                support::nearestType(move.opType, types))});
}

// Control flow, Casts and what keeps its own dtypes anyway are decided without their colour.
void warnIneffectiveMove(const Graph& graph, absl::Span<const TargetOp> ops, absl::Span<const OpKindId> kinds,
                         const ListMove& move, const DiagnosticSink& diagnostics) {
  const auto hasNoSay = [&](OpKindId kind) {
    const OpClass opClass = ops[index(kind)].opClass;
    return opClass != OpClass::compute && opClass != OpClass::dataMover;
  };
  if (!diagnostics || kinds.empty() || !std::all_of(kinds.begin(), kinds.end(), hasNoSay)) return;
  const policy::NamedEntry entry{"modify_mixlist", move.place, move.opType, move.origin};
  diagnostics({Severity::warning, "mixlist-no-effect", NodeId::none, "",
               fmt::format("{} has no effect: no list decides operator {}", policy::entrySubject(entry),
                           graph.opKind(kinds.front()).type)});
}

// The moves of one policy by the types that they name, without ONNX's domain.
class NamedMoves {
 public:
  NamedMoves(const std::vector<ListMove>& moves, const Target& target) : target_(target) {
    for (const ListMove& move : moves) {
      const target::OperatorName name = target::readOperatorName(move.opType);
      if (name.domain.value_or("").empty()) types_.insert({name.type.data(), name.type.size()});
    }
  }

  /// True if `move` is ONNX's name of another operator than `kind`, which the target serves as what it calls so, and
  /// `kind` has a move of its own: a name of ONNX's is that operator's first.
  bool haveNearer(const ListMove& move, const OpKind& kind) const {
    return kind.domain.empty() && kind.type != target::readOperatorName(move.opType).type &&
           types_.contains(kind.type) && !target_.mappings(move.opType).empty();
  }

 private:
  const Target& target_;
  absl::flat_hash_set<absl::string_view> types_;  // lookups only
};

// Two names of one operator of the graph that are two operators to the target: both have a say, and the last one holds.
// What leaves list `from`, where the target has it, under one name and goes to another under the other is no
// contradiction.
void warnOverruledMove(const OpKind& kind, ListColour from, const ListMove& earlier, const ListMove& later,
                       const DiagnosticSink& diagnostics) {
  const bool isOneMove = earlier.colour == ListColour::gray && later.colour != from;
  if (!diagnostics || isOneMove || earlier.colour == later.colour) return;
  const std::string& place = later.place.empty() ? later.origin : later.place;
  diagnostics({Severity::warning, "mixlist-overruled", NodeId::none, "",
               fmt::format("{} has no say in operator {}, of which '{}'{} speaks last",
                           policy::entrySubject({"modify_mixlist", earlier.place, earlier.opType, earlier.origin}),
                           kind.type, later.opType, place.empty() ? "" : fmt::format(" ({})", place))});
}

// Moves operators to the lists that the policy names, and returns the places that say so, by operator.
std::vector<std::string_view> applyListMoves(const Graph& graph, const Target& target, const PrecisionPolicy& policy,
                                             std::vector<TargetOp>& ops, const DiagnosticSink& diagnostics) {
  std::vector<std::string_view> origins(ops.size());
  std::vector<const ListMove*> holders(ops.size());
  std::vector<ListColour> lists;  // of the target
  for (const TargetOp& op : ops) lists.push_back(op.colour);
  const NamedMoves named(policy.listMoves, target);
  for (const ListMove& move : policy.listMoves) {
    const std::vector<OpKindId> kinds = policy::kindsOfType(graph, ops, move.opType);
    if (kinds.empty()) warnUnmatchedMove(graph, target, ops, move, diagnostics);
    warnIneffectiveMove(graph, ops, kinds, move, diagnostics);
    const ListMove* told = nullptr;  // an operator may be of several versions
    for (OpKindId kind : kinds) {
      if (named.haveNearer(move, graph.opKind(kind))) continue;
      const ListMove* earlier = std::exchange(holders[index(kind)], &move);
      if (earlier != nullptr && earlier != told)
        warnOverruledMove(graph.opKind(kind), lists[index(kind)], *earlier, move, diagnostics);
      told = earlier;
      TargetOp& op = ops[index(kind)];
      op.colour = move.colour;
      op.colourStated = move.colour != ListColour::gray;
      origins[index(kind)] = move.origin;
    }
  }
  return origins;
}

template <typename Entry>
const Entry* at(const std::vector<Entry>& entries, std::uint32_t position) {
  return position == policy::SelectorIndex::kNone ? nullptr : &entries[position];
}

}  // namespace

PolicyIndex::PolicyIndex(const Graph& graph, const Target& target, const PrecisionPolicy& policy,
                         std::vector<TargetOp>& ops, const DiagnosticSink& diagnostics)
    : policy_(policy), colourOrigins_(applyListMoves(graph, target, policy, ops, diagnostics)),
      keep_(graph, ops, keepSelectors(policy)), custom_(graph, ops, policy::selectorsOf(policy.customizeDtypes)),
      implModes_(graph, ops, policy::selectorsOf(policy.implModes)) {
  if (!diagnostics) return;
  if (policy.mode == PrecisionMode::mustKeepOriginDtype && !policy.keepDtype.empty()) {
    diagnostics({Severity::warning, "keep-dtype-no-effect", NodeId::none, "",
                 "keep_dtype has no effect in must_keep_origin_dtype, which keeps every node's dtype"});
  }
  keep_.warnUnmatched("keep_dtype", "keep-dtype-unmatched", diagnostics);
  keep_.warnRepeated("keep_dtype", target, diagnostics);
  custom_.warnUnmatched("customize_dtypes", "customize-dtypes-unmatched", diagnostics);
  custom_.warnOverruled(
      "customize_dtypes", "customize-dtypes-overruled",
      [&](std::uint32_t a, std::uint32_t b) {
        const CustomDtypes& one = policy.customizeDtypes[a];
        const CustomDtypes& other = policy.customizeDtypes[b];
        return one.inputs != other.inputs || one.outputs != other.outputs;
      },
      diagnostics);
  // Built-in tables name operators that a graph need not have.
  std::vector<const NodeSelector*> users;
  std::vector<ImplMode> modes;
  for (const ImplModeEntry& entry : policy.implModes) {
    if (!entry.fromUser) continue;
    users.push_back(&entry.nodes);
    modes.push_back(entry.mode);
  }
  const policy::SelectorIndex named(graph, ops, std::move(users));
  named.warnUnmatched("op_precision_mode", "impl-mode-unmatched", diagnostics);
  named.warnOverruled(
      "op_precision_mode", "impl-mode-overruled",
      [&](std::uint32_t a, std::uint32_t b) { return modes[a] != modes[b]; }, diagnostics);
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
