// A graph and a plan written by hand, so that the tests of explanations and reports need no decider.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "precast/Compile.h"

namespace precast {

class HandBuiltPlan {
 public:
  HandBuiltPlan() {
    result.plan.target = "ascend310";
    result.plan.libraries = {"graph", "aicore", "aicpu"};
    result.plan.details = {""};
  }

  ValueId value(std::string_view name, DType dtype = DType::float32, RegionId region = RegionId::main) {
    return graph.addValue(name, dtype, {}, region);
  }

  /// Appends a node with a decision: `dtype` for every operand that is there, `reason`, and the node that caused it.
  NodeId node(std::string_view name, std::string_view type, std::vector<ValueId> inputs, std::vector<ValueId> outputs,
              DType dtype, Reason reason, NodeId because = NodeId::none, std::string_view detail = {},
              RegionId region = RegionId::main) {
    OpKind kind;
    kind.type = std::string(type);
    const OpKindId kindId = graph.addOpKind(kind);
    const NodeId id = *graph.addNode(kindId, name, inputs, outputs, region);
    return decide(id, dtype, reason, because, detail);
  }

  NodeId constantNode(std::string_view name, ValueId value) {
    OpKind kind;
    kind.type = "Constant";
    const OpKindId kindId = graph.addOpKind(kind);
    TensorData data;
    data.stored = graph.dtype(value);
    const NodeId id = *graph.addConstantNode(kindId, name, value, data);
    return decide(id, graph.dtype(value), Reason::keptOrigin, NodeId::none, {});
  }

  Graph graph;
  CompileResult result;

 private:
  NodeId decide(NodeId id, DType dtype, Reason reason, NodeId because, std::string_view detail) {
    PrecisionPlan& plan = result.plan;
    Decision decision;
    decision.reason = reason;
    decision.because = because;
    decision.library = reason == Reason::aicpuFallback ? 2 : reason == Reason::notFloat ? 0 : 1;
    if (!detail.empty()) {
      decision.detail = static_cast<std::uint32_t>(plan.details.size());
      plan.details.emplace_back(detail);
    }
    plan.decisions.push_back(decision);
    plan.order.push_back(id);
    for (ValueId input : graph.inputs(id)) plan.inputDTypes.push_back(decided(input, dtype));
    for (ValueId output : graph.outputs(id)) plan.outputDTypes.push_back(decided(output, dtype));
    plan.targetTypes.resize(graph.opKindCount());
    return id;
  }

  DType decided(ValueId value, DType dtype) const {
    if (value == ValueId::none) return DType::undefined;
    return isFloat(graph.dtype(value)) ? dtype : graph.dtype(value);
  }
};

}  // namespace precast
