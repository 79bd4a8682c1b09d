#include "passes/PolicyIndex.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "support/NearestName.h"

namespace precast::passes {

namespace {

absl::string_view key(std::string_view text) { return {text.data(), text.size()}; }

// On a target with its own operator names a type in a policy is looked up among those first, then among the graph's.
bool typeMatches(const OpKind& kind, const TargetOp& op, std::string_view type, bool isTargetType) {
  const std::string_view targetType = op.targetType.empty() ? std::string_view(kind.type) : op.targetType;
  return targetType == type || (!isTargetType && kind.type == type);
}

bool hasEntry(const Target& target, std::string_view type) {
  if (!target.hasOpMap()) return false;
  for (const KernelLibrary& library : target.libraries()) {
    for (const OpEntry& entry : library.entries) {
      if (entry.type == type) return true;
    }
  }
  return false;
}

}  // namespace

PolicyIndex::PolicyIndex(const Graph& graph, const Target& target, const PrecisionPolicy& policy,
                         std::vector<TargetOp>& ops, const DiagnosticSink& diagnostics)
    : colourOrigins_(graph.opKindCount()), keepByKind_(graph.opKindCount(), nullptr) {
  if (isMixMode(policy.mode)) applyListMoves(graph, target, policy.listMoves, ops);
  if (policy.keepDtype.empty()) return;
  if (policy.mode == PrecisionMode::mustKeepOriginDtype) {
    if (diagnostics) {
      diagnostics({Severity::warning, "keep-dtype-no-effect", NodeId::none, "",
                   "keep_dtype has no effect in must_keep_origin_dtype, which keeps every node's dtype"});
    }
    return;
  }
  indexKeepEntries(graph, target, policy.keepDtype, ops);
  if (diagnostics) warnUnmatched(graph, policy.keepDtype, diagnostics);
}

void PolicyIndex::applyListMoves(const Graph& graph, const Target& target, absl::Span<const ListMove> moves,
                                 std::vector<TargetOp>& ops) {
  for (const ListMove& move : moves) {
    const bool isTargetType = hasEntry(target, move.opType);
    for (std::size_t k = 0; k < ops.size(); ++k) {
      if (!typeMatches(graph.opKind(static_cast<OpKindId>(k)), ops[k], move.opType, isTargetType)) continue;
      ops[k].colour = move.colour;
      ops[k].colourStated = move.colour != ListColour::gray;
      colourOrigins_[k] = move.origin;
    }
  }
}

void PolicyIndex::indexKeepEntries(const Graph& graph, const Target& target, absl::Span<const KeepEntry> entries,
                                   absl::Span<const TargetOp> ops) {
  for (const KeepEntry& entry : entries) {
    switch (entry.kind) {
    case KeepEntry::Kind::node:
      keepByName_.emplace(key(entry.pattern), &entry);
      break;
    case KeepEntry::Kind::glob:
      keepGlobs_.push_back(&entry);
      break;
    case KeepEntry::Kind::type: {
      const bool isTargetType = hasEntry(target, entry.pattern);
      for (std::size_t k = 0; k < ops.size(); ++k) {
        if (keepByKind_[k] == nullptr &&
            typeMatches(graph.opKind(static_cast<OpKindId>(k)), ops[k], entry.pattern, isTargetType)) {
          keepByKind_[k] = &entry;
        }
      }
      break;
    }
    }
  }
  std::stable_sort(keepGlobs_.begin(), keepGlobs_.end(),
                   [](const KeepEntry* a, const KeepEntry* b) { return a->pattern.size() > b->pattern.size(); });
}

void PolicyIndex::warnUnmatched(const Graph& graph, absl::Span<const KeepEntry> entries,
                                const DiagnosticSink& diagnostics) const {
  absl::flat_hash_map<const KeepEntry*, bool> globMatched;
  absl::flat_hash_map<absl::string_view, bool> nameFound;
  for (const KeepEntry& entry : entries) {
    if (entry.kind == KeepEntry::Kind::node) nameFound[key(entry.pattern)] = false;
  }
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const std::string_view name = graph.nodeName(static_cast<NodeId>(i));
    if (const auto found = nameFound.find(key(name)); found != nameFound.end()) found->second = true;
    for (const KeepEntry* glob : keepGlobs_) {
      bool& matched = globMatched[glob];
      if (!matched) matched = policy::matchesGlob(glob->pattern, name);
    }
  }
  const auto typeMatched = [&](const KeepEntry& entry) {
    return std::any_of(keepByKind_.begin(), keepByKind_.end(), [&](const KeepEntry* matched) {
      return matched != nullptr && matched->pattern == entry.pattern;
    });
  };
  for (const KeepEntry& entry : entries) {
    const bool isType = entry.kind == KeepEntry::Kind::type;
    const bool matched = isType                                ? typeMatched(entry)
                         : entry.kind == KeepEntry::Kind::glob ? globMatched[&entry]
                                                               : nameFound[key(entry.pattern)];
    if (matched) continue;
    if (names.empty() && entry.kind == KeepEntry::Kind::node) {
      for (std::size_t i = 0; i < graph.nodeCount(); ++i) names.push_back(graph.nodeName(static_cast<NodeId>(i)));
    }
    std::vector<std::string_view> types;
    if (isType) {
      for (std::size_t k = 0; k < graph.opKindCount(); ++k)
        types.push_back(graph.opKind(static_cast<OpKindId>(k)).type);
    }
    const std::string_view near = support::nearestName(entry.pattern, isType ? types : names);
    diagnostics({Severity::warning, "keep-dtype-unmatched", NodeId::none, "",
                 fmt::format("keep_dtype entry '{}{}'{} matches no node{}", isType ? "OpType::" : "", entry.pattern,
                             entry.origin.empty() ? "" : fmt::format(" ({})", entry.origin),
                             near.empty() ? "" : fmt::format(", nearest is '{}'", near))});
  }
}

const KeepEntry* PolicyIndex::keepEntry(const Graph& graph, NodeId node) const {
  if (!keepByName_.empty()) {
    const auto found = keepByName_.find(key(graph.nodeName(node)));
    if (found != keepByName_.end()) return found->second;
  }
  for (const KeepEntry* glob : keepGlobs_) {
    if (policy::matchesGlob(glob->pattern, graph.nodeName(node))) return glob;
  }
  return keepByKind_[index(graph.nodeKind(node))];
}

}  // namespace precast::passes
