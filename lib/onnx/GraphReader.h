// GraphProtos into a Graph: the main graph and all nested bodies, with an explicit stack. Names are looked up in their
// region, then in those around it; node names are never looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onnx/ExternalData.h"
#include "onnx/FunctionInliner.h"
#include "onnx/ModelSource.h"
#include "onnx/NameTable.h"
#include "onnx/NodeReader.h"
#include "onnx/OperandCounts.h"
#include "onnx/OpsetImports.h"
#include "onnx/Schema.h"
#include "onnx/TensorReader.h"
#include "onnx/TypeInference.h"
#include "onnx/ValueInfoReader.h"
#include "precast/Graph.h"
#include "precast/Limits.h"
#include "support/BulkMemory.h"

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
  struct Result {
    std::string_view name;
    NameTable::Hash hash;
  };
  template <typename T>
  using Bulk = std::vector<T, support::BulkAllocator<T>>;
  // A graph that is being read. Of its nodes, first the names alone are collected, while their bytes are at hand, then
  // results are declared, so that nodes may stand in any order, then the nodes are added.
  struct Frame {
    RegionId region;
    Bulk<ByteRange> nodes;
    std::size_t nextNode = 0;
    Bulk<NameTable::Hash> operands;  // those that are not omitted, of all nodes, in order
    std::size_t nextOperand = 0;
    Bulk<Result> results;  // likewise; values from firstResult on
    std::uint32_t firstResult = 0;
    std::size_t nextResult = 0;
    NameTable names;
    absl::flat_hash_map<absl::string_view, ValueInfo> infos;
  };

  // What a GraphProto holds beside its nodes.
  struct Sections {
    std::vector<std::string_view> inputs;
    Bulk<ByteRange> initializers;
    std::vector<ByteRange> sparse;
  };

  absl::Status enter(RegionId region, ByteRange message);
  absl::Status scan(Frame& frame, ByteRange message, Sections& sections);
  absl::Status addNodes(Frame& frame, ByteRange message) const;
  absl::Status collectNames(Frame& frame, ByteRange node) const;
  absl::Status declareInput(Frame& frame, std::string_view name, bool isConstant);
  absl::Status declareInitializers(Frame& frame, const Bulk<ByteRange>& messages);
  absl::Status declareInitializer(Frame& frame, const TensorContents& contents, NameTable::Hash hash,
                                  ByteRange message);
  absl::Status declareSparse(Frame& frame, ByteRange message);
  absl::Status declareOutputs(Frame& frame);
  absl::Status finish(Frame& frame, const std::vector<std::string_view>& outputs);
  absl::Status addNode(Frame& frame, ByteRange message);
  absl::Status addConstant(Frame& frame, OpKindId kind, const NodeAttribute& given);
  absl::StatusOr<DType> sparseDType(const NodeAttribute& sparse);
  /// The dtype that an attribute of node_ gives its results; undefined if none does.
  absl::StatusOr<DType> attributeDType(OpKindId kind);
  absl::Status twoProducers(const Frame& frame, std::string_view name) const;
  ValueId find(std::string_view name, NameTable::Hash hash) const;
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
  std::vector<OpKindId> recentKinds_;   // the one met last comes first
  std::vector<OutputDTypeRule> rules_;  // by OpKindId
  std::vector<OperandCounts> counts_;   // likewise
  std::vector<char> hasNumbers_;        // likewise: see AttributeNumbers.h
  NodeParts node_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
};

}  // namespace precast::onnx
