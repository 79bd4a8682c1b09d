// The policy's entries, found by node in constant time: names in a hash table, types resolved per operator, globs in
// order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace precast::passes {

class PolicyIndex {
 public:
  /// Applies the policy's list moves to `ops` (by OpKindId) and indexes its entries. Warns about entries that match
  /// nothing, with the nearest names.
  PolicyIndex(const Graph& graph, const Target& target, const PrecisionPolicy& policy, std::vector<TargetOp>& ops,
              const DiagnosticSink& diagnostics);

  const KeepEntry* keepEntry(const Graph& graph, NodeId node) const;
  std::string_view colourOrigin(OpKindId kind) const { return colourOrigins_[index(kind)]; }

 private:
  void applyListMoves(const Graph& graph, const Target& target, absl::Span<const ListMove> moves,
                      std::vector<TargetOp>& ops);
  void indexKeepEntries(const Graph& graph, const Target& target, absl::Span<const KeepEntry> entries,
                        absl::Span<const TargetOp> ops);
  void warnUnmatched(const Graph& graph, absl::Span<const KeepEntry> entries, const DiagnosticSink& diagnostics) const;

  std::vector<std::string_view> colourOrigins_;                          // by operator
  std::vector<const KeepEntry*> keepByKind_;                             // by operator
  absl::flat_hash_map<absl::string_view, const KeepEntry*> keepByName_;  // lookups only: never iterated
  std::vector<const KeepEntry*> keepGlobs_;                              // longest first
};

}  // namespace precast::passes
