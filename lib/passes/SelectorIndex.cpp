#include "passes/SelectorIndex.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "policy/Selectors.h"
#include "support/NearestName.h"

namespace precast::passes {

namespace {

absl::string_view key(std::string_view text) { return {text.data(), text.size()}; }

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

TypeNames::TypeNames(const Target& target, std::string_view type)
    : type_(type), isTargetType_(hasEntry(target, type)) {}

bool TypeNames::match(const OpKind& kind, const TargetOp& op) const {
  const std::string_view targetType = op.targetType.empty() ? std::string_view(kind.type) : op.targetType;
  return targetType == type_ || (!isTargetType_ && kind.type == type_);
}

SelectorIndex::SelectorIndex(const Graph& graph, const Target& target, absl::Span<const TargetOp> ops,
                             std::vector<const NodeSelector*> selectors)
    : graph_(graph), selectors_(std::move(selectors)), typeMatched_(selectors_.size(), 0),
      byKind_(selectors_.empty() ? 0 : ops.size(), kNone) {
  for (std::uint32_t i = 0; i < selectors_.size(); ++i) {
    const NodeSelector& selector = *selectors_[i];
    switch (selector.kind) {
    case NodeSelector::Kind::node:
      byName_.emplace(key(selector.pattern), i);
      break;
    case NodeSelector::Kind::glob:
      globs_.push_back(i);
      break;
    case NodeSelector::Kind::type: {
      const TypeNames names(target, selector.pattern);
      for (std::size_t k = 0; k < ops.size(); ++k) {
        if (!names.match(graph.opKind(static_cast<OpKindId>(k)), ops[k])) continue;
        typeMatched_[i] = 1;
        if (byKind_[k] == kNone) byKind_[k] = i;
      }
      break;
    }
    }
  }
  std::stable_sort(globs_.begin(), globs_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return selectors_[a]->pattern.size() > selectors_[b]->pattern.size();
  });
}

std::uint32_t SelectorIndex::find(NodeId node) const {
  if (selectors_.empty()) return kNone;
  if (!byName_.empty()) {
    if (const auto found = byName_.find(key(graph_.nodeName(node))); found != byName_.end()) return found->second;
  }
  for (std::uint32_t glob : globs_) {
    if (policy::matchesGlob(selectors_[glob]->pattern, graph_.nodeName(node))) return glob;
  }
  return byKind_[index(graph_.nodeKind(node))];
}

void SelectorIndex::warnUnmatched(std::string_view flag, std::string_view id, const DiagnosticSink& diagnostics) const {
  if (!diagnostics || selectors_.empty()) return;
  std::vector<char> matched = typeMatched_;
  absl::flat_hash_map<absl::string_view, bool> nameFound;
  for (const auto& [name, selector] : byName_) nameFound.emplace(name, false);
  for (std::size_t i = 0; i < graph_.nodeCount() && !(nameFound.empty() && globs_.empty()); ++i) {
    const std::string_view name = graph_.nodeName(static_cast<NodeId>(i));
    if (const auto found = nameFound.find(key(name)); found != nameFound.end()) found->second = true;
    for (std::uint32_t glob : globs_) {
      if (matched[glob] == 0) matched[glob] = policy::matchesGlob(selectors_[glob]->pattern, name);
    }
  }
  std::vector<std::string_view> names;
  std::vector<std::string_view> types;
  for (std::uint32_t i = 0; i < selectors_.size(); ++i) {
    const NodeSelector& selector = *selectors_[i];
    if (matched[i] != 0) continue;
    if (selector.kind == NodeSelector::Kind::node) {
      if (nameFound[key(selector.pattern)]) continue;
      for (std::size_t n = names.size(); n < graph_.nodeCount(); ++n) {
        names.push_back(graph_.nodeName(static_cast<NodeId>(n)));
      }
    }
    for (std::size_t k = types.size(); k < graph_.opKindCount(); ++k) {
      types.push_back(graph_.opKind(static_cast<OpKindId>(k)).type);
    }
    const std::string_view near =
        support::nearestName(selector.pattern, selector.kind == NodeSelector::Kind::type ? types : names);
    diagnostics({Severity::warning, std::string(id), NodeId::none, "",
                 fmt::format("{} entry '{}'{} matches no node{}", flag, policy::describe(selector),
                             selector.origin.empty() ? "" : fmt::format(" ({})", selector.origin),
                             near.empty() ? "" : fmt::format(", nearest is '{}'", near))});
  }
}

}  // namespace precast::passes
