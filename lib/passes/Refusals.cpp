// Nodes that no kernel library accepts: all of them are named at once, each with its operand's dtype, what every
// library offers, and what would help (precision-semantics, section 2).
#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "passes/Decider.h"
#include "passes/Modes.h"
#include "support/PlainText.h"
#include "target/OperatorKeys.h"

namespace precast::passes {

namespace {

// The float dtypes that `entry` has for an operand of a node: inputs, then outputs.
DTypeSet offeredDTypes(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own,
                       std::size_t operand) {
  if (entry.rows == RowSource::uniform) return DTypeSet(DType::float16) | DTypeSet(DType::float32);
  if (entry.rows == RowSource::schema) {
    const std::size_t inputs = own.inputs.size();
    const OperandSpec* spec = !kind.hasSchema    ? nullptr
                              : operand < inputs ? kind.signature.input(operand)
                                                 : kind.signature.output(operand - inputs);
    return spec == nullptr ? DTypeSet::floats() : kind.signature.typeVars[spec->typeVar] & DTypeSet::floats();
  }
  const KernelOperand* serving = servingOperand(op, entry, own, operand);
  if (serving == nullptr) return DTypeSet::floats();
  DTypeSet set = serving->set;
  for (DType dtype : serving->column) set.insert(dtype);
  return set & (DTypeSet::floats() | DTypeSet(DType::float64));
}

// The dtypes that `entry` has for operand `slot`, an input that is no float: those of rows that match the other inputs,
// or of any row if there is none.
DTypeSet offeredBeside(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own, std::size_t slot) {
  DTypeSet any;
  if (const KernelOperand* serving = servingOperand(op, entry, own, slot); serving != nullptr) {
    any = serving->set;
    for (DType dtype : serving->column) any.insert(dtype);
  }
  DTypeSet beside;
  absl::InlinedVector<DType, 8> inputs(own.inputs.begin(), own.inputs.end());
  for (unsigned number = 1; number < 64; ++number) {
    if (!any.contains(static_cast<DType>(number))) continue;
    inputs[slot] = static_cast<DType>(number);
    for (const KernelRow& row : kernelRows(kind, op, entry, {inputs, {}})) beside.insert(row.cells[slot]);
  }
  return beside.empty() ? any : beside;
}

std::string offers(const KernelLibrary& library, std::string_view type, const OpEntry* entry, DTypeSet set) {
  if (entry == nullptr) return fmt::format("{} has no {}", library.name, type);
  std::string words;
  const auto add = [&](DType dtype) {
    if (set.contains(dtype)) words += fmt::format("{}{}", words.empty() ? "" : ", ", toString(dtype));
    set.remove(dtype);
  };
  for (DType dtype : {DType::float16, DType::float32, DType::bfloat16, DType::float64}) add(dtype);
  for (unsigned number = 1; number < 64; ++number) add(static_cast<DType>(number));
  return fmt::format("{} offers {}", library.name, words.empty() ? std::string("no float dtype") : words);
}

// The input whose change alone would give the first library a row; else one whose dtype no row has. None if there are
// rows, for those match every float.
std::optional<std::size_t> unmatchedInput(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own) {
  if (!kernelRows(kind, op, entry, {own.inputs, {}}).empty()) return std::nullopt;
  std::optional<std::size_t> unmatched;
  absl::InlinedVector<DType, 8> inputs(own.inputs.begin(), own.inputs.end());
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    if (isFloat(inputs[slot]) || inputs[slot] == DType::undefined) continue;
    const DTypeSet offered = offeredBeside(kind, op, entry, own, slot);
    if (!unmatched.has_value() && !offered.contains(inputs[slot])) unmatched = slot;
    inputs[slot] = DType::undefined;  // matches every row
    if (!kernelRows(kind, op, entry, {inputs, {}}).empty()) return slot;
    inputs[slot] = own.inputs[slot];
  }
  return unmatched;
}

// The operand that a refusal names: the first float input whose dtype the first library does not have, else an input
// that keeps every row from matching, else the first float input.
std::size_t refusedInput(const Graph& graph, NodeId node, const TargetOp& op, OwnDTypes own) {
  std::size_t first = own.inputs.size();
  for (std::size_t slot = 0; slot < own.inputs.size(); ++slot) {
    if (!isFloat(own.inputs[slot])) continue;
    if (first == own.inputs.size()) first = slot;
    const OpEntry* entry = op.entries.empty() ? nullptr : op.entries.front();
    if (entry != nullptr && !offeredDTypes(graph.nodeOp(node), op, *entry, own, slot).contains(own.inputs[slot])) {
      return slot;
    }
  }
  if (op.entries.empty() || op.entries.front() == nullptr) return first;
  return unmatchedInput(graph.nodeOp(node), op, *op.entries.front(), own).value_or(first);
}

// "node 'a'", "node #7": the operator stands beside it.
std::string refusedLabel(const Graph& graph, NodeId node) {
  return graph.nodeName(node).empty() ? fmt::format("node #{}", index(node)) : ir::nodeLabel(graph, node);
}

// Why an operator that needs no kernel row does not give an operand of dtype `own` what `filter` asks.
std::string whyUnchanged(const OpKind& kind, OpClass opClass, const OperandWant& filter, DType own) {
  if (opClass == OpClass::controlFlow) return "control flow keeps the dtypes of its operands";
  if (opClass == OpClass::keepOwn) return fmt::format("{} keeps its own dtypes", kind.type);
  if (opClass == OpClass::dataMover) {
    return fmt::format("{} only hands on what it has, or another float dtype of its schema", kind.type);
  }
  if (!filter.output) return fmt::format("{} takes its inputs as they are", kind.type);
  if (isFloat(own) && isFloat(filter.only)) return fmt::format("the schema of {} has no such result", kind.type);
  return fmt::format("{} gives its result another dtype only from float to float", kind.type);
}

}  // namespace

// Found out by trying, so that the hint is worth following.
Decider::Help Decider::whatHelps(NodeId node, const PrecisionRequest& request) {
  if (!filters_.empty()) {
    if (lacksFiltered(node)) return Help::freeOperand;
    // Filters give their dtypes to the operands that they name, and the mode perhaps not to the others.
    const OpKindId kind = graph_.nodeKind(node);
    const auto nearestRow = [&](RowsOf rows) {
      return nearestFilteredRow(graph_.opKind(kind), ops_[index(kind)],
                                {goals_, graph_.inputs(node).size(), modeRow(policy_.mode).lowered, request.fallback},
                                rows);
    };
    filtered_ = nearestRow(RowsOf::schema);
    if (filtered_.has_value() && !filtered_->kept.empty()) return Help::nameOperands;
    if (!filtered_.has_value() && nearestRow(RowsOf::target).has_value()) return Help::otherSchema;
    for (OperandGoal& goal : goals_) goal.only = DType::undefined;
    return nearestRow(RowsOf::schema).has_value() || answerFor(node, request, true).served ? Help::freeOperand
                                                                                           : Help::kernelRows;
  }
  if (answerFor(node, request, /*mayLower=*/true).served) {
    return policy_.mode == PrecisionMode::mustKeepOriginDtype ? Help::lowerByMode : Help::keepDtype;
  }
  // A bfloat16 mode passes float16 kernels over.
  const OpKindId kind = graph_.nodeKind(node);
  const RowRequest half{goals_, graph_.inputs(node).size(), DType::float16, request.fallback};
  if (!chooseRow(graph_.opKind(kind), ops_[index(kind)], half).served) return Help::kernelRows;
  return modeRow(policy_.mode).lowered == DType::bfloat16 ? Help::float16Kernels : Help::lowerByMode;
}

// Where the filters of `node` come from, to stand before what they ask for: "customize_dtypes (dtypes.txt:2:1): ".
std::string Decider::filterLabel(NodeId node) const {
  const CustomDtypes* entry = index_.customDtypes(node);
  if (entry != nullptr && !entry->nodes.place.empty() && entry->nodes.origin == filterDetail_) {
    return fmt::format("customize_dtypes ({}): ", entry->nodes.place);
  }
  return filterDetail_.empty() ? std::string() : fmt::format("{}: ", filterDetail_);
}

// "customize_dtypes (dtypes.txt:2:1): input 0 must be float16", for each filter of `node`.
std::string Decider::askedByFilters(NodeId node) const {
  std::string asked;
  for (const OperandWant& filter : filters_) {
    asked += fmt::format("{}{}{} {} must be {}", asked.empty() ? "" : "; ", filterLabel(node),
                         filter.output ? "output" : "input", filter.slot, toString(filter.only));
  }
  return asked;
}

// True if the filters name an operand that `node` does not have.
bool Decider::lacksFiltered(NodeId node) const {
  return std::any_of(filters_.begin(), filters_.end(), [&](const OperandWant& filter) {
    return filter.slot >= (filter.output ? graph_.outputs(node) : graph_.inputs(node)).size();
  });
}

// What the filters ask that no kernel row could give: of operands that the node does not have, or of an operator that
// needs none. "" if they ask nothing of that kind.
std::string Decider::unmetByNode(NodeId node) const {
  const OpKind& kind = graph_.nodeOp(node);
  const OpClass opClass = ops_[index(graph_.nodeKind(node))].opClass;
  std::string why;
  for (const OperandWant& filter : filters_) {
    const std::string_view side = filter.output ? "output" : "input";
    const auto values = filter.output ? graph_.outputs(node) : graph_.inputs(node);
    const auto decided = filter.output ? plan_.outputs(graph_, node) : plan_.inputs(graph_, node);
    std::string but;
    if (filter.slot >= values.size()) {
      but = fmt::format("the node has {} {}{}", values.size(), side, values.size() == 1 ? "" : "s");
    } else if (opClass != OpClass::compute && decided[filter.slot] != filter.only) {
      const DType own = graph_.dtype(values[filter.slot]);
      but = fmt::format("it is {}, and ", toString(own == filter.only ? decided[filter.slot] : own));
      but += whyUnchanged(kind, opClass, filter, own);
    } else {
      continue;
    }
    why += fmt::format("{}{}{} {} must be {}, but {}", why.empty() ? "" : "; ", filterLabel(node), side, filter.slot,
                       toString(filter.only), but);
  }
  return why;
}

// An operand, what is asked of it, and what each library offers for it.
std::string Decider::whyRefused(NodeId node) const {
  const OpKind& kind = graph_.nodeOp(node);
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  absl::InlinedVector<DType, 8> inputs;
  for (ValueId value : graph_.inputs(node)) {
    inputs.push_back(value == ValueId::none ? DType::undefined : graph_.dtype(value));
  }
  const OwnDTypes own{inputs, {}};
  std::size_t slot = refusedInput(graph_, node, op, own);
  std::optional<std::size_t> output;  // where no input can be named
  if (slot >= inputs.size()) {
    const auto outputs = graph_.outputs(node);
    for (std::size_t i = 0; i < outputs.size() && !output.has_value(); ++i) {
      if (outputs[i] != ValueId::none && isFloat(graph_.dtype(outputs[i]))) output = i;
    }
    for (const OperandWant& filter : filters_) {
      if (output.has_value() || filter.slot >= (filter.output ? outputs.size() : inputs.size())) continue;
      if (filter.output) {
        output = filter.slot;
      } else if (slot >= inputs.size()) {
        slot = filter.slot;
      }
    }
  }
  const bool isInput = slot < inputs.size();
  std::string why = "no operand";
  if (isInput || output.has_value()) {
    const std::size_t at = isInput ? slot : *output;
    const ValueId value = isInput ? graph_.inputs(node)[at] : graph_.outputs(node)[at];
    why = fmt::format("{} {} '{}' is {}", isInput ? "input" : "output", at, graph_.valueName(value),
                      toString(graph_.dtype(value)));
  }
  if (!filters_.empty()) why += "; " + askedByFilters(node);
  if (lacksSchema_[index(graph_.nodeKind(node))] != 0) {
    return why + fmt::format("; target '{}' takes kernel rows from ONNX schemas, and the operator has none (a JSON "
                             "graph has no schemas)",
                             target_.name());
  }
  const auto libraries = target_.libraries();
  const std::string type =
      op.targetType.empty() ? target::operatorName(kind.domain, kind.type) : std::string(op.targetType);
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    const OpEntry* entry = i < op.entries.size() ? op.entries[i] : nullptr;
    const DTypeSet set = entry == nullptr ? DTypeSet()
                         : !isInput && output.has_value()
                             ? offeredDTypes(kind, op, *entry, own, inputs.size() + *output)
                         : !isInput              ? DTypeSet::floats()
                         : isFloat(inputs[slot]) ? offeredDTypes(kind, op, *entry, own, slot)
                                                 : offeredBeside(kind, op, *entry, own, slot);
    why += "; " + offers(libraries[i], type, entry, set);
  }
  return why;
}

// The operands that no filter names and that must not have the dtype of the only rows that filters leave; and what to
// name instead.
std::string Decider::whyUnnamed(NodeId node, const FilteredRow& row) {
  const std::size_t inputs = graph_.inputs(node).size();
  const auto valueOf = [&](std::size_t operand) {
    return operand < inputs ? graph_.inputs(node)[operand] : graph_.outputs(node)[operand - inputs];
  };
  std::string why = askedByFilters(node);
  for (std::size_t operand : row.kept) {
    const ValueId value = valueOf(operand);
    why +=
        fmt::format("; {} {} '{}' is {}, is not named, and does not become {} in {}, which the nearest kernel row of "
                    "{} needs",
                    operand < inputs ? "input" : "output", operand < inputs ? operand : operand - inputs,
                    graph_.valueName(value), toString(graph_.dtype(value)), toString(row.dtypes[operand]),
                    toString(policy_.mode), target_.libraries().front().name);
  }
  if (!named_.empty()) return why;
  // Names of what is float, or named already; a list ends at the last of them.
  for (const bool output : {false, true}) {
    const std::size_t begin = output ? inputs : 0;
    const std::size_t end = output ? row.dtypes.size() : inputs;
    std::string list;
    std::string free;
    for (std::size_t operand = begin; operand < end; ++operand) {
      const OperandGoal& goal = goals_[operand];
      if (isFloat(goal.own) || goal.only != DType::undefined) {
        list += fmt::format("{}{}", free, toString(row.dtypes[operand]));
        free.clear();
      }
      free += ',';
    }
    if (list.empty()) continue;
    named_ += fmt::format("{}{}:{}", named_.empty() ? "" : ",", output ? "OutputDtype" : "InputDtype", list);
  }
  named_ += fmt::format(" for {}", refusedLabel(graph_, node));
  return why;
}

void Decider::refuse(NodeId node, Help help) {
  std::string why = unmetByNode(node);
  if (why.empty() && help == Help::nameOperands) why = whyUnnamed(node, *filtered_);
  if (why.empty()) {
    why = whyRefused(node);
    helps_[static_cast<std::size_t>(Help::kernelRows)] |= lacksSchema_[index(graph_.nodeKind(node))] != 0;
  }
  if (help == Help::otherSchema) {
    const OpKind& kind = graph_.nodeOp(node);
    why += fmt::format("; it has rows of these dtypes, but version {} of ONNX's {} does not allow them (schema-limits)",
                       kind.sinceVersion, kind.type);
  }
  refusals_.push_back({node, std::move(why)});
  // Which of its operands is not there is not the operator's doing.
  const OpClass opClass = ops_[index(graph_.nodeKind(node))].opClass;
  const bool hasRows = opClass == OpClass::compute || lacksFiltered(node);
  if (help == Help::freeOperand && !hasRows) help = Help::freeUnchanged;
  helps_[static_cast<std::size_t>(help)] = true;
}

absl::Status Decider::refusalError() const {
  std::string text = fmt::format("target '{}' has no kernel in {} for {} node{}:", support::plainLine(target_.name()),
                                 toString(policy_.mode), refusals_.size(), refusals_.size() == 1 ? "" : "s");
  for (const Refusal& refusal : refusals_) {
    const OpKind& kind = graph_.nodeOp(refusal.node);
    const std::string_view targetType = ops_[index(graph_.nodeKind(refusal.node))].targetType;
    const std::string node =
        fmt::format("{} ({}{}{}): {}", refusedLabel(graph_, refusal.node), target::operatorName(kind.domain, kind.type),
                    targetType.empty() || targetType == kind.type ? "" : " -> ",
                    targetType == kind.type ? std::string_view() : targetType, refusal.why);
    text += fmt::format("\n  {}", support::plainLine(node));
  }
  std::string_view separator = "\nhint: ";
  const auto hint = [&](Help help, std::string_view what) {
    if (!helps_[static_cast<std::size_t>(help)]) return;
    text += fmt::format("{}{}", separator, support::plainLine(what));
    separator = "; ";
  };
  hint(Help::freeOperand, "leave an operand of customize_dtypes free, or name dtypes that one kernel row has together");
  hint(Help::freeUnchanged, "leave free in customize_dtypes what an operator without kernel rows does not change");
  hint(Help::otherSchema,
       "name other dtypes in customize_dtypes, or leave some free: the schema of the operator at the model's opset "
       "has no such combination (schema-limits)");
  hint(Help::nameOperands,
       fmt::format("name every operand of such a node in customize_dtypes, for what is not named does as the mode says "
                   "({})",
                   named_));
  hint(Help::float16Kernels,
       "use allow_fp32_to_fp16, for there are float16 kernels (or allow_mix_precision, but for black nodes), or name "
       "float16 for all operands of these nodes in customize_dtypes, or give their operators bfloat16 kernel rows with "
       "--ops_info");
  hint(Help::lowerByMode,
       "use allow_fp32_to_fp16, which lowers the nodes that have no kernel of their own dtype, and only those");
  hint(Help::keepDtype,
       isMixMode(policy_.mode)
           ? "add a black node to keep_dtype, which lowers it as a last resort, or move its operator to the gray list"
           : "add a black node to keep_dtype, which lowers it as a last resort");
  const bool isForeign = std::any_of(refusals_.begin(), refusals_.end(), [this](const Refusal& refusal) {
    return !graph_.nodeOp(refusal.node).domain.empty();
  });
  hint(Help::kernelRows,
       fmt::format("give an operator that has no kernel for such dtypes kernel rows with --ops_info{}",
                   isForeign ? ", in an entry that has its \"domain\" if it is not ONNX's" : ""));
  return absl::FailedPreconditionError(text);
}

}  // namespace precast::passes
