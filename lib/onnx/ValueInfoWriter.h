// ValueInfoProtos of the output: made anew, or those of the file under another name or with another dtype, with
// everything else in them as it stands.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "onnx/ModelSource.h"
#include "onnx/Rope.h"
#include "onnx/Wire.h"
#include "precast/Graph.h"

namespace precast::onnx {

/// The ValueInfoProto of a value that is a tensor: name, dtype and shape.
std::string tensorInfo(const Graph& graph, ValueId value);

/// Those of the compiled `graph` in place of those of the file behind it. Not thread-safe.
class ValueInfoWriter {
 public:
  ValueInfoWriter(const Graph& graph, const ModelSource& source) : graph_(graph), source_(source) {}

  /// Appends what stands in the output for `at`, the file's ValueInfoProto of `value` (none: of no value of the graph):
  /// with the value's dtype, and with the name `rename` if that is not empty. The value_info of a value whose node was
  /// removed gives way to that of the Cast of ours which has its name, if one has.
  void write(const WireField& at, ValueId value, std::string_view rename, Rope& out);
  /// Appends the value_infos that the outputs of `node` need and the file does not have.
  void writeNew(NodeId node, Rope& out) const;

 private:
  bool isNeeded(ValueId value) const;
  bool isGone(ValueId value) const;
  ValueId heirOf(ValueId gone);
  void append(ValueId value, Rope& out) const;

  const Graph& graph_;
  const ModelSource& source_;
  absl::flat_hash_map<std::string_view, ValueId> heirs_;  // by name; lookups only
};

/// Appends the ValueInfoProto `at` under the name `name` and, if `dtype` is not undefined, with that dtype.
void copyInfoAs(const ModelSource& source, const WireField& at, std::string_view name, DType dtype, Rope& out);

}  // namespace precast::onnx
