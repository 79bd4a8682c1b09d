// Operators that need no kernel row (precision-semantics, section 2): Casts take what their value has and give what is
// asked; data movers hand one dtype through.
#include <algorithm>

#include "fmt/format.h"
#include "ir/ConstantNodes.h"
#include "ir/Topology.h"
#include "passes/Decider.h"
#include "passes/Modes.h"
#include "policy/Selectors.h"
#include "policy/Unmatched.h"

namespace precast::passes {

// An entry that cannot do what it asks. A type is told once, and a glob once all nodes are decided: it may mean others.
void Decider::warnNoEffect(std::string_view id, std::string_view policy, const NodeSelector& entry, NodeId node,
                           std::string_view why) {
  if (entry.kind == NodeSelector::Kind::glob) {
    const bool isKnown =
        std::any_of(idleGlobs_.begin(), idleGlobs_.end(), [&](const IdleGlob& glob) { return glob.entry == &entry; });
    if (!isKnown && diagnostics_) idleGlobs_.push_back({&entry, policy, id, node, why});
    return;
  }
  if (entry.kind == NodeSelector::Kind::type && !typesTold_.insert(&entry).second) return;
  warn(Severity::warning, id, node,
       fmt::format("{} has no effect on {}: {}",
                   policy::entrySubject({policy, entry.place, policy::describe(entry), entry.origin}),
                   ir::typedNodeLabel(graph_, node), why));
}

// Globs of which no node does what they ask. One whose dtypes are kept anyway is no such node.
void Decider::warnIdleGlobs() {
  if (idleGlobs_.empty()) return;
  const auto count = [&](const NodeSelector* entry, bool hasEffect) {
    for (IdleGlob& glob : idleGlobs_) {
      if (glob.entry != entry) continue;
      ++glob.matches;
      glob.hasEffect |= hasEffect;
    }
  };
  for (NodeId node : plan_.order) {
    const OpClass opClass = ops_[index(graph_.nodeKind(node))].opClass;
    const bool keepsAnyway = opClass == OpClass::controlFlow || opClass == OpClass::keepOwn ||
                             plan_.decision(node).reason == Reason::notFloat;
    const bool isConstant = ir::yieldsConstant(graph_, node);
    count(index_.keepEntry(node), !isConstant && !keepsAnyway);
    const CustomDtypes* custom = index_.customDtypes(node);
    count(custom == nullptr ? nullptr : &custom->nodes, !isConstant);
  }
  for (const IdleGlob& glob : idleGlobs_) {
    if (glob.hasEffect) continue;
    const NodeSelector& entry = *glob.entry;
    const std::string on =
        glob.matches == 1 ? "" : fmt::format("any of the {} nodes that it matches, such as ", glob.matches);
    warn(Severity::warning, glob.id, glob.first,
         fmt::format("{} has no effect on {}{}: {}",
                     policy::entrySubject({glob.policy, entry.place, policy::describe(entry), entry.origin}), on,
                     ir::typedNodeLabel(graph_, glob.first), glob.why));
  }
}

// A node whose result is a constant takes the dtype of its readers once they are decided.
void Decider::decideConstant(NodeId node) {
  constexpr std::string_view kWhy = "a constant takes the dtype of its readers";
  if (const KeepEntry* entry = index_.keepEntry(node)) warnNoEffect("constant-named", "keep_dtype", *entry, node, kWhy);
  if (const CustomDtypes* entry = index_.customDtypes(node))
    warnNoEffect("constant-named", "customize_dtypes", entry->nodes, node, kWhy);
  keepOwn(node, ownOperands(node).anyFloat ? Reason::keptOrigin : Reason::notFloat);
}

void Decider::decideControlFlow(NodeId node) {
  if (const KeepEntry* entry = index_.keepEntry(node)) {
    warnNoEffect("control-flow-named", "keep_dtype", *entry, node,
                 "it keeps its dtypes in every mode, and the nodes in its bodies have entries of their own");
  }
  keepOwn(node, Reason::controlFlow);
}

void Decider::decideCast(NodeId node, const PrecisionRequest& request) {
  Decision& decision = plan_.decisions[index(node)];
  decision.reason = Reason::keptOrigin;
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  if (inputs.empty() || inputs[0] == ValueId::none || outputs.empty() || outputs[0] == ValueId::none) return;
  DType* in = inputsOf(node);
  DType* out = outputsOf(node);
  // CastLike's pattern, too, is read as it is; where the result differs from it, a Cast says the dtype itself. Not so
  // where the policy speaks of the node: an entry that names the operator must find it in the output again.
  const DType filtered = filteredFloat(/*outputsOnly=*/true);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const bool isPattern = slot == 1 && (request.reason == Reason::keepDtype || filtered != DType::undefined);
    if (inputs[slot] != ValueId::none && !isPattern) in[slot] = decided(inputs[slot]);
  }
  const DType own = graph_.dtype(outputs[0]);
  if (request.reason != Reason::keepDtype && isNeutralCast(graph_, ops_[index(graph_.nodeKind(node))], node)) {
    out[0] = in[0];
    decision.reason = Reason::movesData;
    decision.because = graph_.producer(inputs[0]);
    if (isConstantMover(node) && filtered == DType::undefined) return;  // its users decide
  }
  // A model's output keeps its dtype, or takes the one that the policy gives it, and the Cast that makes it is the
  // place where it gets it.
  const bool isOutput = graph_.isRegionOutput(outputs[0]);
  DType forced = isOutput ? plan_.outputBorder(graph_, outputs[0]) : dtypeOf(request.outputs);
  if (filtered != DType::undefined) forced = filtered;
  if (isFloat(own) && isFloat(forced) && !(isOutput && forced == own)) {
    KernelRow row;
    row.cells.assign(in, in + inputs.size());
    row.cells.push_back(forced);
    if (inputs.size() > 1) row.cells[1] = forced;
    if (isLegal(graph_.nodeOp(node), inputs.size(), row.cells)) {
      out[0] = forced;
      if (inputs.size() > 1 && filtered != DType::undefined) in[1] = filtered;
      decision.reason = filtered != DType::undefined || isOutput ? Reason::customized : request.reason;
      decision.detail = detailIndex(filtered != DType::undefined ? filterDetail_
                                    : isOutput                   ? std::string_view("output_type")
                                                                 : request.detail);
    } else {
      decision.reason = Reason::schemaLimits;
    }
  } else if (request.reason == Reason::keepDtype) {
    decision.reason = Reason::keepDtype;
    decision.detail = detailIndex(request.detail);
  }
}

// The float dtype that the filters of the node at hand name first; undefined if they name none.
DType Decider::filteredFloat(bool outputsOnly) const {
  for (const OperandWant& filter : filters_) {
    if (isFloat(filter.only) && (filter.output || !outputsOnly)) return filter.only;
  }
  return DType::undefined;
}

void Decider::decideMover(NodeId node, const PrecisionRequest& request) {
  if (isConstantMover(node)) return;  // its users decide: settleConstants
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  Decision& decision = plan_.decisions[index(node)];
  decision.reason = request.reason;
  decision.detail = detailIndex(request.detail);
  decision.because = request.because;

  // A mover never lowers by itself: where it follows, it takes what its inputs have.
  DType first = DType::undefined;
  DType highest = DType::undefined;
  DType own = DType::undefined;
  NodeId source = NodeId::none;
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const ValueId input = inputs[slot];
    if (input == ValueId::none || !isFloat(graph_.dtype(input))) continue;
    if (own == DType::undefined) own = graph_.dtype(input);
    if (constants_.isConstant[index(input)]) continue;
    const DType dtype = decided(input);
    if (first == DType::undefined) {
      // In the mixed modes movers are as gray nodes, which look through raising Casts.
      const NodeContext::Source followed = context_.source(slot);
      first = followed.dtype;
      highest = dtype;
      source = isMixMode(policy_.mode) ? followed.node : graph_.producer(input);
    } else if (dtype != highest) {
      highest = DType::float32;
    }
  }
  if (own == DType::undefined) {
    for (ValueId output : outputs) {
      if (output != ValueId::none && isFloat(graph_.dtype(output))) own = graph_.dtype(output);
    }
  }
  DType wantedDType = own;
  if (const DType filtered = filteredFloat(/*outputsOnly=*/false); filtered != DType::undefined) {
    wantedDType = filtered;
    decision.reason = Reason::customized;
    decision.detail = detailIndex(filterDetail_);
  } else if (const DType forced = dtypeOf(request.outputs); forced != DType::undefined) {
    wantedDType = forced;
  } else if (request.inputs == Want::producer && first != DType::undefined) {
    wantedDType = isMixMode(policy_.mode) ? first : highest;
    decision.reason = Reason::movesData;
    decision.because = source;
  }
  const auto fits = [&](DType dtype) {
    KernelRow row;
    for (ValueId input : inputs) {
      row.cells.push_back(input == ValueId::none         ? DType::undefined
                          : isFloat(graph_.dtype(input)) ? dtype
                                                         : graph_.dtype(input));
    }
    for (ValueId output : outputs) {
      row.cells.push_back(output == ValueId::none         ? DType::undefined
                          : isFloat(graph_.dtype(output)) ? dtype
                                                          : graph_.dtype(output));
    }
    return isLegal(graph_.nodeOp(node), inputs.size(), row.cells);
  };
  if (!fits(wantedDType)) {
    wantedDType = fits(DType::float32) ? DType::float32 : own;
    decision.reason = Reason::schemaLimits;
  }
  DType* in = inputsOf(node);
  DType* out = outputsOf(node);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    if (isFloat(in[slot])) in[slot] = wantedDType;
  }
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    if (isFloat(out[slot])) out[slot] = wantedDType;
  }
}

}  // namespace precast::passes
