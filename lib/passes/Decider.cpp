#include "passes/Decider.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <type_traits>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "ir/ConstantNodes.h"
#include "ir/Topology.h"
#include "passes/AttributeConstants.h"
#include "passes/Borders.h"
#include "passes/CastConstants.h"
#include "passes/Counts.h"
#include "passes/Modes.h"
#include "passes/StandardPasses.h"
#include "support/BulkMemory.h"
#include "target/OperatorKeys.h"

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
  support::fillBulk(plan.decisions, graph.nodeCount());
  support::fillBulk(plan.inputDTypes, graph.inputOperandCount(), DType::undefined);
  support::fillBulk(plan.outputDTypes, graph.outputOperandCount(), DType::undefined);
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

bool marksKeptOperand(const TargetOp& op) {
  const OpEntry* entry = firstEntry(op);
  const auto any = [](const std::vector<KernelOperand>& operands) {
    return std::any_of(operands.begin(), operands.end(), [](const KernelOperand& operand) { return operand.keep; });
  };
  return entry != nullptr && (any(entry->inputs) || any(entry->outputs));
}

bool hasForeignOperand(const OpKind& kind, const TargetOp& op) {
  const OpEntry* entry = firstEntry(op);
  if (entry == nullptr) return false;
  const std::vector<DType> inputs(kind.signature.inputs.size());
  const std::vector<DType> outputs(kind.signature.outputs.size());
  const OwnDTypes own{inputs, outputs};
  for (std::size_t operand = 0; operand < own.size(); ++operand) {
    if (isForeignOperand(kind, op, *entry, own, operand)) return true;
  }
  return false;
}

}  // namespace

Decider::Decider(const Graph& graph, const Target& target, const PrecisionPolicy& policy, const PassPipeline& pipeline,
                 std::vector<NodeId> order, const ConstantScan& scan, const DiagnosticSink& diagnostics)
    : graph_(graph), target_(target), policy_(policy), pipeline_(pipeline), diagnostics_(diagnostics),
      ops_(resolveOps(graph, target)), plan_(startingPlan(graph, target, std::move(order), ops_)),
      constants_(findConstantOrigins(graph, ops_, plan_.order, needsRanges(policy, target) ? &scan : nullptr)),
      index_(graph, target, policy, ops_, diagnostics),
      context_(graph, plan_, target, policy, ops_, constants_, index_), latest_(ops_.size()), recalled_(ops_.size()) {
  bool hasSchemas = false;
  for (std::size_t k = 0; k < ops_.size(); ++k) hasSchemas |= graph.opKind(static_cast<OpKindId>(k)).hasSchema;
  for (std::size_t k = 0; k < ops_.size(); ++k) {
    const bool isOwn = hasSchemas && !ops_[k].known;  // an operator of the model's own, unknown for itself
    lacksSchema_.push_back(!isOwn && lacksSchema(graph.opKind(static_cast<OpKindId>(k)), ops_[k], target));
    keepsOperands_.push_back(marksKeptOperand(ops_[k]) ||
                             hasForeignOperand(graph.opKind(static_cast<OpKindId>(k)), ops_[k]));
  }
}

absl::StatusOr<PrecisionPlan> Decider::run() {
  absl::StatusOr<std::vector<BorderDType>> borders = resolveBorders(graph_, policy_, diagnostics_);
  if (!borders.ok()) return borders.status();
  plan_.borders = *std::move(borders);
  for (NodeId node : plan_.order) decideNode(node);
  noteLackOfSchemas();
  warnIdleGlobs();
  if (!refusals_.empty()) return refusalError();
  settle();
  if (policy_.mode == PrecisionMode::mustKeepOriginDtype) noteRaised();
  if (effectiveNumericGuard(policy_, target_) != NumericGuard::off) {
    warnOfCastConstants(graph_, plan_, ops_, constants_, diagnostics_);
    warnOfAttributes(graph_, plan_, diagnostics_);
    warnOfCounts(graph_, plan_, ops_, diagnostics_);
  }
  return std::move(plan_);
}

// Said once: it is so of every node of a JSON graph that needs a kernel row.
void Decider::noteLackOfSchemas() const {
  if (countWithoutSchema_ == 0) return;
  const std::size_t more = countWithoutSchema_ - 1;
  const std::string others = more == 0 ? "" : fmt::format(" and {} more node{}", more, more == 1 ? "" : "s");
  warn(Severity::warning, "no-schema", firstWithoutSchema_,
       fmt::format("{}{} own dtypes: target '{}' takes kernel rows from ONNX schemas, and {} none (a JSON graph has no "
                   "schemas)",
                   ir::typedNodeLabel(graph_, firstWithoutSchema_), more == 0 ? " keeps its" : others + " keep their",
                   target_.name(), more == 0 ? "its operator has" : "their operators have"));
}

// Who asks for a model's own dtypes is told where they could not be had.
void Decider::noteRaised() const {
  if (!diagnostics_) return;
  const auto isRaised = [&](NodeId node) {
    const Decision& decision = plan_.decision(node);
    const bool isAsked = decision.reason == Reason::customized || decision.reason == Reason::userPass;
    if (decision.library == 0 || isAsked) return false;
    const auto any = [&](absl::Span<const ValueId> values, absl::Span<const DType> dtypes) {
      for (std::size_t slot = 0; slot < values.size(); ++slot) {
        if (values[slot] != ValueId::none && isHalf(graph_.dtype(values[slot])) && dtypes[slot] == DType::float32)
          return true;
      }
      return false;
    };
    return any(graph_.inputs(node), plan_.inputs(graph_, node)) ||
           any(graph_.outputs(node), plan_.outputs(graph_, node));
  };
  NodeId first = NodeId::none;
  std::size_t count = 0;
  for (NodeId node : plan_.order) {
    if (!isRaised(node)) continue;
    if (count++ == 0) first = node;
  }
  if (count == 0) return;
  const std::string more = count == 1 ? "" : fmt::format(" and {} more node{}", count - 1, count == 2 ? "" : "s");
  warn(Severity::note, "raised-dtype", first,
       fmt::format("{}{} compute{} in float32: target '{}' has no kernel at {} own dtypes",
                   ir::typedNodeLabel(graph_, first), more, count == 1 ? "s" : "", target_.name(),
                   count == 1 ? "its" : "their"));
}

DType Decider::decided(ValueId value) const {
  const NodeId producer = graph_.producer(value);
  if (producer == NodeId::none) return plan_.borders.empty() ? graph_.dtype(value) : plan_.inputBorder(graph_, value);
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
  found.anyUnknownInput = found.anyUnknown;
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

// A node whose operator has no kernel row that is known. A filter may still forbid that it keeps its dtypes.
void Decider::keepWithoutRows(NodeId node) {
  if (!policy_.customizeDtypes.empty()) ask();
  keepOwn(node, Reason::unknownOp);
  if (lacksSchema_[index(graph_.nodeKind(node))] == 0) {
    warn(Severity::warning, "unknown-op", node,
         fmt::format("{}: target '{}' does not know operator {}, it keeps its own dtypes", ir::nodeLabel(graph_, node),
                     target_.name(), target::operatorName(graph_.nodeOp(node).domain, graph_.nodeOp(node).type)));
    return;
  }
  plan_.decisions[index(node)].detail =
      detailIndex(fmt::format("it has no ONNX schema, from which target '{}' takes kernel rows", target_.name()));
  if (countWithoutSchema_++ == 0) firstWithoutSchema_ = node;
}

void Decider::decideNode(NodeId node) {
  context_.node_ = node;
  const bool typical = isTypical(node);
  if (typical && recall(node)) return;
  filters_.clear();
  repeats_ = false;
  const std::size_t refusals = refusals_.size();
  decideByClass(node);
  if (refusals_.size() != refusals) return;
  if (!fitsFilters(node)) return refuse(node, Help::freeOperand);
  giveImplMode(node);
  if (typical && repeats_) remember(node);
}

void Decider::decideByClass(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const Operands operands = ownOperands(node);
  if (ir::yieldsConstant(graph_, node)) return decideConstant(node);
  const bool isAsked = op.opClass != OpClass::controlFlow && op.opClass != OpClass::keepOwn && operands.anyFloat;
  // What keeps its own dtypes anyway is asked only to find out whether a filter forbids that.
  if (!isAsked && !policy_.customizeDtypes.empty()) ask();
  if (op.opClass == OpClass::controlFlow) return decideControlFlow(node);
  if (!operands.anyFloat) return keepOwn(node, Reason::notFloat);
  if (op.opClass == OpClass::keepOwn) return keepOwn(node, Reason::keptOrigin);
  if (op.opClass == OpClass::cast) return decideCast(node, ask());
  // What an operator takes is enough to say that no kernel does.
  const bool isRefused = !op.known && !target_.keepsUnknownOps() && lacksSchema_[index(graph_.nodeKind(node))] == 0;
  if (isRefused && !operands.anyUnknownInput) return refuse(node, Help::kernelRows);
  if (operands.anyUnknown) {
    warn(Severity::warning, "unknown-op", node,
         fmt::format("{} has an operand whose dtype is not known and keeps its own dtypes",
                     ir::typedNodeLabel(graph_, node)));
    plan_.decisions[index(node)].detail = detailIndex("the dtype of an operand is not known");
    return keepOwn(node, Reason::unknownOp);
  }
  if (op.opClass == OpClass::dataMover) return decideMover(node, ask());
  if (lacksSchema_[index(graph_.nodeKind(node))] != 0) return keepWithoutRows(node);
  if (!op.known) return keepWithoutRows(node);
  decideCompute(node, ask());
}

PrecisionRequest Decider::ask() {
  PrecisionRequest answer = PrecisionRequest::uniform(Want::own, Reason::keptOrigin);
  for (const auto& pass : pipeline_.passes()) {
    std::optional<PrecisionRequest> request = pass->decide(context_);
    if (!request.has_value()) continue;
    if (request->filtersOnly) {
      std::copy_if(request->operands.begin(), request->operands.end(), std::back_inserter(filters_),
                   [this](const OperandWant& filter) { return !isOmitted(filter); });
      filterDetail_ = request->detail;
      continue;
    }
    if (request->reason == Reason::userPass && request->detail.empty()) request->detail = pass->name();
    answer = *std::move(request);
    break;
  }
  answer.operands.insert(answer.operands.end(), filters_.begin(), filters_.end());
  return answer;
}

// Omitted optional operands match anything.
bool Decider::isOmitted(const OperandWant& filter) const {
  const NodeId node = context_.node_;
  const auto values = filter.output ? graph_.outputs(node) : graph_.inputs(node);
  if (filter.slot < values.size()) return values[filter.slot] == ValueId::none;
  const OpKind& kind = graph_.nodeOp(node);
  if (kind.hasSchema) {
    const OperandSpec* spec = filter.output ? kind.signature.output(filter.slot) : kind.signature.input(filter.slot);
    return spec != nullptr && spec->optional;
  }
  const OpEntry* entry = firstEntry(ops_[index(graph_.nodeKind(node))]);
  if (entry == nullptr) return false;
  const std::vector<KernelOperand>& operands = filter.output ? entry->outputs : entry->inputs;
  return filter.slot < operands.size() && operands[filter.slot].optional;
}

// Whatever decided the node, its operands have the dtypes that the filters name.
bool Decider::fitsFilters(NodeId node) const {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const bool throughOpMap = op.opClass == OpClass::compute && op.mapping != nullptr;
  return std::all_of(filters_.begin(), filters_.end(), [&](const OperandWant& filter) {
    const auto dtypes = filter.output ? plan_.outputs(graph_, node) : plan_.inputs(graph_, node);
    return filter.slot < dtypes.size() && matchesExactly(filter.only, dtypes[filter.slot], throughOpMap);
  });
}

// Which algorithm the kernel uses: what the policy says, where the kernel offers it, else the default.
void Decider::giveImplMode(NodeId node) {
  Decision& decision = plan_.decisions[index(node)];
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const ImplModeEntry* asked = index_.implMode(node);
  const OpEntry* entry = decision.library == 0 ? nullptr : op.entries[decision.library - 1U];
  if (entry != nullptr && !entry->implModes.empty()) decision.implMode = ImplMode::highPerformance;
  if (asked == nullptr) return;
  const auto& offered = entry == nullptr ? std::vector<std::string>() : entry->implModes;
  if (std::find(offered.begin(), offered.end(), toString(asked->mode)) != offered.end()) {
    decision.implMode = asked->mode;
    decision.implModeChosen = true;
  } else if (asked->fromUser && diagnostics_) {
    const std::string& place = asked->nodes.place;
    const std::string& origin = asked->nodes.origin;
    warn(Severity::warning, "impl-mode-not-offered", node,
         fmt::format("{}{}: {} is not offered{}, it has no effect{}",
                     place.empty() ? std::string() : fmt::format("{}: ", place), ir::typedNodeLabel(graph_, node),
                     toString(asked->mode),
                     offered.empty() ? std::string() : fmt::format(", only {}", fmt::join(offered, ", ")),
                     place.empty() && !origin.empty() ? fmt::format(" ({})", origin) : std::string()));
  }
}

void Decider::decideCompute(NodeId node, const PrecisionRequest& request) {
  makeGoals(node, request);
  const bool modePermits = policy_.mode != PrecisionMode::mustKeepOriginDtype;
  const RowAnswer* answer = &answerFor(node, request, request.lowering == Lowering::permitted && modePermits);
  if (!answer->served && request.lowering == Lowering::lastResort && modePermits) {
    answer = &answerFor(node, request, true);
    if (answer->served) {
      warn(Severity::warning, "cannot-keep-dtype", node,
           fmt::format("{} cannot keep its dtype: {}", ir::typedNodeLabel(graph_, node),
                       filters_.empty() ? fmt::format("no kernel library of target '{}' has it", target_.name())
                                        : std::string("customize_dtypes leaves no kernel row that has it")));
    }
  }
  if (!answer->served) return refuse(node, whatHelps(node, request));
  const std::size_t inputs = graph_.inputs(node).size();
  const DType* decided = answer->dtypes.data();
  for (std::size_t slot = 0; slot < inputs; ++slot) inputsOf(node)[slot] = decided[slot];
  for (std::size_t i = inputs; i < goals_.size(); ++i) outputsOf(node)[i - inputs] = decided[i];
  repeats_ = request.lowering != Lowering::lastResort && !answer->orderDependent;  // else each node has its own message
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
         fmt::format("{} follows its first input; in another operand order it would have another dtype",
                     ir::typedNodeLabel(graph_, node)));
  }
  const int leading = leadingOperand(goals_, graph_.inputs(node).size());
  if (leading < 0) return;
  const auto at = static_cast<std::size_t>(leading);
  const DType got = answer.dtypes[at];
  if (request.fallback == Fallback::bordersOrFloat32 && answer.wanted == DType::float32) {
    decision.reason = answer.schemaLimited ? Reason::schemaLimits : Reason::forcedFp32;
  }
  // A filter decides where it names the leading operand, or keeps it from what it wanted.
  const bool named = std::any_of(filters_.begin(), filters_.end(), [&](const OperandWant& filter) {
    return (filter.output ? graph_.inputs(node).size() : 0) + filter.slot == at;
  });
  if (named || (!filters_.empty() && got != answer.wanted)) {
    decision.reason = Reason::customized;
    decision.detail = detailIndex(filterDetail_);
    decision.because = NodeId::none;
  } else if (answer.library > 0) {
    decision.reason = Reason::aicpuFallback;
  } else if (got != answer.wanted) {
    decision.reason = answer.schemaLimited ? Reason::schemaLimits
                      : isHalf(got)        ? Reason::onlyFp16Kernel
                                           : Reason::onlyFp32Kernel;
  } else if (isHalf(got) ? decision.reason == Reason::forcedFp32
                         : decision.reason == Reason::forcedFp16 || decision.reason == Reason::whiteList) {
    decision.reason = Reason::keptOrigin;  // of an operand that the target marks to be kept
  }
}

}  // namespace precast::passes
