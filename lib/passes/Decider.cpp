#include "passes/Decider.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "passes/Modes.h"
#include "passes/StandardPasses.h"

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
  return effectiveNumericGuard(policy, target) == NumericGuard::keep && guardsConstants(policy);
}

const OpEntry* firstEntry(const TargetOp& op) {
  for (const OpEntry* entry : op.entries) {
    if (entry != nullptr) return entry;
  }
  return nullptr;
}

bool marksKeptOperand(const TargetOp& op) {
  const OpEntry* entry = firstEntry(op);
  return entry != nullptr && std::any_of(entry->inputs.begin(), entry->inputs.end(),
                                         [](const KernelOperand& operand) { return operand.keep; });
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
      context_(graph, plan_, target, policy, ops_, constants_, index_), latest_(ops_.size()) {
  for (const TargetOp& op : ops_) keepsOperands_.push_back(marksKeptOperand(op));
}

absl::StatusOr<PrecisionPlan> Decider::run() {
  for (NodeId node : plan_.order) decideNode(node);
  if (!refusals_.empty()) return refusalError();
  settle();
  return std::move(plan_);
}

DType Decider::decided(ValueId value) const {
  const NodeId producer = graph_.producer(value);
  if (producer == NodeId::none) return graph_.dtype(value);
  return plan_.outputDTypes[graph_.outputOffset(producer) + graph_.producerSlot(value)];
}

// As long as a node is not decided, the plan has its own dtypes: they lie side by side there.
Decider::Operands Decider::ownOperands(NodeId node) const {
  Operands found;
  const auto look = [&](absl::Span<const ValueId> values, absl::Span<const DType> dtypes) {
    for (std::size_t slot = 0; slot < values.size(); ++slot) {
      found.anyFloat |= isFloat(dtypes[slot]);
      found.anyUnknown |= dtypes[slot] == DType::undefined && values[slot] != ValueId::none;
    }
  };
  look(graph_.inputs(node), plan_.inputs(graph_, node));
  look(graph_.outputs(node), plan_.outputs(graph_, node));
  return found;
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
  const Operands operands = ownOperands(node);
  if (!operands.anyFloat) return keepOwn(node, Reason::notFloat);
  if (op.opClass == OpClass::keepOwn) return keepOwn(node, Reason::keptOrigin);
  if (op.opClass == OpClass::cast) return decideCast(node, ask(node));
  if (operands.anyUnknown) {
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
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  const DType* ownInputs = inputsOf(node);
  const DType* ownOutputs = outputsOf(node);
  const bool named = request.reason == Reason::userPass;
  goals_.resize(inputs.size() + outputs.size());
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    OperandGoal goal;
    goal.own = ownInputs[slot];
    if (isFloat(goal.own)) {
      goal.constant = constants_.isConstant[index(inputs[slot])] != 0;
      const Want want = goal.constant ? request.constants : request.inputs;
      goal.want = wanted(want, slot, goal.own);
      goal.followed = want == Want::producer;
      goal.explicitWant = named;
    }
    goals_[slot] = goal;
  }
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    OperandGoal goal;
    goal.own = ownOutputs[slot];
    if (isFloat(goal.own)) {
      goal.want = request.outputs == Want::producer ? goal.own : wanted(request.outputs, 0, goal.own);
      goal.explicitWant = named;
    }
    goals_[inputs.size() + slot] = goal;
  }
  if (keepsOperands_[index(graph_.nodeKind(node))] != 0) keepMarkedOperands(node);
  for (const OperandWant& operand : request.operands) {
    const absl::Span<OperandGoal> goals = operand.output ? outputGoals(node) : inputGoals(node);
    if (operand.slot >= goals.size() || !isFloat(goals[operand.slot].own)) continue;
    OperandGoal& goal = goals[operand.slot];
    goal.want =
        operand.output && operand.want == Want::producer ? goal.own : wanted(operand.want, operand.slot, goal.own);
    goal.explicitWant = true;
    goal.followed = false;
  }
}

// `parameter: keep`: what must not lose precision although the schema would let it.
void Decider::keepMarkedOperands(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const OwnDTypes own{plan_.inputs(graph_, node), plan_.outputs(graph_, node)};
  for (std::size_t slot = 0; slot < own.inputs.size(); ++slot) {
    OperandGoal& goal = goals_[slot];
    if (!isFloat(goal.own)) continue;
    const KernelOperand* serving = servingOperand(op, *firstEntry(op), own, slot);
    if (serving == nullptr || !serving->keep) continue;
    goal.want = goal.own;
    goal.followed = false;
  }
}

// Nodes of one operator mostly repeat each other: the last two answers are tried first, then the table of all. The
// key is the goals themselves, byte for byte.
const RowAnswer& Decider::answerFor(NodeId node, const PrecisionRequest& request, bool mayLower) {
  static_assert(std::has_unique_object_representations_v<OperandGoal>, "goals are compared as bytes");
  const OpKindId kind = graph_.nodeKind(node);
  for (OperandGoal& goal : goals_) goal.mayLower = mayLower;
  const std::uint32_t header[] = {index(kind), static_cast<std::uint32_t>(request.fallback),
                                  static_cast<std::uint32_t>(graph_.inputs(node).size())};
  const std::size_t goalBytes = goals_.size() * sizeof(OperandGoal);
  const auto isKey = [&](const std::string& key) {
    return key.size() == sizeof(header) + goalBytes && std::memcmp(key.data(), header, sizeof(header)) == 0 &&
           std::memcmp(key.data() + sizeof(header), goals_.data(), goalBytes) == 0;
  };
  std::array<const Answered*, 2>& latest = latest_[index(kind)];
  for (const Answered* answered : latest) {
    if (answered != nullptr && isKey(answered->first)) return answered->second;
  }
  key_.assign(reinterpret_cast<const char*>(header), sizeof(header));
  key_.append(reinterpret_cast<const char*>(goals_.data()), goalBytes);
  auto found = answers_.find(key_);
  if (found == answers_.end()) {
    found =
        answers_
            .emplace(key_,
                     chooseRow(graph_.opKind(kind), ops_[index(kind)],
                               {goals_, graph_.inputs(node).size(), modeRow(policy_.mode).lowered, request.fallback}))
            .first;
  }
  latest = {&*found, latest[0]};
  return found->second;
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
  const std::size_t inputs = graph_.inputs(node).size();
  const DType* decided = answer->dtypes.data();
  for (std::size_t slot = 0; slot < inputs; ++slot) inputsOf(node)[slot] = decided[slot];
  for (std::size_t i = inputs; i < goals_.size(); ++i) outputsOf(node)[i - inputs] = decided[i];
  giveReason(node, request, *answer);
}

void Decider::giveReason(NodeId node, const PrecisionRequest& request, const RowAnswer& answer) {
  Decision& decision = plan_.decisions[index(node)];
  decision.library = static_cast<std::uint8_t>(answer.library + 1);
  decision.reason = request.reason;
  decision.because = request.because;
  decision.detail = detailIndex(request.detail);
  decision.orderDependent = answer.orderDependent;
  if (answer.orderDependent && diagnostics_) {
    warn(Severity::note, "order-dependent", node,
         fmt::format("{} ({}) follows its first input; in another operand order it would have another dtype",
                     ir::nodeLabel(graph_, node), graph_.nodeOp(node).type));
  }
  const int leading = leadingOperand(goals_);
  if (leading < 0) return;
  const auto at = static_cast<std::size_t>(leading);
  const DType got = answer.dtypes[at];
  if (request.fallback == Fallback::bordersOrFloat32 && answer.wanted == DType::float32) {
    decision.reason = Reason::forcedFp32;
  }
  if (answer.library > 0) {
    decision.reason = Reason::aicpuFallback;
  } else if (got != answer.wanted) {
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
