// What was decided, and why: the dtype of every operand, the kernel library, the reason and the node that caused it.
// A plan belongs to the graph that it was made for (its ids index that graph). A plain value; const access is
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Export.h"
#include "precast/Graph.h"
#include "precast/PrecisionPolicy.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// Why a node has its dtypes. Spelled in kebab-case in reports (toString).
enum class Reason : std::uint8_t {
  forcedFp16,
  forcedFp32,
  keptOrigin,
  whiteList,
  blackList,
  grayFollows,
  movesData,
  keepDtype,
  customized,
  onlyFp16Kernel,
  onlyFp32Kernel,
  aicpuFallback,
  weightOutOfRange,
  schemaLimits,
  controlFlow,
  unknownOp,
  notFloat,
  userPass,
};

/// The word of reports: "forced-fp16", "gray-follows", ...
std::string_view toString(Reason reason);

/// The decision for one node.
struct Decision {
  Reason reason = Reason::notFloat;  ///< why
  std::uint8_t library = 0;          ///< index into PrecisionPlan::libraries; 0 is "graph" (no kernel needed)
  bool orderDependent = false;       ///< gray: another operand order would have given another answer
  /// Which algorithm the kernel uses; unset where its operator has no choice.
  std::optional<ImplMode> implMode;
  bool implModeChosen = false;    ///< an entry of the policy says so; it is written
  NodeId because = NodeId::none;  ///< the node whose decision this one follows, if any
  std::uint32_t detail = 0;       ///< index into PrecisionPlan::details: where the policy said so, or the pass's name
};

/// An input or output of the model whose dtype the policy changes (output_type, input_fp16_nodes).
struct BorderDType {
  ValueId value = ValueId::none;   ///< the input or output
  DType dtype = DType::undefined;  ///< what it becomes
  bool isInput = false;            ///< of a value that is both, which of the two is meant
};

/// The decisions for all nodes of one graph.
class PrecisionPlan {
 public:
  /// The decision for one node.
  const Decision& decision(NodeId node) const { return decisions[index(node)]; }

  /// Dtypes of the node's inputs and outputs as decided, by slot; undefined where the operand is omitted or its dtype
  /// unknown.
  absl::Span<const DType> inputs(const Graph& graph, NodeId node) const {
    return {inputDTypes.data() + graph.inputOffset(node), graph.inputs(node).size()};
  }
  /// As inputs().
  absl::Span<const DType> outputs(const Graph& graph, NodeId node) const {
    return {outputDTypes.data() + graph.outputOffset(node), graph.outputs(node).size()};
  }

  /// Name of the kernel library that serves the node: "graph", or one of the target's.
  std::string_view library(NodeId node) const { return libraries[decision(node).library]; }

  /// The dtype of the node's leading float operand (first float input, else first float output); undefined if it has
  /// none.
  DType leadingDType(const Graph& graph, NodeId node) const;

  /// The dtype that `value` has as an output of the model.
  DType outputBorder(const Graph& graph, ValueId value) const;
  /// The dtype that `value` has as an input of its region.
  DType inputBorder(const Graph& graph, ValueId value) const;

  std::string target;                    ///< name of the target
  std::vector<NodeId> order;             ///< the topological order in which nodes were decided
  std::vector<Decision> decisions;       ///< by node
  std::vector<DType> inputDTypes;        ///< by Graph::inputOffset(node) + slot
  std::vector<DType> outputDTypes;       ///< by Graph::outputOffset(node) + slot
  std::vector<BorderDType> borders;      ///< all others keep their dtypes
  std::vector<std::string> libraries;    ///< "graph", then the target's in order
  std::vector<std::string> details;      ///< [0] is ""
  std::vector<std::string> targetTypes;  ///< by OpKindId: the target's operator type; "" if it is the graph's own
};

/// One sentence per link of the chain of causes, from `node` to its root: "Relu_12 is float16: gray, follows Conv_11;
/// Conv_11 is float16: white list". Unnamed nodes appear as "#<id> (OpType)".
std::string explain(const Graph& graph, const PrecisionPlan& plan, NodeId node);

}  // namespace precast
PRECAST_EXPORT_END
