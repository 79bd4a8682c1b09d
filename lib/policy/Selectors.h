// How the policy files write down which nodes they mean. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"

namespace precast::policy {

/// What the files put before an operator type.
inline constexpr std::string_view kTypePrefix = "OpType::";

/// The node named `name`, or those that it matches if it has a `*` or a `?`. `place` is where the entry stands.
NodeSelector nodesNamed(std::string_view name, std::string origin, std::string place = {});
NodeSelector nodesOfType(std::string_view type, std::string origin, std::string place = {});

/// The operator that a policy calls `type`, without a schema: what a target says of it does not hang on a graph.
OpKind kindNamed(std::string_view type);

/// As the files write it: "Conv_1", "OpType::Conv".
std::string describe(const NodeSelector& selector);

/// Finds the entries of one file that speak for the same nodes.
class SelectorLines {
 public:
  /// The line of the earlier entry with this kind and pattern; 0 if this is the first, which is remembered.
  std::uint32_t firstLine(const NodeSelector& selector, std::uint32_t line);

 private:
  absl::flat_hash_map<std::string, std::uint32_t> lines_;  // lookups only
};

}  // namespace precast::policy
