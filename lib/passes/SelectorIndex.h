// The entries of one policy file, found by node: names in a hash table, types resolved per operator, globs in order.
// A name wins over a glob, a longer glob over a shorter one, a glob over a type, the first of equals over later ones
// (precision-semantics, section 5). Constant time per node, plus one match per glob. Const access is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace precast::passes {

/// True if a policy that says `type` means operators of this kind: on a target with its own operator names these come
/// first, the graph's second.
class TypeNames {
 public:
  TypeNames(const Target& target, std::string_view type);
  bool match(const OpKind& kind, const TargetOp& op) const;

 private:
  std::string_view type_;
  bool isTargetType_;
};

class SelectorIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  /// `selectors` outlive the index; `ops` are by OpKindId.
  SelectorIndex(const Graph& graph, const Target& target, absl::Span<const TargetOp> ops,
                std::vector<const NodeSelector*> selectors);

  bool empty() const { return selectors_.empty(); }
  /// The position of the selector that speaks for `node`; kNone if none does.
  std::uint32_t find(NodeId node) const;
  /// A warning for each selector that matches no node, with the nearest name: "FLAG entry 'X' (ORIGIN) matches no
  /// node". Its id is `id`.
  void warnUnmatched(std::string_view flag, std::string_view id, const DiagnosticSink& diagnostics) const;

 private:
  const Graph& graph_;
  std::vector<const NodeSelector*> selectors_;
  std::vector<char> typeMatched_;                                 // by selector
  std::vector<std::uint32_t> byKind_;                             // by operator
  absl::flat_hash_map<absl::string_view, std::uint32_t> byName_;  // lookups only
  std::vector<std::uint32_t> globs_;                              // longest first
};

}  // namespace precast::passes
