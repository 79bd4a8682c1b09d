// GraphProtos into a Graph: the main graph and all nested bodies, with an explicit stack. Names are looked up in their
// region, then in those around it; node names are never looked at.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onnx/ExternalData.h"
#include "onnx/FieldRun.h"
#include "onnx/FunctionInliner.h"
#include "onnx/ModelSource.h"
#include "onnx/NameTable.h"
#include "onnx/NodeReader.h"
#include "onnx/OperandCounts.h"
#include "onnx/OpsetImports.h"
#include "onnx/TensorReader.h"
#include "onnx/TypeInference.h"
#include "onnx/ValueInfoReader.h"
#include "precast/Graph.h"
#include "precast/Limits.h"
#include "schema/Schema.h"

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
      : source_(source), external_(external), context_(context), graph_(graph), file_(source.bytes) {
    recentKinds_.fill(OpKindId::none);
  }

  absl::Status read();

  const StatedTypes& statedTypes() const { return stated_; }

 private:
  struct WaitingBody {
    std::size_t depth;  // of the stack that holds its owner's frame
    RegionId region;
    ByteRange message;
  };
  // Where reading the nodes of a graph is, those of functions among them.
  struct NodeWalk {
    FieldRun nodes;
    std::size_t inlined = 0;  // of the call that was met last, in InlinedCalls::nodes
    std::size_t inlinedEnd = 0;
  };
  struct ByNameHash {
    std::size_t operator()(absl::string_view name) const { return NameTable::hash({name.data(), name.size()}); }
  };
  // A graph that is being read. Its nodes are read some at a time: their results are declared, then the nodes are
  // added. Where a node reads what none before it makes, or has bodies, which may read what any makes, the results of
  // all nodes that are left are declared first: nodes may stand in any order, and values come in the order of the
  // nodes that make them.
  struct Frame {
    Frame(RegionId id, const FieldRun& nodes) : region(id), next{nodes} {}

    RegionId region;
    NodeWalk next;
    std::size_t nodeCount = 0;
    bool isDeclared = false;       // the results of all nodes are values
    std::uint32_t nextResult = 0;  // the value that is the first result of the next node
    NameTable names;
    absl::flat_hash_map<absl::string_view, ValueInfo, ByNameHash> infos;
  };

  // Nodes that are looked at together: what one of them waits for in memory is on its way while another one is read.
  struct ReadNode {
    NodeParts parts;
    std::vector<NameTable::Hash> inputs;  // of the names of all operands; that of an omitted one means nothing
    std::vector<NameTable::Hash> outputs;
  };

  // What a GraphProto holds beside its nodes.
  struct Sections {
    FieldRun initializers;
    std::vector<std::string_view> inputs;
    std::vector<ByteRange> sparse;
  };

  absl::Status enter(RegionId region, ByteRange message);
  absl::Status scan(Frame& frame, ByteRange message, Sections& sections);
  std::size_t nodesOf(ByteRange message) const;
  bool nextNode(NodeWalk& walk, ByteRange& node) const;
  absl::Status declareInput(Frame& frame, std::string_view name, bool isConstant);
  absl::Status declareInitializers(Frame& frame, FieldRun messages);
  absl::Status declareInitializer(Frame& frame, const TensorContents& contents, NameTable::Hash hash,
                                  ByteRange message);
  absl::Status declareSparse(Frame& frame, ByteRange message);
  absl::Status declareResult(Frame& frame, std::string_view name, NameTable::Hash hash, ByteRange node);
  absl::Status declareResults(Frame& frame);
  absl::Status finish(Frame& frame, const std::vector<std::string_view>& outputs);
  absl::Status readSome(Frame& frame, std::size_t& count);
  absl::Status addSome(Frame& frame, std::size_t count);
  absl::Status addNode(Frame& frame, const ReadNode& read);
  absl::Status findOperands(Frame& frame, const ReadNode& read);
  absl::Status addBodies(const NodeParts& node, NodeId owner);
  absl::Status addConstant(Frame& frame, OpKindId kind, const NodeParts& node, const NodeAttribute& given);
  absl::StatusOr<DType> sparseDType(const NodeAttribute& sparse);
  /// The dtype that an attribute of the node gives its results; undefined if none does.
  absl::StatusOr<DType> attributeDType(OpKindId kind, const NodeParts& node);
  ValueId find(std::string_view name, NameTable::Hash hash) const;
  /// A new value; none if there is one of that name.
  ValueId declare(Frame& frame, std::string_view name, NameTable::Hash hash, DType dtype, ShapeView shape);
  void noteTypes(ValueId value, std::string_view name, const ValueInfo* info);
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
  std::array<OpKindId, 64> recentKinds_;  // by the hash of their types
  std::vector<OutputDTypeRule> rules_;    // by OpKindId
  std::vector<OperandCounts> counts_;     // likewise
  std::vector<char> hasNumbers_;          // likewise: see AttributeNumbers.h
  std::array<ReadNode, NameTable::kAhead> batch_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
};

}  // namespace precast::onnx
