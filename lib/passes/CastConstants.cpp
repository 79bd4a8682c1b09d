// One walk in the plan's order: every value that holds a constant's elements behind a Cast remembers the constant. The
// first place that wants such a value in float16 is where the constant becomes infinite.
#include "passes/CastConstants.h"

#include <algorithm>
#include <vector>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "passes/ConstantUse.h"

namespace precast::passes {

namespace {

// What holds magnitudes that float16 does not; through the other dtypes no such value comes.
bool isWide(DType dtype) {
  switch (dtype) {
  case DType::float32:
  case DType::float64:
  case DType::bfloat16:
  case DType::int32:
  case DType::int64:
  case DType::uint32:
  case DType::uint64:
    return true;
  default:
    return false;
  }
}

class CastConstants {
 public:
  CastConstants(const Graph& graph, const PrecisionPlan& plan, absl::Span<const TargetOp> ops,
                const ConstantOrigins& constants, const DiagnosticSink& diagnostics)
      : graph_(graph), plan_(plan), ops_(ops), constants_(constants), diagnostics_(diagnostics) {}

  void run() {
    if (!anyCast()) return;
    root_.assign(graph_.valueCount(), ValueId::none);
    known_.assign(graph_.valueCount(), 0);
    for (std::size_t v = 0; v < root_.size(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (graph_.isConstant(value) && isWide(graph_.dtype(value))) root_[v] = value;
    }
    for (NodeId node : plan_.order) visit(node);
  }

 private:
  bool anyCast() const {
    return std::any_of(ops_.begin(), ops_.end(), [](const TargetOp& op) { return op.opClass == OpClass::cast; });
  }

  ValueId rootOf(ValueId value) const { return value == ValueId::none ? ValueId::none : root_[index(value)]; }

  // Behind a Cast: what the model itself converts is told of by whoever converts it.
  bool isCast(ValueId value) const { return constants_.isConstant[index(value)] == 0; }

  void visit(NodeId node) {
    const OpClass opClass = ops_[index(graph_.nodeKind(node))].opClass;
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    const auto dtypes = plan_.inputs(graph_, node);
    if (opClass == OpClass::cast) {
      const ValueId root = inputs.empty() ? ValueId::none : rootOf(inputs[0]);
      if (root == ValueId::none || outputs.empty() || outputs[0] == ValueId::none) return;
      const DType out = plan_.outputs(graph_, node)[0];
      if (out == DType::float16 && dtypes[0] != DType::float16) report(root, node, onlyBounds(outputs[0]));
      if (isWide(out)) root_[index(outputs[0])] = root;
      return;
    }
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      const ValueId root = rootOf(inputs[slot]);
      if (root == ValueId::none) continue;
      if (dtypes[slot] == DType::float16 && isCast(inputs[slot])) {
        report(root, node, constantUse(graph_.nodeOp(node), slot) == ConstantUse::bound);
      } else if (opClass == OpClass::dataMover) {
        for (ValueId output : outputs) {
          if (output != ValueId::none && rootOf(output) == ValueId::none) root_[index(output)] = root;
        }
      }
    }
  }

  // Looked up in all nodes: a rare case need not be quick.
  bool onlyBounds(ValueId value) const {
    bool any = false;
    for (NodeId node : plan_.order) {
      const auto inputs = graph_.inputs(node);
      for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
        if (inputs[slot] != value) continue;
        if (constantUse(graph_.nodeOp(node), slot) != ConstantUse::bound) return false;
        any = true;
      }
    }
    return any;
  }

  ValueRange rangeOf(ValueId constant) const {
    if (!constants_.beyondHalf.empty()) {
      const auto found = constants_.ranges.find(constant);
      return found == constants_.ranges.end() ? ValueRange() : found->second;
    }
    ValueRange range;
    const TensorData& tensor = graph_.tensor(graph_.tensorOf(constant));
    if (tensor.hasData()) scanBeyondHalf(tensor.stored, tensor.data, range);
    return range;
  }

  void report(ValueId constant, NodeId node, bool onlyBounds) {
    if (known_[index(constant)] != 0) return;
    known_[index(constant)] = 1;
    const ValueRange range = rangeOf(constant);
    if (range.beyond == 0) return;
    const TensorData& tensor = graph_.tensor(graph_.tensorOf(constant));
    diagnostics_({onlyBounds ? Severity::note : Severity::warning, "weight-out-of-range", node,
                  std::string(graph_.nodeName(node)),
                  fmt::format("{}: constant '{}' has {} of {} values beyond the range of float16 (largest {}magnitude "
                              "{}); they become infinite when the Cast runs",
                              ir::nodeLabel(graph_, node), graph_.valueName(constant), range.beyond,
                              tensor.data.size() * 8 / static_cast<std::size_t>(bitWidth(tensor.stored)),
                              range.hasInf ? "finite " : "", range.maxAbs)});
  }

  const Graph& graph_;
  const PrecisionPlan& plan_;
  absl::Span<const TargetOp> ops_;
  const ConstantOrigins& constants_;
  const DiagnosticSink& diagnostics_;
  std::vector<ValueId> root_;  // by value: the constant whose elements it holds
  std::vector<char> known_;    // by value: the constant has been looked at
};

}  // namespace

void warnOfCastConstants(const Graph& graph, const PrecisionPlan& plan, absl::Span<const TargetOp> ops,
                         const ConstantOrigins& constants, const DiagnosticSink& diagnostics) {
  if (diagnostics) CastConstants(graph, plan, ops, constants, diagnostics).run();
}

}  // namespace precast::passes
