#include "passes/ConstantOrigins.h"
#include "passes/PolicyIndex.h"
#include "precast/PrecisionPass.h"

namespace precast {

NodeContext::NodeContext(const Graph& graph, const PrecisionPlan& plan, const Target& target,
                         const PrecisionPolicy& policy, absl::Span<const TargetOp> ops,
                         const passes::ConstantOrigins& constants, const passes::PolicyIndex& index)
    : graph_(graph), plan_(plan), target_(target), policy_(policy), ops_(ops), constants_(constants), index_(index),
      anyBeyondHalf_(!constants.ranges.empty() || !constants.lostAttributes.empty()) {}

bool NodeContext::isConstant(std::size_t slot) const {
  const ValueId value = graph_.inputs(node_)[slot];
  return value != ValueId::none && constants_.isConstant[index(value)] != 0;
}

NodeContext::Source NodeContext::source(std::size_t slot) const {
  const ValueId operand = graph_.inputs(node_)[slot];
  if (operand == ValueId::none) return {};
  const Source nobody{NodeId::none, graph_.dtype(operand)};
  // A Cast to float32 adds nothing to a result of 16 bits, so what that node decided still counts. It is the decided
  // dtype that is looked at, not the own one: that is what the Cast has as its own where the output is compiled again.
  for (ValueId value = operand;;) {
    if (constants_.isConstant[index(value)]) return nobody;
    const NodeId producer = graph_.producer(value);
    if (producer == NodeId::none) return nobody;
    const TargetOp& op = ops_[index(graph_.nodeKind(producer))];
    const DType out = plan_.outputDTypes[graph_.outputOffset(producer) + graph_.producerSlot(value)];
    if (op.opClass != OpClass::cast) return {producer, out};
    const auto inputs = graph_.inputs(producer);
    const DType in = inputs.empty() ? DType::undefined : plan_.inputDTypes[graph_.inputOffset(producer)];
    const bool raises =
        !inputs.empty() && inputs[0] != ValueId::none && isHalf(in) && graph_.dtype(value) == DType::float32;
    const bool neutral = in == out && passes::isNeutralCast(graph_, op, producer);
    if (!raises && !neutral) return {producer, out};
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

std::string_view NodeContext::attributeBeyondHalf() const {
  const auto lost = constants_.lostAttributes.find(node_);
  return lost == constants_.lostAttributes.end() ? std::string_view() : lost->second;
}

const KeepEntry* NodeContext::keepEntry() const { return index_.keepEntry(node_); }

const CustomDtypes* NodeContext::customDtypes() const { return index_.customDtypes(node_); }

std::string_view NodeContext::colourOrigin() const { return index_.colourOrigin(graph_.nodeKind(node_)); }

}  // namespace precast
