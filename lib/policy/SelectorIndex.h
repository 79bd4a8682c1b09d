// The entries of one policy (keep_dtype, customize_dtypes, implementation modes), found by node in constant time plus
// one match per glob: names in a hash table, types resolved per operator, globs in order. Immutable; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace precast::policy {

/// The operators of `graph` that `type` names in a policy. Of ONNX's, on a target with operator names of its own, those
/// that it serves as `type` or, if there are none, those that the graph calls so; with them those of every other domain
/// that are called so. "domain:Type" is of that domain alone. In the order of the graph; `ops` is what the target says
/// of each.
std::vector<OpKindId> kindsOfType(const Graph& graph, absl::Span<const TargetOp> ops, std::string_view type);

/// What kindsOfType() finds something for. The model's own spellings first: of equally near names the first is shown.
std::vector<std::string> typesOf(const Graph& graph, absl::Span<const TargetOp> ops);

/// True if `type`, which kindsOfType() finds nothing for, is spelt as it should be: an operator of ONNX, and of a model
/// that holds these. No other one is meant then.
bool isLacking(const Graph& graph, std::string_view type);

class SelectorIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  /// `entries` speak for nodes of `graph`. All arguments must outlive the index.
  SelectorIndex(const Graph& graph, absl::Span<const TargetOp> ops, std::vector<const NodeSelector*> entries);

  bool empty() const { return entries_.empty(); }
  /// True if two entries ask for different things; by position in `entries`.
  using Differ = std::function<bool(std::uint32_t, std::uint32_t)>;

  /// The position in `entries` of the one that speaks for `node` (for the order see NodeSelector); kNone if none does.
  std::uint32_t find(NodeId node) const;

  /// One warning `id` (of static lifetime) for each entry that matches no node, with its place and the nearest name
  /// (unmatchedMessage). Without nearest names where there are too many such entries and nodes for a search.
  void warnUnmatched(std::string_view policy, std::string_view id, const DiagnosticSink& diagnostics) const;

  /// One warning "duplicate-entry" for each entry by type that adds nothing, since one before it names its operators by
  /// the other name that they have on `target`.
  void warnRepeated(std::string_view policy, const Target& target, const DiagnosticSink& diagnostics) const;

  /// One warning `id` for each entry by type that has no say in an operator which it names, since an earlier entry
  /// names it by its other name (ONNX's or the target's), where the two differ.
  void warnOverruled(std::string_view policy, std::string_view id, const Differ& differ,
                     const DiagnosticSink& diagnostics) const;

 private:
  struct Overruled {
    std::uint32_t entry;
    std::uint32_t by;
    OpKindId kind;  // the first for which it is so
  };
  std::vector<bool> matchedEntries() const;
  /// How an entry would name the operator type that it gives as a node's name; "" if no operator is called so.
  std::string asType(std::string_view policy, const NodeSelector& entry) const;

  const Graph& graph_;
  absl::Span<const TargetOp> ops_;
  std::vector<const NodeSelector*> entries_;
  std::vector<bool> typeMatched_;      // by entry
  std::vector<std::uint32_t> byKind_;  // by operator: an entry or kNone
  std::vector<Overruled> overruled_;
  absl::flat_hash_map<absl::string_view, std::uint32_t> byName_;  // lookups only: never iterated
  std::vector<std::uint32_t> globs_;                              // longest first
};

/// The selectors of entries that are selectors or have them as `nodes`.
template <typename Entry>
std::vector<const NodeSelector*> selectorsOf(const std::vector<Entry>& entries) {
  std::vector<const NodeSelector*> selectors;
  for (const Entry& entry : entries) {
    if constexpr (std::is_same_v<Entry, NodeSelector>) {
      selectors.push_back(&entry);
    } else {
      selectors.push_back(&entry.nodes);
    }
  }
  return selectors;
}

}  // namespace precast::policy
