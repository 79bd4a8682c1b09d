#include "passes/ConstantOrigins.h"
#include "passes/PolicyIndex.h"
#include "precast/PrecisionPass.h"

namespace precast {

NodeContext::NodeContext(const Graph& graph, const PrecisionPlan& plan, const Target& target,
                         const PrecisionPolicy& policy, absl::Span<const TargetOp> ops,
                         const passes::ConstantOrigins& constants, const passes::PolicyIndex& index)
    : graph_(graph), plan_(plan), target_(target), policy_(policy), ops_(ops), constants_(constants), index_(index),
      anyBeyondHalf_(!constants.ranges.empty()) {}

bool NodeContext::isConstant(std::size_t slot) const {
  const ValueId value = graph_.inputs(node_)[slot];
  return value != ValueId::none && constants_.isConstant[index(value)] != 0;
}

NodeContext::Source NodeContext::source(std::size_t slot) const {
  const ValueId operand = graph_.inputs(node_)[slot];
  if (operand == ValueId::none) return {};
  const Source nobody{NodeId::none, graph_.dtype(operand)};
  // A Cast from 16 bits to float32 adds nothing to its node's result, so what that node decided still counts. The loop
  // ends: the input of such a Cast is a 16-bit value, which no other such Cast produces.
  for (ValueId value = operand;;) {
    if (constants_.isConstant[index(value)]) return nobody;
    const NodeId producer = graph_.producer(value);
    if (producer == NodeId::none) return nobody;
    const auto inputs = graph_.inputs(producer);
    const bool raises = ops_[index(graph_.nodeKind(producer))].opClass == OpClass::cast && !inputs.empty() &&
                        inputs[0] != ValueId::none && isHalf(graph_.dtype(inputs[0])) &&
                        graph_.dtype(value) == DType::float32;
    if (!raises) return {producer, plan_.outputDTypes[graph_.outputOffset(producer) + graph_.producerSlot(value)]};
    value = inputs[0];
  }
}

NodeContext::BeyondHalf NodeContext::constantBeyondHalf(std::size_t slot) const {
  const ValueId value = graph_.inputs(node_)[slot];
  if (value == ValueId::none || constants_.beyondHalf.empty()) return {};
  const ValueId constant = constants_.beyondHalf[index(value)];
  if (constant == ValueId::none) return {};
  const ValueRange& range = constants_.ranges.find(constant)->second;
  return {constant, range.beyond, range.maxAbs, constants_.summed[index(value)] != 0};
}

const KeepEntry* NodeContext::keepEntry() const { return index_.keepEntry(node_); }

const CustomDtypes* NodeContext::customDtypes() const { return index_.customDtypes(node_); }

std::string_view NodeContext::colourOrigin() const { return index_.colourOrigin(graph_.nodeKind(node_)); }

}  // namespace precast
