// The intermediate representation: a neural network as nodes and values (SSA: one producer, many users) in flat arrays.
// Nested bodies (If, Loop, Scan) are regions whose nodes are rows in the same arrays; nothing recurses.
// Ids are 32-bit and dense, in order of addition. Names are views: into storage that the graph interns, or into a
// buffer that the caller hands over with keepAlive(). A Graph is a value: copies are independent. Const access is
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// A node of one graph.
enum class NodeId : std::uint32_t { none = 0xFFFFFFFFU };
/// A value of one graph; as an operand, none is an omitted optional input or output.
enum class ValueId : std::uint32_t { none = 0xFFFFFFFFU };
/// The contents of a constant or a default.
enum class TensorId : std::uint32_t { none = 0xFFFFFFFFU };
/// The main graph or a nested body.
enum class RegionId : std::uint32_t { main = 0, none = 0xFFFFFFFFU };
/// An operator as nodes of one graph share it.
enum class OpKindId : std::uint32_t { none = 0xFFFFFFFFU };

/// The number of an id; ids count from 0 in order of addition.
template <typename Id>
constexpr std::uint32_t index(Id id) {
  return static_cast<std::uint32_t>(id);
}

/// One formal operand of an operator: which type variable of its signature it has.
struct OperandSpec {
  std::uint8_t typeVar = 0;    ///< index into OpSignature::typeVars
  bool optional = false;       ///< may be omitted
  bool variadic = false;       ///< last of its list: stands for this operand and all that follow
  bool heterogeneous = false;  ///< variadic only: each of them may have a dtype of its own
};

/// What an operator's schema allows: operands that share a type variable have one dtype, taken from the variable's set.
struct OpSignature {
  std::vector<OperandSpec> inputs;   ///< the formal inputs, in order
  std::vector<OperandSpec> outputs;  ///< the formal outputs, in order
  std::vector<DTypeSet> typeVars;    ///< what each type variable may stand for

  /// The formal operand of input or output `slot`; null if the operator has no such slot.
  const OperandSpec* input(std::size_t slot) const { return specAt(inputs, slot); }
  /// As input().
  const OperandSpec* output(std::size_t slot) const { return specAt(outputs, slot); }

 private:
  static const OperandSpec* specAt(const std::vector<OperandSpec>& specs, std::size_t slot);
};

/// An operator as the nodes of one graph use it. `variant` is the value of the one attribute that selects a kernel (the
/// `mode` of Resize), else empty. `sinceVersion` is the operator's version in its domain, 0 if unversioned.
struct OpKind {
  std::string domain;      ///< "" is ONNX's default domain
  std::string type;        ///< "Conv"
  std::string variant;     ///< "" unless an attribute selects the kernel
  int sinceVersion = 0;    ///< 0 if unversioned
  bool hasSchema = false;  ///< false: any dtypes are legal, and only a target can say more
  OpSignature signature;   ///< meaningful if hasSchema
};

/// Dimensions of a tensor. Unknown rank is `known == false`; an unknown dimension is -1.
struct ShapeView {
  bool known = false;                   ///< false: unknown rank
  absl::Span<const std::int64_t> dims;  ///< -1: unknown dimension

  /// The number of elements; -1 if the rank or a dimension is unknown or the product does not fit in 63 bits.
  std::int64_t elementCount() const;
};

/// The contents of a constant. `data` holds elements of dtype `stored`, little-endian, and may be unaligned or null
/// (contents unknown: JSON graphs). Where `stored` differs from the dtype of the constant's value, the value is the
/// conversion of the data, done when it is read or written (see convertTensor in Compile.h), so that weights are never
/// held twice.
struct TensorData {
  DType stored = DType::undefined;   ///< dtype of the elements at `data`
  absl::Span<const std::byte> data;  ///< not owned: see Graph::keepAlive()
  std::uint64_t payload = 0;         ///< opaque, for the front end that made it
  /// True: `data` holds the elements that are not zero, and only the front end knows where they belong.
  bool isSparse = false;
  /// False: the contents are unknown.
  bool hasData() const { return data.data() != nullptr; }
};

/// A number among a node's attributes that its result is made of (what ConstantOfShape fills with, the range of
/// RandomUniform): a constant that only the node knows. The numeric guard looks after it.
struct AttributeNumber {
  NodeId node = NodeId::none;  ///< whose attribute it is
  std::string_view name;       ///< of the attribute
  double value = 0;            ///< the number
};

/// A scope: the main graph, or a nested body of a node.
struct Region {
  std::string name;                  ///< path component: the attribute that holds the body; "" for the main graph
  RegionId parent = RegionId::none;  ///< none for the main graph
  NodeId owner = NodeId::none;       ///< whose body it is; none for the main graph
  RegionId next = RegionId::none;    ///< the owner's next body
  std::vector<ValueId> inputs;       ///< in the order of the signature
  std::vector<ValueId> outputs;      ///< likewise; a value may be listed twice
  std::uint64_t payload = 0;         ///< opaque, for the front end
};

/// A neural network: nodes, values, constants and regions. See the top of this file.
class Graph {
 public:
  /// An empty main graph.
  Graph();

  // --- Building. Failing calls leave the graph as it was. Names are copied unless they lie in a kept-alive buffer. ---

  /// Room for so many nodes, values, input operands of nodes and constants; a graph that outgrows it is only slower to
  /// build.
  void reserve(std::size_t nodes, std::size_t values, std::size_t operands, std::size_t constants = 0);

  /// Keeps `owner` alive as long as this graph and its copies: views into it may then be passed as names (with
  /// NameStorage::borrow) and tensor data.
  void keepAlive(std::shared_ptr<const void> owner);
  /// True if keepAlive() was given `owner`, for this graph or for one that it is a copy of.
  bool keeps(const void* owner) const;

  /// What lets go of contents; see onContentsRead().
  using ContentsRelease = std::function<void(absl::Span<const std::byte>)>;
  /// `release` is called with parts of constants' contents that were read in passing and are not needed for now (the
  /// numeric guard looks at all of them), so that the owner of a mapped file can give the pages back; the contents must
  /// stay the same. Called from several threads at once. Copies of the graph have it too.
  void onContentsRead(ContentsRelease release);
  /// Tells the owner that `contents` were read in passing. Thread-safe.
  void releaseContents(absl::Span<const std::byte> contents) const {
    if (contentsRelease_ != nullptr) (*contentsRelease_)(contents);
  }

  /// Whether names are copied, or point into a buffer that keepAlive() holds.
  enum class NameStorage { copy, borrow };

  /// Copies `text` into storage that lives as long as the graph and its copies.
  std::string_view internName(std::string_view text);

  /// The id of this operator, added if new; two calls with equal domain, type, variant and version give one id.
  OpKindId addOpKind(OpKind kind);

  /// A value without a producer yet. Dims of -1 are unknown; `known = false` in `shape` is an unknown rank.
  ValueId addValue(std::string_view name, DType dtype, ShapeView shape = {}, RegionId region = RegionId::main,
                   NameStorage storage = NameStorage::copy);

  /// Makes `value` an input of its region. kInvalidArgument if it has a producer, is an input already or is a constant
  /// (an initializer with a default that callers may override is an input: use addInput first, then setDefault).
  absl::Status addInput(ValueId value);

  /// Gives `value` constant contents. kInvalidArgument if it has a producer or is an input, or if the data's size
  /// disagrees with a fully known shape.
  absl::Status setConstant(ValueId value, TensorData tensor);

  /// Gives a region input default contents that a caller may override: it stays an input, never a constant.
  absl::Status setDefault(ValueId value, TensorData tensor);

  /// Appends an output to `region`; the same value may be listed twice.
  absl::Status addOutput(ValueId value, RegionId region = RegionId::main);

  /// Appends a node. ValueId::none is an omitted operand. kInvalidArgument for an unknown id, or an output that has a
  /// producer, is a region input or a constant.
  absl::StatusOr<NodeId> addNode(OpKindId kind, std::string_view name, absl::Span<const ValueId> inputs,
                                 absl::Span<const ValueId> outputs, RegionId region = RegionId::main,
                                 NameStorage storage = NameStorage::copy);

  /// A node that only holds a constant (ONNX Constant): addNode, and `value` becomes a constant produced by it.
  absl::StatusOr<NodeId> addConstantNode(OpKindId kind, std::string_view name, ValueId value, TensorData tensor,
                                         RegionId region = RegionId::main, NameStorage storage = NameStorage::copy);

  /// Adds a nested body of `owner`. kInvalidArgument for an unknown node.
  absl::StatusOr<RegionId> addRegion(NodeId owner, std::string_view name);

  /// A copy with the same values, initializers, regions and operators, but no nodes and no region outputs: the start of
  /// a rewrite, in which every id but the nodes' stays what it was. It has room for as many nodes as there are here and
  /// `moreNodes`, each with a value of its own.
  Graph withoutNodes(std::size_t moreNodes = 0) const;

  /// Makes `region` (of a graph made by withoutNodes) a body of `owner`. kInvalidArgument if it has an owner.
  absl::Status attachRegion(NodeId owner, RegionId region);

  /// Says what an attribute of `node` is. Quick where nodes come in order.
  void addAttributeNumber(NodeId node, std::string_view name, double value);

  /// The name of the graph.
  void setName(std::string_view name) { name_ = std::string(name); }
  /// A number of the front end's own, carried along.
  void setNodePayload(NodeId node, std::uint64_t payload) { nodePayloads_[index(node)] = payload; }
  /// As setNodePayload().
  void setValuePayload(ValueId value, std::uint64_t payload) { valuePayloads_[index(value)] = payload; }
  /// As setNodePayload().
  void setRegionPayload(RegionId region, std::uint64_t payload) { regions_[index(region)].payload = payload; }
  /// Changes the shape of a value.
  void setValueShape(ValueId value, ShapeView shape);
  /// Changes the dtype of a value; verify() says whether its users take it.
  void setValueDType(ValueId value, DType dtype) { values_[index(value)].dtype = dtype; }

  // --- Reading. Ids must come from this graph (checked in debug builds). ---

  /// The name of the graph.
  std::string_view name() const { return name_; }
  /// Ids run from 0 to the count less one; so for the counts below.
  std::size_t nodeCount() const { return nodeNames_.size(); }
  std::size_t valueCount() const { return values_.size(); }           ///< values, constants among them
  std::size_t tensorCount() const { return tensors_.size(); }         ///< contents of constants and defaults
  std::size_t regionCount() const { return regions_.size(); }         ///< the main graph is one
  std::size_t opKindCount() const { return kinds_.size(); }           ///< different operators
  std::size_t inputOperandCount() const { return inputs_.size(); }    ///< of all nodes together
  std::size_t outputOperandCount() const { return outputs_.size(); }  ///< of all nodes together

  /// The operator with this id.
  const OpKind& opKind(OpKindId id) const { return kinds_[index(id)]; }
  /// The region with this id.
  const Region& region(RegionId id) const { return regions_[index(id)]; }
  /// The contents with this id.
  const TensorData& tensor(TensorId id) const { return tensors_[index(id)]; }

  /// "" for an unnamed node.
  std::string_view nodeName(NodeId id) const { return nodeNames_[index(id)]; }
  /// Which operator a node applies.
  OpKindId nodeKind(NodeId id) const { return nodes_[index(id)].kind; }
  /// The operator itself.
  const OpKind& nodeOp(NodeId id) const { return opKind(nodeKind(id)); }
  /// Where a node stands.
  RegionId nodeRegion(NodeId id) const { return nodes_[index(id)].region; }
  /// See setNodePayload().
  std::uint64_t nodePayload(NodeId id) const { return nodePayloads_[index(id)]; }
  /// What attributes of nodes are known, in the order of the nodes.
  absl::Span<const AttributeNumber> attributeNumbers() const { return attributeNumbers_; }
  /// Those of one node.
  absl::Span<const AttributeNumber> attributeNumbers(NodeId node) const;
  /// True for If, Loop, Scan and the like.
  bool hasRegions(NodeId id) const { return firstRegions_[index(id)] != RegionId::none; }
  /// The first nested body of `id`; the others follow by Region::next. none without bodies.
  RegionId firstRegion(NodeId id) const { return firstRegions_[index(id)]; }
  /// Operands by slot; none is an omitted one.
  absl::Span<const ValueId> inputs(NodeId id) const {
    const NodeRow* row = &nodes_[index(id)];
    return {inputs_.data() + row->inputBegin, row[1].inputBegin - row->inputBegin};
  }
  /// Results by slot; none is an omitted one.
  absl::Span<const ValueId> outputs(NodeId id) const {
    const NodeRow* row = &nodes_[index(id)];
    return {outputs_.data() + row->outputBegin, row[1].outputBegin - row->outputBegin};
  }
  /// Position of the node's first input (output) in an array that lists the operands of all nodes in id order.
  std::uint32_t inputOffset(NodeId id) const { return nodes_[index(id)].inputBegin; }
  /// As inputOffset().
  std::uint32_t outputOffset(NodeId id) const { return nodes_[index(id)].outputBegin; }

  /// The name of a value.
  std::string_view valueName(ValueId id) const { return valueNames_[index(id)]; }
  /// Its dtype; undefined if nobody knows.
  DType dtype(ValueId id) const { return values_[index(id)].dtype; }
  /// Its shape; the view is valid until the graph changes.
  ShapeView shape(ValueId id) const;
  /// NodeId::none for a region input, an initializer, or a value that nothing makes.
  NodeId producer(ValueId id) const { return values_[index(id)].producer; }
  /// Which output of its producer a value is.
  std::uint32_t producerSlot(ValueId id) const { return values_[index(id)].producerSlot; }
  /// Where a value is defined.
  RegionId valueRegion(ValueId id) const { return values_[index(id)].region; }
  /// True for an input of its region, with or without a default.
  bool isRegionInput(ValueId id) const { return values_[index(id)].isInput; }
  /// True if a region lists it as an output.
  bool isRegionOutput(ValueId id) const { return values_[index(id)].isOutput; }
  /// An initializer that callers cannot override, or the result of a constant node.
  bool isConstant(ValueId id) const { return values_[index(id)].isConstant; }
  TensorId tensorOf(ValueId id) const { return valueTensors_[index(id)]; }  ///< contents or default; else none
  /// See setNodePayload().
  std::uint64_t valuePayload(ValueId id) const { return valuePayloads_[index(id)]; }

 private:
  // What a traversal reads of a node and of a value is 16 bytes each; names, payloads and shapes are beside.
  struct NodeRow {
    OpKindId kind = OpKindId::none;
    RegionId region = RegionId::main;
    std::uint32_t inputBegin = 0;  // operands end where those of the next row begin
    std::uint32_t outputBegin = 0;
  };
  struct ValueRow {
    NodeId producer = NodeId::none;
    std::uint32_t producerSlot = 0;
    RegionId region = RegionId::main;
    DType dtype = DType::undefined;
    bool isInput = false;
    bool isOutput = false;
    bool isConstant = false;
  };
  struct ShapeRow {
    std::uint32_t begin = 0;  // in dims_
    std::int32_t rank = -1;   // -1: unknown
  };
  struct NameArena;

  bool valid(ValueId id) const { return index(id) < values_.size(); }
  bool valid(RegionId id) const { return index(id) < regions_.size(); }
  absl::Status checkContents(ValueId value, const TensorData& tensor) const;
  std::string describe(ValueId value) const;

  std::string name_;
  std::vector<NodeRow> nodes_;  // one more than nodes: the last one says where the operands end
  std::vector<std::string_view> nodeNames_;
  std::vector<std::uint64_t> nodePayloads_;
  std::vector<RegionId> firstRegions_;
  std::vector<AttributeNumber> attributeNumbers_;  // by node
  std::vector<ValueRow> values_;
  std::vector<std::string_view> valueNames_;
  std::vector<std::uint64_t> valuePayloads_;
  std::vector<TensorId> valueTensors_;
  std::vector<ShapeRow> shapes_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
  std::vector<std::int64_t> dims_;
  std::vector<TensorData> tensors_;
  std::vector<Region> regions_;
  std::vector<OpKind> kinds_;
  std::shared_ptr<NameArena> arena_;  // this graph's own names; shared read-only after a copy
  std::shared_ptr<const ContentsRelease> contentsRelease_;
  std::vector<std::shared_ptr<const void>> keptAlive_;  // buffers and the arenas of graphs this one was copied from
};

}  // namespace precast
PRECAST_EXPORT_END
