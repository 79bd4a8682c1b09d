// What waits for its users: Casts are retargeted where all users agree, constants and the movers that hand them on take
// the dtype that their users decided. Both after the traversal, against its order, so that users are settled first.
#include <algorithm>

#include "passes/Decider.h"

namespace precast::passes {

namespace {

// Neither of the 16-bit formats holds what the other does.
bool losesPrecision(DType from, DType to) { return isFloat(from) && from != to && bitWidth(from) >= bitWidth(to); }

}  // namespace

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
    // The user's own loss of precision stays, unless a force mode has undone it already.
    if (losesPrecision(graph_.dtype(inputs[0]), own) && outputsOf(node)[0] == own) continue;
    const Reason reason = plan_.decisions[index(node)].reason;
    if (reason == Reason::keepDtype || reason == Reason::customized || handsOn(node)) continue;
    DType agreed = DType::undefined;
    NodeId first = NodeId::none;
    bool agree = true;
    bool isReadAsOwn = false;
    absl::InlinedVector<DType, 4> others;
    forEachReader(uses, output, [&](const ir::Use& use) {
      // A Cast reads whatever it is given; it has no say, unless it goes on to a float dtype that 16 bits would cut
      // short.
      if (ops_[index(graph_.nodeKind(use.node))].opClass == OpClass::cast) {
        if (graph_.outputs(use.node).empty() || handsOn(use.node)) return;
        if (const DType out = outputsOf(use.node)[0]; isFloat(out)) others.push_back(out);
        return;
      }
      const DType dtype = plan_.inputDTypes[graph_.inputOffset(use.node) + use.slot];
      if (first == NodeId::none) {
        first = use.node;
        agreed = dtype;
      }
      agree &= dtype == agreed;
      isReadAsOwn |= dtype == own;
    });
    // What float16 cannot hold reaches those who keep their dtype for its sake whole; the others get a Cast.
    const bool mustHold = !constants_.beyondHalf.empty() && constants_.beyondHalf[index(output)] != ValueId::none;
    if (!agree && isReadAsOwn && mustHold) {
      agree = true;
      agreed = own;
    }
    if (!agree || !isFloat(agreed) || agreed == outputsOf(node)[0]) continue;
    const bool cuts = std::any_of(others.begin(), others.end(), [&](DType other) { return other != agreed; });
    if (isHalf(agreed) && cuts) continue;
    absl::InlinedVector<DType, 4> cells(inputsOf(node), inputsOf(node) + inputs.size());
    if (cells.size() > 1) cells[1] = agreed;
    cells.push_back(agreed);
    if (!isLegal(graph_.nodeOp(node), inputs.size(), cells)) continue;
    outputsOf(node)[0] = agreed;
    plan_.decisions[index(node)].reason = Reason::movesData;
    plan_.decisions[index(node)].because = first;
    // Casts of this Cast's result see its new dtype.
    forEachReader(uses, output, [&](const ir::Use& use) {
      if (ops_[index(graph_.nodeKind(use.node))].opClass != OpClass::cast) return;
      inputsOf(use.node)[use.slot] = agreed;
      if (handsOn(use.node)) outputsOf(use.node)[0] = agreed;
    });
  }
}

// A neutral Cast that nobody asked to be one.
bool Decider::handsOn(NodeId node) const {
  const Reason reason = plan_.decisions[index(node)].reason;
  return reason == Reason::movesData && isNeutralCast(graph_, ops_[index(graph_.nodeKind(node))], node);
}

// Calls `visit` with each use of `value`, and with those of what neutral Casts make of it.
template <typename Visit>
void Decider::forEachReader(const ir::UseList& uses, ValueId value, const Visit& visit) const {
  absl::InlinedVector<ValueId, 4> open = {value};
  while (!open.empty()) {
    const ValueId next = open.back();
    open.pop_back();
    for (const ir::Use& use : uses.of(next)) {
      if (handsOn(use.node)) open.push_back(graph_.outputs(use.node)[0]);
      visit(use);
    }
  }
}

void Decider::settleConstants(const ir::UseList& uses) {
  for (auto at = plan_.order.rbegin(); at != plan_.order.rend(); ++at) {
    const NodeId node = *at;
    const auto outputs = graph_.outputs(node);
    // A Cast that the policy speaks of is no mover.
    const Reason reason = plan_.decisions[index(node)].reason;
    if (reason == Reason::keepDtype || reason == Reason::customized) continue;
    if (!isConstantMover(node)) continue;  // Constant nodes are among them: their result is a constant
    for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
      const ValueId output = outputs[slot];
      if (output == ValueId::none || !isFloat(graph_.dtype(output))) continue;
      const DType own = graph_.dtype(output);
      // The original keeps its own dtype if anybody reads it so; else it takes the first user's.
      DType chosen = graph_.isRegionOutput(output) ? plan_.outputBorder(graph_, output) : DType::undefined;
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
