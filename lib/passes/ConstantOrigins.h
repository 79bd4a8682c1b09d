// Which values are constants once data movers and neutral Casts are seen through, and how large the constants are that
// reach a value.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "precast/Graph.h"
#include "precast/Half.h"
#include "precast/Progress.h"
#include "precast/Target.h"

namespace precast::passes {

/// A Cast whose result has the dtype of its input in the model as it came. It hands on what it gets and vanishes, so
/// that decisions must not depend on it. One that makes an output of its region stays, for the name.
bool isNeutralCast(const Graph& graph, const TargetOp& op, NodeId node);

struct ConstantOrigins {
  /// By value: a constant, or the result of a data mover or neutral Cast whose inputs all are.
  std::vector<std::uint8_t> isConstant;
  /// By value, empty unless ranges were asked for: the constant beyond float16's range that reaches it through data
  /// movers, Casts and sums, else none. What a node makes of such a number among its attributes stands for itself.
  std::vector<ValueId> beyondHalf;
  /// By value, empty as beyondHalf: that constant has gone into a sum (a mask) or a product: the value itself is
  /// beyond.
  std::vector<std::uint8_t> summed;
  absl::flat_hash_map<ValueId, ValueRange> ranges;  ///< of the constants in beyondHalf; lookups only
  /// Nodes with an attribute beyond the range of float16, and its name; empty as beyondHalf. Lookups only.
  absl::flat_hash_map<NodeId, std::string_view> lostAttributes;
};

/// Adds contents stored as `stored` to `range`, with the finite values that float16 would make infinite as
/// ValueRange::beyond. Infinities are no loss, float16 has them: ValueRange::maxAbs is the largest finite magnitude.
void scanBeyondHalf(DType stored, absl::Span<const std::byte> data, ValueRange& range);

/// How constants are scanned: see CompileOptions.
struct ConstantScan {
  unsigned threads = 0;
  ProgressSink progress;
};

/// One pass over `order`; with `scan` also one of every numeric constant that is wider than float16.
ConstantOrigins findConstantOrigins(const Graph& graph, absl::Span<const TargetOp> ops, absl::Span<const NodeId> order,
                                    const ConstantScan* scan);

}  // namespace precast::passes
