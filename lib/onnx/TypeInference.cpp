// One pass over the nodes in topological order. A body stands directly after its owner in that order, so the owner
// binds the body's inputs when it is met, and takes its own results from the body's outputs once the order leaves its
// last body. Element dtypes of sequences and optionals, which a Graph does not hold, are kept beside it.
#include "onnx/TypeInference.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

// The operators of inferContainer().
bool handsContainers(std::string_view type) {
  constexpr std::string_view kTypes[] = {
      "ConcatFromSequence", "Identity",      "Optional",      "OptionalGetElement", "SequenceAt",
      "SequenceConstruct",  "SequenceEmpty", "SequenceErase", "SequenceInsert",     "SplitToSequence"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

bool isContainer(DType dtype) { return dtype == DType::sequence || dtype == DType::optional; }

class Inference {
 public:
  Inference(Graph& graph, const StatedTypes& stated)
      : graph_(graph), stated_(stated), attributes_(stated.attributes), held_(graph.valueCount()) {
    for (const auto& [value, held] : stated.held) held_[index(value)] = held;
  }

  absl::Status run(absl::Span<const NodeId> order) {
    for (std::size_t k = 0; k < graph_.opKindCount(); ++k) {
      const OpKind& op = graph_.opKind(static_cast<OpKindId>(k));
      KindFacts facts;
      facts.rule = outputDTypeRule(op);
      facts.hasRule = !facts.rule.attribute.empty() || facts.rule.fallback != DType::undefined ||
                      facts.rule.fallbackTypeVar.has_value();
      facts.handsContainers = op.domain.empty() && handsContainers(op.type);
      facts.isCastLike = op.type == "CastLike";
      facts.isControlFlow =
          op.hasSchema && op.domain.empty() && (op.type == "If" || op.type == "Loop" || op.type == "Scan");
      facts_.push_back(facts);
    }
    for (NodeId node : order) {
      if (!open_.empty()) leaveBodies(node);
      if (factsOf(node).isControlFlow) checkBodies(node);
      if (graph_.hasRegions(node)) {
        enterBodies(node);
        open_.push_back(node);
      } else {
        inferNode(node);
        takeHints(node);
      }
      if (!status_.ok()) return status_;
    }
    leaveBodies(NodeId::none);
    if (status_.ok()) guessFromReaders(order);
    return status_;
  }

 private:
  // What only the operator decides, so that names are compared once for each operator, not for each node.
  struct KindFacts {
    OutputDTypeRule rule;
    bool hasRule = false;
    bool handsContainers = false;
    bool isCastLike = false;
    bool isControlFlow = false;
  };

  const KindFacts& factsOf(NodeId node) const { return facts_[index(graph_.nodeKind(node))]; }
  DType dtypeOf(ValueId value) const { return value == ValueId::none ? DType::undefined : graph_.dtype(value); }
  Held heldBy(ValueId value) const { return value == ValueId::none ? Held{} : held_[index(value)]; }

  void fail(NodeId node, const std::string& what) {
    if (status_.ok()) status_ = absl::InvalidArgumentError(ir::typedNodeLabel(graph_, node) + what);
  }

  void set(NodeId node, const char* side, std::size_t slot, ValueId value, DType dtype, Held held = {}) {
    if (value == ValueId::none || dtype == DType::undefined) return;
    if (held_[index(value)].element == DType::undefined) held_[index(value)] = held;
    const DType known = graph_.dtype(value);
    if (known == DType::undefined) {
      graph_.setValueDType(value, dtype);
    } else if (known != dtype && status_.ok()) {
      fail(node, fmt::format(": {} {} '{}' is {} by the operator's schema but value_info says {}", side, slot,
                             graph_.valueName(value), toString(dtype), toString(known)));
    }
  }

  void inferNode(NodeId node) {
    const OpKind& op = graph_.nodeOp(node);
    if (!op.hasSchema) return;
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    std::array<DType, 64> bound{};
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      const OperandSpec* spec = op.signature.input(slot);
      if (spec == nullptr || spec->heterogeneous || spec->typeVar >= bound.size()) continue;
      if (bound[spec->typeVar] == DType::undefined) bound[spec->typeVar] = dtypeOf(inputs[slot]);
    }
    const KindFacts& facts = factsOf(node);
    if (facts.handsContainers && inferContainer(node, op)) return;
    const OutputDTypeRule& rule = facts.rule;
    const DType attribute = index(node) < attributes_.size() ? attributes_[index(node)] : DType::undefined;
    for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
      const OperandSpec* spec = op.signature.output(slot);
      if (outputs[slot] == ValueId::none || spec == nullptr || spec->heterogeneous) continue;
      DType dtype = spec->typeVar < bound.size() ? bound[spec->typeVar] : DType::undefined;
      if (dtype == DType::undefined) dtype = onlyOne(op.signature.typeVars[spec->typeVar]);
      if (dtype == DType::undefined && facts.hasRule) {
        dtype = attribute;
        if (dtype == DType::undefined && rule.fallbackTypeVar.has_value()) dtype = bound[*rule.fallbackTypeVar];
        if (dtype == DType::undefined) dtype = rule.fallback;
      }
      if (facts.isCastLike && inputs.size() > 1) dtype = dtypeOf(inputs[1]);
      set(node, "output", slot, outputs[slot], dtype);
    }
  }

  void takeHints(NodeId node) {
    if (stated_.hints.empty()) return;
    for (ValueId output : graph_.outputs(node)) {
      if (output == ValueId::none || graph_.dtype(output) != DType::undefined) continue;
      if (const auto hint = stated_.hints.find(output); hint != stated_.hints.end())
        graph_.setValueDType(output, hint->second);
    }
  }

  static DType onlyOne(DTypeSet set) {
    const std::uint64_t bits = set.bits();
    if (bits == 0 || (bits & (bits - 1)) != 0) return DType::undefined;
    unsigned number = 0;
    while (((bits >> number) & 1U) == 0) ++number;
    return static_cast<DType>(number);
  }

  // Operators whose operands are sequences or optionals; what they hold is followed here. True if the node is done.
  bool inferContainer(NodeId node, const OpKind& op) {
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    if (outputs.empty() || !op.domain.empty()) return false;
    const ValueId first = inputs.empty() ? ValueId::none : inputs[0];
    if (op.type == "SequenceAt" || op.type == "ConcatFromSequence" || op.type == "OptionalGetElement") {
      // OptionalGetElement of something that is no container hands it through.
      const bool plain = dtypeOf(first) != DType::undefined && !isContainer(dtypeOf(first));
      set(node, "output", 0, outputs[0], plain ? dtypeOf(first) : heldBy(first).element, {heldBy(first).inner});
      return true;
    }
    if (op.type == "SequenceConstruct" || op.type == "SplitToSequence") {
      set(node, "output", 0, outputs[0], DType::sequence, {dtypeOf(first)});
      return true;
    }
    if (op.type == "SequenceInsert" || op.type == "SequenceErase") {
      const DType inserted = op.type == "SequenceInsert" && inputs.size() > 1 ? dtypeOf(inputs[1]) : DType::undefined;
      const DType element = heldBy(first).element;
      set(node, "output", 0, outputs[0], DType::sequence, {element != DType::undefined ? element : inserted});
      return true;
    }
    if (op.type == "SequenceEmpty") {
      const DType given = index(node) < attributes_.size() ? attributes_[index(node)] : DType::undefined;
      set(node, "output", 0, outputs[0], DType::sequence, {given == DType::undefined ? DType::float32 : given});
      return true;
    }
    if (op.type == "Optional") {
      set(node, "output", 0, outputs[0], DType::optional, {dtypeOf(first), heldBy(first).element});
      return true;
    }
    if (op.type == "Identity") {
      set(node, "output", 0, outputs[0], dtypeOf(first), heldBy(first));
      return true;
    }
    return false;
  }

  // The bodies that the operator has, with as many inputs and results as its own operands ask.
  void checkBodies(NodeId node) {
    const std::string_view type = graph_.nodeOp(node).type;
    std::vector<std::string_view> wanted = {"body"};
    if (type == "If") wanted = {"then_branch", "else_branch"};
    for (std::string_view name : wanted) {
      RegionId body = graph_.firstRegion(node);
      while (body != RegionId::none && graph_.region(body).name != name) body = graph_.region(body).next;
      if (body == RegionId::none) return fail(node, fmt::format(" has no attribute '{}'", name));
      const Region& region = graph_.region(body);
      const std::size_t results = graph_.outputs(node).size() + (type == "Loop" ? 1 : 0);
      // A Loop may leave out results of its last scans.
      if (type == "Loop" ? region.outputs.size() < results : region.outputs.size() != results) {
        return fail(node,
                    fmt::format(" needs {} outputs of its {}, which has {}", results, name, region.outputs.size()));
      }
      const auto formals = std::count_if(region.inputs.begin(), region.inputs.end(),
                                         [this](ValueId v) { return graph_.tensorOf(v) == TensorId::none; });
      if (type == "If") {
        if (formals == 0) continue;
        return fail(node, fmt::format(" gives no inputs to its branches, but its {} has {}", name, formals));
      }
      std::size_t actuals = graph_.inputs(node).size();
      if (type == "Loop") actuals = std::max<std::size_t>(actuals, 2);
      // The sequence lengths that Scan-8 has before the states are not for its body.
      if (type == "Scan" && graph_.nodeOp(node).sinceVersion < 9 && actuals > 0) --actuals;
      if (static_cast<std::size_t>(formals) != actuals)
        return fail(node, fmt::format(" has {} inputs, but its body has {}", actuals, formals));
    }
  }

  void enterBodies(NodeId node) {
    const OpKind& op = graph_.nodeOp(node);
    const auto inputs = graph_.inputs(node);
    for (RegionId r = graph_.firstRegion(node); r != RegionId::none; r = graph_.region(r).next) {
      const std::vector<ValueId>& formals = graph_.region(r).inputs;
      const bool isLoop = op.type == "Loop" && op.domain.empty();
      const bool isScan = op.type == "Scan" && op.domain.empty();
      // Scan-8 has sequence lengths before the states.
      const std::size_t skip = isScan && inputs.size() == formals.size() + 1 ? 1 : 0;
      for (std::size_t i = 0; i < formals.size() && (isLoop || isScan); ++i) {
        if (isLoop && i < 2) {
          if (graph_.dtype(formals[i]) == DType::undefined)
            graph_.setValueDType(formals[i], i == 0 ? DType::int64 : DType::boolean);
          continue;
        }
        const std::size_t slot = i + skip;
        if (slot >= inputs.size() || inputs[slot] == ValueId::none) continue;
        const DType given = dtypeOf(inputs[slot]);
        const DType stated = graph_.dtype(formals[i]);
        if (stated == DType::undefined) graph_.setValueDType(formals[i], given);
        if (stated != DType::undefined && given != DType::undefined && stated != given) {
          fail(node, fmt::format(": input {} '{}' is {}, but input '{}' of its body is {}", slot,
                                 graph_.valueName(inputs[slot]), toString(given), graph_.valueName(formals[i]),
                                 toString(stated)));
        }
        if (const Held held = heldBy(inputs[slot]); held.element != DType::undefined) held_[index(formals[i])] = held;
      }
    }
  }

  void leaveBodies(NodeId next) {
    while (!open_.empty() && (next == NodeId::none || !isInside(next, open_.back()))) {
      const NodeId owner = open_.back();
      open_.pop_back();
      takeResults(owner);
      takeHints(owner);
    }
  }

  bool isInside(NodeId node, NodeId owner) const {
    for (RegionId r = graph_.nodeRegion(node); r != RegionId::main; r = graph_.region(r).parent) {
      if (graph_.region(r).owner == owner) return true;
    }
    return false;
  }

  void takeResults(NodeId node) {
    const OpKind& op = graph_.nodeOp(node);
    if (!op.domain.empty() || (op.type != "If" && op.type != "Loop" && op.type != "Scan")) return;
    const std::size_t skip = op.type == "Loop" ? 1 : 0;  // the body's condition is no result
    const auto outputs = graph_.outputs(node);
    for (RegionId r = graph_.firstRegion(node); r != RegionId::none; r = graph_.region(r).next) {
      const std::vector<ValueId>& results = graph_.region(r).outputs;
      for (std::size_t slot = 0; slot < outputs.size() && slot + skip < results.size(); ++slot) {
        checkResult(node, graph_.region(r), slot, results[slot + skip]);
        set(node, "output", slot, outputs[slot], dtypeOf(results[slot + skip]), heldBy(results[slot + skip]));
      }
    }
  }

  // What a body gives for output `slot` has the dtype that the other branch gives, that the next iteration takes (which
  // may take a sequence as an optional), and that a value_info states.
  void checkResult(NodeId node, const Region& body, std::size_t slot, ValueId result) {
    const ValueId output = graph_.outputs(node)[slot];
    const DType dtype = dtypeOf(result);
    const auto compare = [&](DType other, const auto& otherSide) {
      if (!status_.ok() || dtype == DType::undefined || other == DType::undefined || other == dtype) return;
      const std::string name = output == ValueId::none ? "" : fmt::format(" '{}'", graph_.valueName(output));
      fail(node, fmt::format(": output {}{} is {} by '{}' of its {}, but {}", slot, name, toString(dtype),
                             graph_.valueName(result), body.name, otherSide(toString(other))));
    };
    const std::string_view type = graph_.nodeOp(node).type;
    const Region& first = graph_.region(graph_.firstRegion(node));
    if (type == "If" && &first != &body && slot < first.outputs.size()) {
      const ValueId other = first.outputs[slot];
      compare(dtypeOf(other), [&](std::string_view word) {
        return fmt::format("{} by '{}' of its {}", word, graph_.valueName(other), first.name);
      });
    }
    if (type == "Loop" && slot + 2 < body.inputs.size()) {
      const ValueId carried = body.inputs[slot + 2];
      const bool isPlain = !isContainer(dtype) && !isContainer(dtypeOf(carried));
      compare(isPlain ? dtypeOf(carried) : DType::undefined, [&](std::string_view word) {
        return fmt::format("the next iteration takes it as '{}', which is {}", graph_.valueName(carried), word);
      });
    }
    compare(dtypeOf(output), [](std::string_view word) { return fmt::format("value_info says {}", word); });
  }

  // A value of unknown dtype that some reader ties to a known operand, or allows one dtype only.
  void guessFromReaders(absl::Span<const NodeId> order) {
    bool any = false;
    for (std::size_t v = 0; v < graph_.valueCount(); ++v)
      any |= graph_.dtype(static_cast<ValueId>(v)) == DType::undefined;
    if (!any) return;
    for (NodeId node : order) {
      const OpKind& op = graph_.nodeOp(node);
      if (!op.hasSchema || graph_.hasRegions(node)) continue;
      const auto inputs = graph_.inputs(node);
      for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
        if (inputs[slot] == ValueId::none || graph_.dtype(inputs[slot]) != DType::undefined) continue;
        const OperandSpec* spec = op.signature.input(slot);
        if (spec == nullptr || spec->heterogeneous) continue;
        DType dtype = onlyOne(op.signature.typeVars[spec->typeVar]);
        for (std::size_t other = 0; other < inputs.size() && dtype == DType::undefined; ++other) {
          const OperandSpec* tied = op.signature.input(other);
          if (tied != nullptr && !tied->heterogeneous && tied->typeVar == spec->typeVar) dtype = dtypeOf(inputs[other]);
        }
        if (dtype != DType::undefined && !isContainer(dtype)) graph_.setValueDType(inputs[slot], dtype);
      }
      inferNode(node);
    }
  }

  Graph& graph_;
  const StatedTypes& stated_;
  absl::Span<const DType> attributes_;
  std::vector<Held> held_;        // by value
  std::vector<KindFacts> facts_;  // by OpKindId
  std::vector<NodeId> open_;
  absl::Status status_;
};

}  // namespace

absl::Status inferTypes(Graph& graph, absl::Span<const NodeId> order, const StatedTypes& stated) {
  return Inference(graph, stated).run(order);
}

}  // namespace precast::onnx
