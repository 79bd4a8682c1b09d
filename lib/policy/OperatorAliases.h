// One operator by two names in one policy: its own of the target and ONNX's, with its domain and without. Pure;
// thread-safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "precast/Target.h"

namespace precast::policy {

/// The entries of a policy by the operator types that they name; lookups only.
using PositionsByType = absl::flat_hash_map<absl::string_view, std::size_t>;

/// The entries that name an operator of `type` too: under the target's own name for it, or without its domain. A name
/// that the target has itself means the target's operator alone, and two names of ONNX are two operators. Of two such
/// names one finds the other.
std::vector<std::size_t> aliasesOf(std::string_view type, const Target& target, const PositionsByType& entries);

/// What `target` says of the operator that a policy calls `type`: without a domain ONNX's or the target's own or, where
/// it has neither, the first of another domain.
TargetOp resolveNamed(std::string_view type, const Target& target);

/// True if `type` names operators that its alias does not: it has no domain and the alias has one, or it is the
/// target's name for what serves other operators of ONNX as well.
bool namesMore(std::string_view type, std::string_view alias, const Target& target);

}  // namespace precast::policy
