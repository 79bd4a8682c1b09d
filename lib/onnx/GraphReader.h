// GraphProtos into a Graph: the main graph and all nested bodies, with an explicit stack. Names are looked up in their
// region, then in those around it; node names are never looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "onnx/ExternalData.h"
#include "onnx/FunctionInliner.h"
#include "onnx/ModelSource.h"
#include "onnx/NodeReader.h"
#include "onnx/OpsetImports.h"
#include "onnx/Schema.h"
#include "onnx/TensorReader.h"
#include "onnx/TypeInference.h"
#include "onnx/ValueInfoReader.h"
#include "precast/Graph.h"
#include "precast/Limits.h"

namespace precast::onnx {

class GraphReader {
 public:
  struct Context {
    std::int64_t irVersion = 0;
    std::vector<Opset> opsets;
    InlinedCalls inlined;  ///< with its nodes at offsets of the model's bytes
    Limits limits;
  };

  GraphReader(ModelSource& source, ExternalData& external, const Context& context, Graph& graph)
      : source_(source), external_(external), context_(context), graph_(graph), file_(source.bytes) {}

  absl::Status read();

  const StatedTypes& statedTypes() const { return stated_; }

 private:
  struct WaitingBody {
    std::size_t depth;  // of the stack that holds its owner's frame
    RegionId region;
    ByteRange message;
  };
  using Names = absl::flat_hash_map<absl::string_view, ValueId>;
  struct Frame {
    RegionId region;
    std::vector<ByteRange> nodes;
    std::size_t next = 0;
    Names names;
    absl::flat_hash_map<absl::string_view, ValueInfo> infos;
  };

  absl::Status enter(RegionId region, ByteRange message);
  void addNodes(ByteRange message, std::vector<ByteRange>& nodes) const;
  absl::Status declareInput(Frame& frame, std::string_view name, bool isConstant);
  absl::Status declareInitializer(Frame& frame, ByteRange message, bool listed);
  absl::Status declareSparse(Frame& frame, ByteRange message);
  absl::Status declareOutputs(Frame& frame);
  absl::Status finish(Frame& frame, const std::vector<std::string_view>& outputs);
  absl::Status addNode(Frame& frame, ByteRange message);
  absl::Status addConstant(Frame& frame, OpKindId kind);
  ValueId find(std::string_view name) const;
  ValueId declare(Frame& frame, std::string_view name, const ValueInfo& info);
  OpKindId kindOf(const NodeParts& node);
  TensorData keepContents(const TensorContents& contents, ByteRange message);

  ModelSource& source_;
  ExternalData& external_;
  const Context& context_;
  Graph& graph_;
  absl::Span<const std::byte> file_;
  std::vector<Frame> stack_;
  std::vector<WaitingBody> waiting_;
  std::vector<std::vector<std::string_view>> outputNames_;  // by frame
  StatedTypes stated_;
  absl::flat_hash_map<std::string, OpKindId> kinds_;
  std::vector<OutputDTypeRule> rules_;  // by OpKindId
  NodeParts node_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
};

}  // namespace precast::onnx
