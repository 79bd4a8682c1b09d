#include "passes/Decider.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "ir/Topology.h"

namespace precast::passes {

namespace {

std::vector<TargetOp> resolveOps(const Graph& graph, const Target& target) {
  std::vector<TargetOp> ops;
  ops.reserve(graph.opKindCount());
  for (std::size_t k = 0; k < graph.opKindCount(); ++k)
    ops.push_back(target.resolve(graph.opKind(static_cast<OpKindId>(k))));
  return ops;
}

PrecisionPlan startingPlan(const Graph& graph, const Target& target, std::vector<NodeId> order,
                           const std::vector<TargetOp>& ops) {
  PrecisionPlan plan;
  plan.target = std::string(target.name());
  plan.order = std::move(order);
  plan.decisions.resize(graph.nodeCount());
  plan.inputDTypes.resize(graph.inputOperandCount(), DType::undefined);
  plan.outputDTypes.resize(graph.outputOperandCount(), DType::undefined);
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    std::size_t at = graph.inputOffset(node);
    for (ValueId value : graph.inputs(node))
      plan.inputDTypes[at++] = value == ValueId::none ? DType::undefined : graph.dtype(value);
    at = graph.outputOffset(node);
    for (ValueId value : graph.outputs(node))
      plan.outputDTypes[at++] = value == ValueId::none ? DType::undefined : graph.dtype(value);
  }
  plan.libraries = {"graph"};
  for (const KernelLibrary& library : target.libraries()) plan.libraries.push_back(library.name);
  plan.details = {""};
  for (const TargetOp& op : ops) plan.targetTypes.emplace_back(op.targetType);
  return plan;
}

bool needsRanges(const PrecisionPolicy& policy, const Target& target) {
  return effectiveNumericGuard(policy, target) == NumericGuard::keep && policy.mode != PrecisionMode::forceFp32 &&
         policy.mode != PrecisionMode::mustKeepOriginDtype;
}

const OpEntry* firstEntry(const TargetOp& op) {
  for (const OpEntry* entry : op.entries) {
    if (entry != nullptr) return entry;
  }
  return nullptr;
}

std::string floatOffers(const Graph& graph, NodeId node, const TargetOp& op, const KernelLibrary& library,
                        const OpEntry* entry) {
  const std::string_view type = op.targetType.empty() ? std::string_view(graph.nodeOp(node).type) : op.targetType;
  if (entry == nullptr) return fmt::format("{} has no {}", library.name, type);
  DTypeSet set;
  const auto add = [&](const std::vector<KernelOperand>& operands) {
    for (const KernelOperand& operand : operands) {
      for (DType dtype : operand.column) set.insert(dtype);
      set = set | operand.set;
    }
  };
  add(entry->inputs);
  add(entry->outputs);
  std::string words;
  for (DType dtype : {DType::float16, DType::float32, DType::bfloat16, DType::float64}) {
    if (set.contains(dtype)) words += fmt::format("{}{}", words.empty() ? "" : ", ", toString(dtype));
  }
  return fmt::format("{} offers {}", library.name, words.empty() ? std::string("no float dtype") : words);
}

}  // namespace

Decider::Decider(const Graph& graph, const Target& target, const PrecisionPolicy& policy, const PassPipeline& pipeline,
                 std::vector<NodeId> order, const DiagnosticSink& diagnostics)
    : graph_(graph), target_(target), policy_(policy), pipeline_(pipeline), diagnostics_(diagnostics),
      ops_(resolveOps(graph, target)), plan_(startingPlan(graph, target, std::move(order), ops_)),
      constants_(findConstantOrigins(graph, ops_, plan_.order, needsRanges(policy, target))),
      index_(graph, target, policy, ops_, diagnostics),
      context_(graph, plan_, target, policy, ops_, constants_, index_), uses_(graph) {}

absl::StatusOr<PrecisionPlan> Decider::run() {
  for (NodeId node : plan_.order) decideNode(node);
  if (!refusals_.empty()) return refusalError();
  settleCasts();
  settleConstants();
  return std::move(plan_);
}

DType Decider::decided(ValueId value) const {
  const NodeId producer = graph_.producer(value);
  if (producer == NodeId::none) return graph_.dtype(value);
  return plan_.outputDTypes[graph_.outputOffset(producer) + graph_.producerSlot(value)];
}

bool Decider::hasFloatOperand(NodeId node) const {
  const auto isFloatValue = [&](ValueId value) { return value != ValueId::none && isFloat(graph_.dtype(value)); };
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  return std::any_of(inputs.begin(), inputs.end(), isFloatValue) ||
         std::any_of(outputs.begin(), outputs.end(), isFloatValue);
}

bool Decider::hasUnknownOperand(NodeId node) const {
  const auto isUnknown = [&](ValueId value) {
    return value != ValueId::none && graph_.dtype(value) == DType::undefined;
  };
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  return std::any_of(inputs.begin(), inputs.end(), isUnknown) || std::any_of(outputs.begin(), outputs.end(), isUnknown);
}

bool Decider::isConstantMover(NodeId node) const {
  const auto outputs = graph_.outputs(node);
  return !outputs.empty() && outputs[0] != ValueId::none && constants_.isConstant[index(outputs[0])] != 0;
}

std::uint32_t Decider::detailIndex(std::string_view detail) {
  if (detail.empty()) return 0;
  const auto [found, added] =
      detailIndices_.try_emplace(std::string(detail), static_cast<std::uint32_t>(plan_.details.size()));
  if (added) plan_.details.emplace_back(detail);
  return found->second;
}

void Decider::warn(Severity severity, std::string_view id, NodeId node, std::string message) const {
  if (diagnostics_) diagnostics_({severity, id, node, std::string(graph_.nodeName(node)), std::move(message)});
}

void Decider::keepOwn(NodeId node, Reason reason) { plan_.decisions[index(node)].reason = reason; }

void Decider::decideNode(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  if (op.opClass == OpClass::controlFlow) return keepOwn(node, Reason::controlFlow);
  if (op.opClass == OpClass::keepOwn)
    return keepOwn(node, hasFloatOperand(node) ? Reason::keptOrigin : Reason::notFloat);
  if (!hasFloatOperand(node)) return keepOwn(node, Reason::notFloat);
  if (op.opClass == OpClass::cast) return decideCast(node, ask(node));
  if (hasUnknownOperand(node)) {
    warn(Severity::warning, "unknown-op", node,
         fmt::format("{} ({}) has an operand whose dtype is not known and keeps its own dtypes",
                     ir::nodeLabel(graph_, node), graph_.nodeOp(node).type));
    return keepOwn(node, Reason::unknownOp);
  }
  if (op.opClass == OpClass::dataMover) return decideMover(node, ask(node));
  if (!op.known) {
    if (!target_.keepsUnknownOps()) return refuse(node);
    warn(Severity::warning, "unknown-op", node,
         fmt::format("{}: target '{}' does not know operator {}, it keeps its own dtypes", ir::nodeLabel(graph_, node),
                     target_.name(), graph_.nodeOp(node).type));
    return keepOwn(node, Reason::unknownOp);
  }
  decideCompute(node, ask(node));
}

PrecisionRequest Decider::ask(NodeId node) {
  context_.node_ = node;
  for (const auto& pass : pipeline_.passes()) {
    if (std::optional<PrecisionRequest> request = pass->decide(context_)) {
      if (request->reason == Reason::userPass && request->detail.empty()) request->detail = pass->name();
      return *std::move(request);
    }
  }
  return PrecisionRequest::uniform(Want::own, Reason::keptOrigin);
}

DType Decider::wanted(Want want, std::size_t slot, DType own) const {
  switch (want) {
  case Want::own:
    return own;
  case Want::producer: {
    const DType dtype = context_.source(slot).dtype;
    return isFloat(dtype) ? dtype : own;
  }
  case Want::float32:
    return DType::float32;
  case Want::float16:
    return DType::float16;
  case Want::bfloat16:
    return DType::bfloat16;
  }
  return own;
}

void Decider::makeGoals(NodeId node, const PrecisionRequest& request) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  inputGoals_.assign(inputs.size(), {});
  outputGoals_.assign(outputs.size(), {});
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    OperandGoal& goal = inputGoals_[slot];
    if (inputs[slot] == ValueId::none) continue;
    goal.own = graph_.dtype(inputs[slot]);
    if (!isFloat(goal.own)) continue;
    goal.constant = constants_.isConstant[index(inputs[slot])] != 0;
    const Want want = goal.constant ? request.constants : request.inputs;
    goal.want = wanted(want, slot, goal.own);
    goal.followed = want == Want::producer;
    goal.explicitWant = request.reason == Reason::userPass;
  }
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    OperandGoal& goal = outputGoals_[slot];
    if (outputs[slot] == ValueId::none) continue;
    goal.own = graph_.dtype(outputs[slot]);
    if (!isFloat(goal.own)) continue;
    goal.want = request.outputs == Want::producer ? goal.own : wanted(request.outputs, 0, goal.own);
    goal.explicitWant = request.reason == Reason::userPass;
  }
  // `parameter: keep`: what must not lose precision although the schema would let it.
  if (const OpEntry* entry = firstEntry(op); entry != nullptr) {
    absl::InlinedVector<DType, 8> ownInputs;
    for (const OperandGoal& goal : inputGoals_) ownInputs.push_back(goal.own);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      if (!isFloat(inputGoals_[slot].own)) continue;
      const KernelOperand* serving = servingOperand(op, *entry, {ownInputs, {}}, slot);
      if (serving != nullptr && serving->keep) {
        inputGoals_[slot].want = inputGoals_[slot].own;
        inputGoals_[slot].followed = false;
      }
    }
  }
  for (const OperandWant& named : request.operands) {
    std::vector<OperandGoal>& goals = named.output ? outputGoals_ : inputGoals_;
    if (named.slot >= goals.size() || !isFloat(goals[named.slot].own)) continue;
    OperandGoal& goal = goals[named.slot];
    goal.want = named.output && named.want == Want::producer ? goal.own : wanted(named.want, named.slot, goal.own);
    goal.explicitWant = true;
    goal.followed = false;
  }
}

const RowAnswer& Decider::answerFor(NodeId node, const PrecisionRequest& request, bool mayLower) {
  const OpKindId kind = graph_.nodeKind(node);
  key_.clear();
  for (int shift = 0; shift < 32; shift += 8) key_.push_back(static_cast<char>(index(kind) >> shift));
  key_.push_back(static_cast<char>(request.fallback));
  key_.push_back(static_cast<char>(inputGoals_.size()));
  key_.push_back(static_cast<char>(inputGoals_.size() >> 8));
  for (std::vector<OperandGoal>* goals : {&inputGoals_, &outputGoals_}) {
    for (OperandGoal& goal : *goals) {
      goal.mayLower = mayLower;
      key_.push_back(static_cast<char>(goal.own));
      key_.push_back(static_cast<char>(goal.want));
      key_.push_back(static_cast<char>((goal.constant ? 1 : 0) | (goal.mayLower ? 2 : 0) | (goal.explicitWant ? 4 : 0) |
                                       (goal.followed ? 8 : 0)));
    }
  }
  const auto found = answers_.find(key_);
  if (found != answers_.end()) return found->second;
  RowAnswer answer = chooseRow(graph_.opKind(kind), ops_[index(kind)], {inputGoals_, outputGoals_, request.fallback});
  return answers_.emplace(key_, std::move(answer)).first->second;
}

void Decider::decideCompute(NodeId node, const PrecisionRequest& request) {
  makeGoals(node, request);
  const bool modePermits = policy_.mode != PrecisionMode::mustKeepOriginDtype;
  const RowAnswer* answer = &answerFor(node, request, request.lowering == Lowering::permitted && modePermits);
  if (!answer->served && request.lowering == Lowering::lastResort && modePermits) {
    answer = &answerFor(node, request, true);
    if (answer->served) {
      warn(Severity::warning, "cannot-keep-dtype", node,
           fmt::format("{} ({}) cannot keep its dtype: no kernel library of target '{}' has it",
                       ir::nodeLabel(graph_, node), graph_.nodeOp(node).type, target_.name()));
    }
  }
  if (!answer->served) return refuse(node);
  std::copy_n(answer->dtypes.begin(), inputGoals_.size(), inputsOf(node));
  std::copy_n(answer->dtypes.begin() + static_cast<std::ptrdiff_t>(inputGoals_.size()), outputGoals_.size(),
              outputsOf(node));
  giveReason(node, request, *answer);
}

void Decider::giveReason(NodeId node, const PrecisionRequest& request, const RowAnswer& answer) {
  Decision& decision = plan_.decisions[index(node)];
  decision.library = static_cast<std::uint8_t>(answer.library + 1);
  decision.reason = request.reason;
  decision.because = request.because;
  decision.detail = detailIndex(request.detail);
  decision.orderDependent = answer.orderDependent;
  if (answer.orderDependent) {
    warn(Severity::note, "order-dependent", node,
         fmt::format("{} ({}) follows its first input; in another operand order it would have another dtype",
                     ir::nodeLabel(graph_, node), graph_.nodeOp(node).type));
  }
  const int leading = leadingOperand(inputGoals_, outputGoals_);
  if (leading < 0) return;
  const auto at = static_cast<std::size_t>(leading);
  const OperandGoal& goal = at < inputGoals_.size() ? inputGoals_[at] : outputGoals_[at - inputGoals_.size()];
  const DType got = answer.dtypes[at];
  if (answer.library > 0) {
    decision.reason = Reason::aicpuFallback;
  } else if (got != goal.want) {
    decision.reason = answer.schemaLimited ? Reason::schemaLimits
                      : isHalf(got)        ? Reason::onlyFp16Kernel
                                           : Reason::onlyFp32Kernel;
  }
}

void Decider::refuse(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  std::string offers;
  const auto libraries = target_.libraries();
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    const OpEntry* entry = i < op.entries.size() ? op.entries[i] : nullptr;
    offers += fmt::format("{}{}", offers.empty() ? "" : "; ", floatOffers(graph_, node, op, libraries[i], entry));
  }
  refusals_.push_back({node, std::move(offers)});
}

absl::Status Decider::refusalError() const {
  std::string text = fmt::format("target '{}' has no kernel in {} for {} node{}:", target_.name(),
                                 toString(policy_.mode), refusals_.size(), refusals_.size() == 1 ? "" : "s");
  for (const Refusal& refusal : refusals_) {
    const OpKind& kind = graph_.nodeOp(refusal.node);
    const std::string_view targetType = ops_[index(graph_.nodeKind(refusal.node))].targetType;
    std::string operand = "no operand";
    const auto inputs = graph_.inputs(refusal.node);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      if (inputs[slot] == ValueId::none || !isFloat(graph_.dtype(inputs[slot]))) continue;
      operand = fmt::format("input {} '{}' is {}", slot, graph_.valueName(inputs[slot]),
                            toString(graph_.dtype(inputs[slot])));
      break;
    }
    text += fmt::format("\n  {} ({}{}{}): {}; {}", ir::nodeLabel(graph_, refusal.node), kind.type,
                        targetType.empty() || targetType == kind.type ? "" : " -> ",
                        targetType == kind.type ? std::string_view() : targetType, operand, refusal.offers);
  }
  const bool mustKeep = policy_.mode == PrecisionMode::mustKeepOriginDtype;
  text += mustKeep
              ? "\nhint: allow_fp32_to_fp16 lowers the nodes that have no kernel of their own dtype, and only those"
              : "\nhint: move a black operator to the gray list, or give an operator that the target does not know "
                "kernel rows with --ops_info";
  return absl::FailedPreconditionError(text);
}

}  // namespace precast::passes
