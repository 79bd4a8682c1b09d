// What waits for its users: Casts are retargeted where all users agree, constants and the movers that hand them on take
// the dtype that their users decided. Both after the traversal, against its order, so that users are settled first.
#include <algorithm>

#include "passes/Decider.h"

namespace precast::passes {

void Decider::settle() {
  // Who reads what is worked out only where somebody waits for it.
  const bool waits = std::any_of(plan_.order.begin(), plan_.order.end(), [&](NodeId node) {
    return ops_[index(graph_.nodeKind(node))].opClass == OpClass::cast || isConstantMover(node);
  });
  if (!waits) return;
  const ir::UseList uses(graph_);
  settleCasts(uses);
  settleConstants(uses);
}

void Decider::settleCasts(const ir::UseList& uses) {
  for (auto at = plan_.order.rbegin(); at != plan_.order.rend(); ++at) {
    const NodeId node = *at;
    if (ops_[index(graph_.nodeKind(node))].opClass != OpClass::cast) continue;
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    if (inputs.empty() || inputs[0] == ValueId::none || outputs.empty() || outputs[0] == ValueId::none) continue;
    const ValueId output = outputs[0];
    const DType own = graph_.dtype(output);
    if (!isFloat(own) || graph_.isRegionOutput(output)) continue;
    if (isHalf(own) && graph_.dtype(inputs[0]) == DType::float32) continue;  // the user's own loss of precision stays
    const Reason reason = plan_.decisions[index(node)].reason;
    if (reason == Reason::keepDtype || reason == Reason::customized) continue;
    DType agreed = DType::undefined;
    NodeId first = NodeId::none;
    bool agree = true;
    for (const ir::Use& use : uses.of(output)) {
      // A Cast reads whatever it is given; it has no say.
      if (use.slot == 0 && ops_[index(graph_.nodeKind(use.node))].opClass == OpClass::cast) continue;
      const DType dtype = plan_.inputDTypes[graph_.inputOffset(use.node) + use.slot];
      if (first == NodeId::none) {
        first = use.node;
        agreed = dtype;
      }
      agree &= dtype == agreed;
    }
    if (!agree || !isFloat(agreed) || agreed == outputsOf(node)[0]) continue;
    absl::InlinedVector<DType, 4> cells(inputsOf(node), inputsOf(node) + inputs.size());
    if (cells.size() > 1) cells[1] = agreed;
    cells.push_back(agreed);
    if (!isLegal(graph_.nodeOp(node), inputs.size(), cells)) continue;
    outputsOf(node)[0] = agreed;
    plan_.decisions[index(node)].reason = Reason::movesData;
    plan_.decisions[index(node)].because = first;
    // Casts of this Cast's result see its new dtype.
    for (const ir::Use& use : uses.of(output)) {
      if (ops_[index(graph_.nodeKind(use.node))].opClass == OpClass::cast && use.slot == 0)
        inputsOf(use.node)[0] = agreed;
    }
  }
}

void Decider::settleConstants(const ir::UseList& uses) {
  for (auto at = plan_.order.rbegin(); at != plan_.order.rend(); ++at) {
    const NodeId node = *at;
    const auto outputs = graph_.outputs(node);
    if (!isConstantMover(node)) continue;  // Constant nodes are among them: their result is a constant
    for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
      const ValueId output = outputs[slot];
      if (output == ValueId::none || !isFloat(graph_.dtype(output))) continue;
      const DType own = graph_.dtype(output);
      // The original keeps its own dtype if anybody reads it so; else it takes the first user's.
      DType chosen = graph_.isRegionOutput(output) ? own : DType::undefined;
      NodeId because = NodeId::none;
      for (const ir::Use& use : uses.of(output)) {
        const DType dtype = plan_.inputDTypes[graph_.inputOffset(use.node) + use.slot];
        if (chosen == DType::undefined || dtype == own) {
          if (because == NodeId::none || chosen != own) because = use.node;
          chosen = dtype;
        }
        if (chosen == own) break;
      }
      Decision& decision = plan_.decisions[index(node)];
      if (chosen == DType::undefined || chosen == own) {
        decision.reason = Reason::keptOrigin;
        continue;
      }
      decision.reason = Reason::movesData;
      decision.because = because;
      // A mover hands one dtype through; a Constant node has no inputs.
      for (std::size_t other = 0; other < outputs.size(); ++other) {
        if (isFloat(outputsOf(node)[other])) outputsOf(node)[other] = chosen;
      }
      for (std::size_t in = 0; in < graph_.inputs(node).size(); ++in) {
        if (isFloat(inputsOf(node)[in])) inputsOf(node)[in] = chosen;
      }
      break;
    }
    if (!ownOperands(node).anyFloat) plan_.decisions[index(node)].reason = Reason::notFloat;
  }
}

}  // namespace precast::passes
