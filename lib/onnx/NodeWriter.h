// NodeProtos of the output: unchanged ones as they stood, changed ones with new operands, names and dtype attributes
// and everything else copied in place.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "onnx/ModelSource.h"
#include "onnx/Rope.h"
#include "precast/Compile.h"
#include "precast/Graph.h"
#include "schema/Schema.h"

namespace precast::onnx {

/// True for models of the opsets in which Cast names its dtype in words ("FLOAT16"): those before 6.
inline bool saysDTypesInWords(const ModelSource& source) { return source.opset > 0 && source.opset < 6; }

class NodeWriter {
 public:
  /// `writeBody` appends the GraphProto of a region; `writeTensor` a TensorProto for the contents of a constant, made
  /// from the TensorProto in `range` (empty: none, a scalar or vector of plain attributes).
  using BodyWriter = std::function<absl::Status(RegionId, Rope&)>;
  using TensorWriter = std::function<absl::Status(ValueId, ByteRange, Rope&)>;

  /// `implModes` are in node order; they are written as metadata "precast.impl_mode", and no other such entry is.
  NodeWriter(const Graph& graph, const ModelSource& source, absl::Span<const NodeImplMode> implModes,
             BodyWriter writeBody, TensorWriter writeTensor);

  /// Appends `node` as field `node` of a GraphProto.
  absl::Status write(NodeId node, Rope& out) const;

 private:
  bool isUnchanged(NodeId node, ByteRange message) const;
  std::string modeField(NodeId node) const;
  std::string_view typeIn(ByteRange message) const;
  bool hasExternalContents(ValueId value) const;
  void writeNew(NodeId node, Rope& out) const;
  absl::Status rewrite(NodeId node, ByteRange message, Rope& out) const;
  absl::Status writeAttribute(NodeId node, ByteRange attribute, RegionId& body, bool& wroteDType, Rope& out) const;

  const Graph& graph_;
  const ModelSource& source_;
  absl::Span<const NodeImplMode> implModes_;
  BodyWriter writeBody_;
  TensorWriter writeTensor_;
  std::vector<OutputDTypeRule> rules_;  // by OpKindId: found once, not once per node
};

}  // namespace precast::onnx
