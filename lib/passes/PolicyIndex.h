// What the policy says about single nodes and operators of one graph, found in constant time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "passes/SelectorIndex.h"
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

  /// The entry that speaks for `node`; null if none does.
  const KeepEntry* keepEntry(NodeId node) const;
  const CustomDtypes* customDtypes(NodeId node) const;
  const ImplModeEntry* implMode(NodeId node) const;
  std::string_view colourOrigin(OpKindId kind) const { return colourOrigins_[index(kind)]; }

 private:
  const PrecisionPolicy& policy_;
  std::vector<std::string_view> colourOrigins_;  // by operator
  SelectorIndex keep_;
  SelectorIndex custom_;
  SelectorIndex implModes_;
};

}  // namespace precast::passes
