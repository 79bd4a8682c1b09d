#include "policy/SelectorIndex.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "policy/OperatorAliases.h"
#include "policy/Selectors.h"
#include "policy/Unmatched.h"
#include "precast/Operators.h"
#include "support/AbslText.h"
#include "support/NearestName.h"
#include "target/OperatorKeys.h"

namespace precast::policy {

namespace {

using Kind = NodeSelector::Kind;

// Names compared in the search of near ones: a third of a second, at 1.8 us for names of 50 bytes that differ at their
// end. The first search is made whatever it costs.
constexpr std::size_t kNameComparisons = 200'000;

// Its files are ini files, where a section says whether names are of types or of nodes.
constexpr std::string_view kIniPolicy = "op_precision_mode";
constexpr std::string_view kTypeSection = "[ByOpType] ";

// Types have no prefix in ini files and in flags.
bool isBare(std::string_view policy, const NodeSelector& entry) {
  return isFlag(entry.place) || (policy == kIniPolicy && !entry.place.empty());
}

// An entry as it is written where it stands.
std::string written(std::string_view policy, const NodeSelector& entry) {
  return isBare(policy, entry) ? entry.pattern : describe(entry);
}

std::string_view targetType(const OpKind& kind, const TargetOp& op) {
  return op.targetType.empty() ? std::string_view(kind.type) : op.targetType;
}

}  // namespace

std::vector<OpKindId> kindsOfType(const Graph& graph, absl::Span<const TargetOp> ops, std::string_view type) {
  std::vector<OpKindId> kinds;
  const auto collect = [&](const auto& isNamed) {
    for (std::size_t k = 0; k < ops.size(); ++k) {
      const auto id = static_cast<OpKindId>(k);
      if (isNamed(graph.opKind(id), ops[k])) kinds.push_back(id);
    }
  };
  // The target's operators are ONNX's domain by other names: those of another domain hide no name of ONNX.
  collect([&](const OpKind& kind, const TargetOp& op) { return kind.domain.empty() && targetType(kind, op) == type; });
  if (kinds.empty())
    collect([&](const OpKind& kind, const TargetOp&) { return kind.domain.empty() && kind.type == type; });
  collect([&](const OpKind& kind, const TargetOp& op) { return !kind.domain.empty() && targetType(kind, op) == type; });
  const target::OperatorName name = target::readOperatorName(type);
  if (kinds.empty() && name.domain.has_value()) {
    collect([&](const OpKind& kind, const TargetOp&) {
      return target::canonicalDomain(kind.domain) == *name.domain && kind.type == name.type;
    });
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

std::vector<std::string> typesOf(const Graph& graph, absl::Span<const TargetOp> ops) {
  std::vector<std::string> types;
  std::vector<std::string> full;
  for (std::size_t k = 0; k < ops.size(); ++k) {
    const OpKind& kind = graph.opKind(static_cast<OpKindId>(k));
    types.push_back(kind.type);
    if (!kind.domain.empty()) types.push_back(target::operatorName(kind.domain, kind.type));
    if (kind.domain.empty()) full.push_back(target::fullOperatorName(kind.domain, kind.type));
  }
  for (const TargetOp& op : ops) {
    if (!op.targetType.empty()) types.emplace_back(op.targetType);
  }
  std::move(full.begin(), full.end(), std::back_inserter(types));
  return types;
}

bool isLacking(const Graph& graph, std::string_view type) {
  bool isModel = false;
  for (std::size_t k = 0; k < graph.opKindCount(); ++k) isModel |= graph.opKind(static_cast<OpKindId>(k)).hasSchema;
  const target::OperatorName name = target::readOperatorName(type);
  constexpr int kNewest = std::numeric_limits<int>::max();
  return isModel && onnx::makeOpKind(name.domain.value_or(""), name.type, kNewest).hasSchema;
}

SelectorIndex::SelectorIndex(const Graph& graph, absl::Span<const TargetOp> ops,
                             std::vector<const NodeSelector*> entries)
    : graph_(graph), ops_(ops), entries_(std::move(entries)), typeMatched_(entries_.size()),
      byKind_(ops.size(), kNone) {
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const NodeSelector& entry = *entries_[i];
    switch (entry.kind) {
    case Kind::node:
      byName_.emplace(support::abslView(entry.pattern), i);
      break;
    case Kind::glob:
      globs_.push_back(i);
      break;
    case Kind::type:
      for (OpKindId kind : kindsOfType(graph, ops, entry.pattern)) {
        typeMatched_[i] = true;
        std::uint32_t& holder = byKind_[index(kind)];
        const bool isKnown = !overruled_.empty() && overruled_.back().entry == i && overruled_.back().by == holder;
        if (holder == kNone) {
          holder = i;
        } else if (!isKnown) {
          overruled_.push_back({i, holder, kind});
        }
      }
      break;
    }
  }
  std::stable_sort(globs_.begin(), globs_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return entries_[a]->pattern.size() > entries_[b]->pattern.size();
  });
}

std::uint32_t SelectorIndex::find(NodeId node) const {
  if (!byName_.empty()) {
    const auto found = byName_.find(support::abslView(graph_.nodeName(node)));
    if (found != byName_.end()) return found->second;
  }
  for (std::uint32_t glob : globs_) {
    if (matchesGlob(entries_[glob]->pattern, graph_.nodeName(node))) return glob;
  }
  return byKind_[index(graph_.nodeKind(node))];
}

std::vector<bool> SelectorIndex::matchedEntries() const {
  std::vector<bool> matched(entries_.size());
  std::vector<std::uint32_t> open = globs_;
  for (std::size_t i = 0; i < graph_.nodeCount(); ++i) {
    const std::string_view name = graph_.nodeName(static_cast<NodeId>(i));
    if (const auto found = byName_.find(support::abslView(name)); found != byName_.end()) matched[found->second] = true;
    open.erase(std::remove_if(open.begin(), open.end(),
                              [&](std::uint32_t glob) {
                                if (matchesGlob(entries_[glob]->pattern, name)) matched[glob] = true;
                                return static_cast<bool>(matched[glob]);
                              }),
               open.end());
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const NodeSelector& entry = *entries_[i];
    if (entry.kind == Kind::type) matched[i] = typeMatched_[i];
    // Repeated names are all matched by what matches the first.
    if (entry.kind == Kind::node) matched[i] = matched[byName_.find(support::abslView(entry.pattern))->second];
  }
  return matched;
}

std::string SelectorIndex::asType(std::string_view policy, const NodeSelector& entry) const {
  std::string_view name = entry.pattern;
  constexpr std::string_view kHalfPrefix = kTypePrefix.substr(0, kTypePrefix.size() - 1);
  if (name.substr(0, kHalfPrefix.size()) == kHalfPrefix) name.remove_prefix(kHalfPrefix.size());
  if (kindsOfType(graph_, ops_, name).empty()) return "";
  return fmt::format("{}{}", isBare(policy, entry) ? kTypeSection : kTypePrefix, name);
}

void SelectorIndex::warnUnmatched(std::string_view policy, std::string_view id,
                                  const DiagnosticSink& diagnostics) const {
  if (!diagnostics || entries_.empty()) return;
  const std::vector<bool> matched = matchedEntries();
  std::vector<std::string_view> names;
  std::vector<std::string> types;
  std::size_t comparisons = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (matched[i]) continue;
    const NodeSelector& entry = *entries_[i];
    std::string_view near;
    const std::string typed = entry.kind == Kind::node ? asType(policy, entry) : std::string();
    if (!typed.empty()) {
      near = typed;
    } else if (entry.kind == Kind::type && !isLacking(graph_, entry.pattern)) {
      if (types.empty()) types = typesOf(graph_, ops_);
      near = support::nearestType(entry.pattern, std::vector<std::string_view>(types.begin(), types.end()));
    } else if (entry.kind == Kind::node && (comparisons == 0 || comparisons + graph_.nodeCount() <= kNameComparisons)) {
      for (std::size_t n = names.size(); n < graph_.nodeCount(); ++n) {
        names.push_back(graph_.nodeName(static_cast<NodeId>(n)));
      }
      comparisons += names.size();
      near = support::nearestName(entry.pattern, names);
    }
    diagnostics({Severity::warning, id, NodeId::none, "",
                 unmatchedMessage({policy, entry.place, written(policy, entry), entry.origin}, "node", near)});
  }
}

void SelectorIndex::warnRepeated(std::string_view policy, const Target& target,
                                 const DiagnosticSink& diagnostics) const {
  if (!diagnostics) return;
  std::vector<bool> speaks(entries_.size());
  for (std::uint32_t holder : byKind_) {
    if (holder != kNone) speaks[holder] = true;
  }
  for (const Overruled& each : overruled_) {
    const NodeSelector& entry = *entries_[each.entry];
    const NodeSelector& holder = *entries_[each.by];
    // One name twice is told of where it is read, and one entry is told of once.
    if (speaks[each.entry] || entry.pattern == holder.pattern) continue;
    // Of an operator that this model lacks the entry may say more than the other.
    const bool areAliases = !aliasesOf(entry.pattern, target, {{support::abslView(holder.pattern), 0}}).empty() ||
                            !aliasesOf(holder.pattern, target, {{support::abslView(entry.pattern), 0}}).empty();
    if (!areAliases || namesMore(entry.pattern, holder.pattern, target)) continue;
    speaks[each.entry] = true;
    const std::string& place = holder.place.empty() ? holder.origin : holder.place;
    diagnostics({Severity::warning, "duplicate-entry", NodeId::none, "",
                 fmt::format("{} is given twice (first as '{}'{})",
                             entrySubject({policy, entry.place, describe(entry), entry.origin}), describe(holder),
                             place.empty() ? "" : fmt::format(", {}", place))});
  }
}

void SelectorIndex::warnOverruled(std::string_view policy, std::string_view id, const Differ& differ,
                                  const DiagnosticSink& diagnostics) const {
  if (!diagnostics) return;
  for (const Overruled& each : overruled_) {
    if (!differ(each.entry, each.by)) continue;
    const NodeSelector& entry = *entries_[each.entry];
    const NodeSelector& holder = *entries_[each.by];
    const std::string& place = holder.place.empty() ? holder.origin : holder.place;
    diagnostics({Severity::warning, id, NodeId::none, "",
                 fmt::format("{} has no say in operator {}, of which '{}'{} speaks first",
                             entrySubject({policy, entry.place, written(policy, entry), entry.origin}),
                             graph_.opKind(each.kind).type, written(policy, holder),
                             place.empty() ? "" : fmt::format(" ({})", place))});
  }
}

}  // namespace precast::policy
