// Names for what precast adds: deterministic, unique, and the same again when its own output is compiled.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "precast/DType.h"
#include "precast/Graph.h"

namespace precast::rewrite {

class Names {
 public:
  /// Only names that could collide with ours are kept: those that end with one of our suffixes, a counter aside. That
  /// makes the set small however large the graph. Names of nodes in `removed` (by node) and of their results are free
  /// again. New names, about `expected` of them, are stored in `storage`.
  Names(const Graph& graph, const std::vector<char>& removed, Graph& storage, std::size_t expected);

  /// `base` followed by `word` and the short name of `dtype` ("x", "_cast_", float16: "x_cast_fp16"), and by "_1",
  /// "_2",
  /// ... if that is taken; from now on it is. Lives as long as the graph that stores it.
  std::string_view unique(std::string_view base, std::string_view word, DType dtype);

 private:
  void keepIfOurs(std::string_view name);
  Graph& storage_;
  std::string scratch_;
  absl::flat_hash_set<absl::string_view> taken_;               // lookups only
  absl::flat_hash_map<absl::string_view, std::size_t> tried_;  // by name: the counters that are taken; lookups only
};

}  // namespace precast::rewrite
