#include "precast/Verify.h"

#include <array>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "support/BulkMemory.h"

namespace precast {

namespace {

struct Operand {
  const char* side;
  std::size_t slot;
  ValueId value;
};

absl::Status producedByNothing(const Graph& graph, NodeId node, const Operand& operand) {
  return absl::InvalidArgumentError(fmt::format("{}: {} {} '{}' is no input, no constant and no node's output",
                                                ir::nodeLabel(graph, node), operand.side, operand.slot,
                                                graph.valueName(operand.value)));
}

absl::Status notVisible(const Graph& graph, NodeId node, const Operand& operand) {
  return absl::InvalidArgumentError(fmt::format("{}: {} {} '{}' belongs to a body that does not enclose the node",
                                                ir::nodeLabel(graph, node), operand.side, operand.slot,
                                                graph.valueName(operand.value)));
}

absl::Status notAllowed(const Graph& graph, NodeId node, const Operand& operand, DType dtype) {
  const OpKind& op = graph.nodeOp(node);
  return absl::InvalidArgumentError(
      fmt::format("{}: {} {} '{}' is {}, which {}-{} does not allow there", ir::nodeLabel(graph, node), operand.side,
                  operand.slot, graph.valueName(operand.value), toString(dtype), op.type, op.sinceVersion));
}

absl::Status notEqual(const Graph& graph, NodeId node, const Operand& a, DType dtypeA, const Operand& b, DType dtypeB) {
  const OpKind& op = graph.nodeOp(node);
  return absl::InvalidArgumentError(
      fmt::format("{}: {} {} '{}' is {} but {} {} '{}' is {}, and {}-{} wants one dtype for both",
                  ir::nodeLabel(graph, node), a.side, a.slot, graph.valueName(a.value), toString(dtypeA), b.side,
                  b.slot, graph.valueName(b.value), toString(dtypeB), op.type, op.sinceVersion));
}

absl::Status verifyDTypes(const Graph& graph, NodeId node) {
  const OpKind& op = graph.nodeOp(node);
  if (!op.hasSchema) return absl::OkStatus();
  constexpr std::size_t kMaxVars = 64;
  Operand bound[kMaxVars];
  bool isBound[kMaxVars] = {};
  const auto check = [&](const OperandSpec* spec, const Operand& operand) -> absl::Status {
    if (spec == nullptr || operand.value == ValueId::none) return absl::OkStatus();
    const DType dtype = graph.dtype(operand.value);
    if (dtype == DType::undefined) return absl::OkStatus();
    if (!op.signature.typeVars[spec->typeVar].contains(dtype)) return notAllowed(graph, node, operand, dtype);
    if (spec->heterogeneous || spec->typeVar >= kMaxVars) return absl::OkStatus();
    if (!isBound[spec->typeVar]) {
      isBound[spec->typeVar] = true;
      bound[spec->typeVar] = operand;
      return absl::OkStatus();
    }
    const Operand& first = bound[spec->typeVar];
    if (graph.dtype(first.value) == dtype) return absl::OkStatus();
    return notEqual(graph, node, first, graph.dtype(first.value), operand, dtype);
  };
  const auto inputs = graph.inputs(node);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    if (absl::Status s = check(op.signature.input(slot), {"input", slot, inputs[slot]}); !s.ok()) return s;
  }
  const auto outputs = graph.outputs(node);
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    if (absl::Status s = check(op.signature.output(slot), {"output", slot, outputs[slot]}); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status verifyOperands(const Graph& graph, NodeId node) {
  const RegionId region = graph.nodeRegion(node);
  const auto inputs = graph.inputs(node);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const ValueId value = inputs[slot];
    if (value == ValueId::none) continue;
    const Operand operand{"input", slot, value};
    if (graph.producer(value) == NodeId::none && !graph.isRegionInput(value) && !graph.isConstant(value)) {
      return producedByNothing(graph, node, operand);
    }
    const RegionId home = graph.valueRegion(value);
    if (home != region && !ir::encloses(graph, home, region)) return notVisible(graph, node, operand);
  }
  return absl::OkStatus();
}

// What verifyOperands and verifyDTypes ask, answered without making a message: nearly every node of nearly every graph
// passes. `inOrder` becomes false if a producer comes after its reader.
bool passes(const Graph& graph, NodeId node, bool& inOrder) {
  const OpKind& op = graph.nodeOp(node);
  const RegionId region = graph.nodeRegion(node);
  std::array<DType, 16> bound{};
  const auto allowed = [&](const OperandSpec* spec, DType dtype) {
    if (spec == nullptr || dtype == DType::undefined) return true;
    if (!op.signature.typeVars[spec->typeVar].contains(dtype)) return false;
    if (spec->heterogeneous) return true;
    if (spec->typeVar >= bound.size()) return false;  // rather ask the thorough check
    DType& first = bound[spec->typeVar];
    if (first == DType::undefined) first = dtype;
    return first == dtype;
  };
  const auto inputs = graph.inputs(node);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const ValueId value = inputs[slot];
    if (value == ValueId::none) continue;
    const NodeId producer = graph.producer(value);
    if (producer == NodeId::none) {
      if (!graph.isRegionInput(value) && !graph.isConstant(value)) return false;
    } else if (index(producer) >= index(node)) {
      inOrder = false;
    }
    if (graph.valueRegion(value) != region && !ir::encloses(graph, graph.valueRegion(value), region)) return false;
    if (op.hasSchema && !allowed(op.signature.input(slot), graph.dtype(value))) return false;
  }
  if (!op.hasSchema) return true;
  const auto outputs = graph.outputs(node);
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    if (outputs[slot] == ValueId::none) continue;
    if (!allowed(op.signature.output(slot), graph.dtype(outputs[slot]))) return false;
  }
  return true;
}

absl::Status verifyRegion(const Graph& graph, RegionId id) {
  for (ValueId value : graph.region(id).outputs) {
    const std::string_view name = graph.valueName(value);
    if (graph.producer(value) == NodeId::none && !graph.isRegionInput(value) && !graph.isConstant(value)) {
      return absl::InvalidArgumentError(
          fmt::format("graph output '{}' is no input, no constant and no node's output", name));
    }
    if (!ir::encloses(graph, graph.valueRegion(value), id)) {
      return absl::InvalidArgumentError(
          fmt::format("graph output '{}' belongs to a body that does not enclose it", name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status verify(const Graph& graph) { return ir::verifiedOrder(graph).status(); }

absl::StatusOr<std::vector<NodeId>> ir::verifiedOrder(const Graph& graph) {
  bool inOrder = true;
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    if (passes(graph, node, inOrder)) continue;
    if (absl::Status s = verifyOperands(graph, node); !s.ok()) return s;
    if (absl::Status s = verifyDTypes(graph, node); !s.ok()) return s;
  }
  for (std::size_t r = 0; r < graph.regionCount(); ++r) {
    if (absl::Status s = verifyRegion(graph, static_cast<RegionId>(r)); !s.ok()) return s;
  }
  if (graph.regionCount() > 1 || !inOrder) return topologicalOrder(graph);
  std::vector<NodeId> order;
  support::fillBulk(order, graph.nodeCount());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<NodeId>(i);
  return order;
}

}  // namespace precast
