// Nodes that no kernel library accepts: all of them are named at once, each with its operand's dtype, what every
// library offers, and what would help (precision-semantics, section 2).
#include "fmt/format.h"
#include "ir/Topology.h"
#include "passes/Decider.h"

namespace precast::passes {

namespace {

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

void Decider::refuse(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  std::string offers;
  const auto libraries = target_.libraries();
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    const OpEntry* entry = i < op.entries.size() ? op.entries[i] : nullptr;
    offers += fmt::format("{}{}", offers.empty() ? "" : "; ", floatOffers(graph_, node, op, libraries[i], entry));
  }
  if (!filters_.empty()) {
    std::string wanted;
    for (const OperandWant& filter : filters_) {
      wanted += fmt::format("{}{} {} {}", wanted.empty() ? "" : ", ", filter.output ? "output" : "input", filter.slot,
                            toString(filter.only));
    }
    offers = fmt::format("customize_dtypes{} wants {}; {}",
                         filterDetail_.empty() ? std::string() : fmt::format(" ({})", filterDetail_), wanted, offers);
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
                        targetType == kind.type ? std::string_view() : targetType, operand, refusal.why);
  }
  const bool mustKeep = policy_.mode == PrecisionMode::mustKeepOriginDtype;
  text += mustKeep
              ? "\nhint: allow_fp32_to_fp16 lowers the nodes that have no kernel of their own dtype, and only those"
              : "\nhint: move a black operator to the gray list, or give an operator that the target does not know "
                "kernel rows with --ops_info";
  return absl::FailedPreconditionError(text);
}

}  // namespace precast::passes
