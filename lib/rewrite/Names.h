// Names for what precast adds: deterministic, unique, and the same again when its own output is compiled.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "precast/DType.h"
#include "precast/Graph.h"

namespace precast::rewrite {

class Names {
 public:
  /// Only names that could collide with ours are kept: those that end with one of our suffixes, a counter aside. That
  /// makes the set small however large the graph. Names of nodes in `removed` (by node) and of their results are free
  /// again.
  Names(const Graph& graph, const std::vector<char>& removed);

  /// `base` followed by `suffix`, and by "_1", "_2", ... if that is taken; from now on it is.
  std::string unique(std::string_view base, std::string_view suffix);

 private:
  void keepIfOurs(std::string_view name);
  absl::flat_hash_set<std::string> taken_;  // lookups only
};

}  // namespace precast::rewrite
