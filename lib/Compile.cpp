// The whole compiler on one page: verify, decide, rewrite, verify.
#include "precast/Compile.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "ir/UseList.h"
#include "passes/ConstantOrigins.h"
#include "passes/ConstantUse.h"
#include "passes/Decider.h"
#include "passes/Modes.h"
#include "policy/Contradictions.h"
#include "precast/Half.h"
#include "precast/Verify.h"
#include "rewrite/Rewrite.h"

namespace precast {

namespace {

// The target and the pipeline in force: the caller's, else the defaults.
struct Setup {
  std::optional<Target> defaultTarget;
  PassPipeline defaultPipeline;
  const Target* target = nullptr;
  const PassPipeline* pipeline = nullptr;
};

absl::Status prepare(const CompileOptions& options, Setup& setup) {
  if (absl::Status status = checkOptions(options); !status.ok()) return status;
  setup.target = options.target;
  if (setup.target == nullptr) {
    absl::StatusOr<Target> onnx = Target::builtin("onnx");
    if (!onnx.ok()) return onnx.status();
    setup.defaultTarget = *std::move(onnx);
    setup.target = &*setup.defaultTarget;
  }
  setup.pipeline = options.passes;
  if (setup.pipeline == nullptr) {
    setup.defaultPipeline = PassPipeline::standard();
    setup.pipeline = &setup.defaultPipeline;
  }
  return absl::OkStatus();
}

absl::StatusOr<PrecisionPlan> decide(const Graph& graph, const CompileOptions& options, const Setup& setup) {
  absl::StatusOr<std::vector<NodeId>> order = ir::verifiedOrder(graph);
  if (!order.ok()) return order.status();
  const passes::ConstantScan scan{options.threads, options.progress};
  return passes::Decider(graph, *setup.target, options.policy, *setup.pipeline, *std::move(order), scan,
                         options.diagnostics)
      .run();
}

}  // namespace

absl::Status checkOptions(const CompileOptions& options) {
  const PrecisionMode mode = options.policy.mode;
  if (!options.policy.listMoves.empty() && !isMixMode(mode)) {
    return absl::InvalidArgumentError(
        fmt::format("list moves (modify_mixlist) need a mixed precision mode, not {}", toString(mode)));
  }
  if (passes::modeRow(mode).lowered == DType::bfloat16 && options.target != nullptr &&
      !options.target->computesIn(DType::bfloat16)) {
    return absl::InvalidArgumentError(fmt::format("{} needs bfloat16, in which target '{}' does not compute",
                                                  toString(mode), options.target->name()));
  }
  return policy::checkContradictions(options.policy, options.target);
}

absl::StatusOr<PrecisionPlan> plan(const Graph& graph, const CompileOptions& options) {
  Setup setup;
  if (absl::Status status = prepare(options, setup); !status.ok()) return status;
  return decide(graph, options, setup);
}

absl::StatusOr<CompileResult> compile(const Graph& graph, const CompileOptions& options) {
  Setup setup;
  if (absl::Status status = prepare(options, setup); !status.ok()) return status;
  absl::StatusOr<PrecisionPlan> plan = decide(graph, options, setup);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<rewrite::Rewritten> rewritten = rewrite::rewrite(graph, *plan, *setup.target);
  if (!rewritten.ok()) {
    return absl::InternalError(
        fmt::format("rewriting the graph failed: {}", std::string(rewritten.status().message())));
  }
  if (absl::Status status = verify(rewritten->graph); !status.ok()) {
    return absl::InternalError(fmt::format("the compiled graph does not verify: {}", std::string(status.message())));
  }
  CompileResult result{std::move(rewritten->graph), *std::move(plan), std::move(rewritten->summary)};
  result.rewrite.overflow = options.policy.weightClip ? Overflow::saturate : Overflow::infinity;
  result.rewrite.numericGuard = effectiveNumericGuard(options.policy, *setup.target);
  return result;
}

absl::StatusOr<std::size_t> tensorBytes(const Graph& graph, ValueId value) {
  if (index(value) >= graph.valueCount() || graph.tensorOf(value) == TensorId::none) {
    return absl::InvalidArgumentError(fmt::format("value id {} is not a constant", index(value)));
  }
  const TensorData& tensor = graph.tensor(graph.tensorOf(value));
  if (!tensor.hasData()) {
    return absl::FailedPreconditionError(
        fmt::format("the contents of constant '{}' are not known", graph.valueName(value)));
  }
  if (tensor.stored == graph.dtype(value)) return tensor.data.size();
  return tensor.data.size() * 8 / static_cast<std::size_t>(bitWidth(tensor.stored)) *
         static_cast<std::size_t>(bitWidth(graph.dtype(value))) / 8;
}

absl::StatusOr<ConversionStats> convertTensor(const Graph& graph, ValueId value, absl::Span<std::byte> out,
                                              Overflow overflow) {
  const absl::StatusOr<std::size_t> bytes = tensorBytes(graph, value);
  if (!bytes.ok()) return bytes.status();
  if (out.size() != *bytes) {
    return absl::InvalidArgumentError(
        fmt::format("constant '{}' needs {} bytes, the buffer has {}", graph.valueName(value), *bytes, out.size()));
  }
  const TensorData& tensor = graph.tensor(graph.tensorOf(value));
  ConversionStats stats;
  if (tensor.stored == graph.dtype(value)) {
    std::copy(tensor.data.begin(), tensor.data.end(), out.begin());
    return stats;
  }
  const std::size_t count = tensor.data.size() * 8 / static_cast<std::size_t>(bitWidth(tensor.stored));
  convertElements(tensor.stored, tensor.data.data(), graph.dtype(value), out.data(), count, overflow, stats);
  return stats;
}

namespace {

// "node 'a', node 'b', node 'c' and 2 more".
std::string listed(const Graph& graph, const std::vector<NodeId>& nodes) {
  constexpr std::size_t kNamed = 3;
  std::string names;
  for (std::size_t i = 0; i < nodes.size() && i < kNamed; ++i) {
    names += fmt::format("{}{}", i == 0 ? "" : ", ", ir::nodeLabel(graph, nodes[i]));
  }
  if (nodes.size() > kNamed) names += fmt::format(" and {} more", nodes.size() - kNamed);
  return names;
}

// A constant that is zero throughout after its conversion, and was not before: an epsilon which guarded a division. Of
// weights, some vanish as a rule; the report counts them.
bool vanishes(const ConversionStats& stats, DType to) {
  if (stats.underflowed == 0) return false;
  const auto largest = static_cast<float>(stats.maxAbs);
  return to == DType::float16 ? floatToHalf(largest) == 0 : to == DType::bfloat16 && floatToBFloat16(largest) == 0;
}

// "largest magnitude 98000000", infinities apart, which every float dtype has.
std::string largestOf(const Graph& graph, ValueId constant, const ConversionStats& stats) {
  if (!std::isinf(stats.maxAbs)) return fmt::format("largest magnitude {}", stats.maxAbs);
  const TensorData& tensor = graph.tensor(graph.tensorOf(constant));
  ValueRange range;
  passes::scanBeyondHalf(tensor.stored, tensor.data, range);
  return fmt::format("largest finite magnitude {}", range.maxAbs);
}

// What is told of `what` ("node 'a': constant 'w'"), of which values vanished or, otherwise, saturated.
void reportLoss(const std::string& what, const std::string& largest, const ConversionStats& stats, DType to,
                Overflow overflow, Diagnostic&& diagnostic, const DiagnosticSink& diagnostics) {
  if (vanishes(stats, to)) {
    diagnostic.severity = Severity::warning;
    diagnostic.id = "constant-vanishes";
    diagnostic.message =
        fmt::format("{} becomes zero in {}: its largest magnitude is {}", what, toString(to), stats.maxAbs);
  } else {
    diagnostic.id = "weight-out-of-range";
    diagnostic.message = fmt::format("{} has {} of {} values beyond the range of {} ({}); they {}", what,
                                     stats.saturated, stats.elements, toString(to), largest,
                                     overflow == Overflow::saturate ? "saturate" : "become infinite");
  }
  diagnostics(diagnostic);
}

bool isLossy(const ConversionStats& stats, DType to) { return stats.saturated > 0 || vanishes(stats, to); }

void reportFills(const Graph& input, const CompileResult& result, absl::Span<const ConvertedFill> fills,
                 const DiagnosticSink& diagnostics) {
  std::optional<ir::UseList> uses;
  for (const ConvertedFill& fill : fills) {
    if (!isLossy(fill.stats, fill.to)) continue;
    if (!uses.has_value()) uses.emplace(input);
    const bool isKnown = index(fill.node) < input.nodeCount();
    const std::string label = isKnown ? ir::nodeLabel(input, fill.node) : "no node";
    const std::string what = fmt::format("{}: fill of '{}'", label, result.graph.valueName(fill.value));
    const bool isBound =
        isKnown && !input.outputs(fill.node).empty() && passes::isBoundAlone(input, *uses, input.outputs(fill.node)[0]);
    const std::string nodeName(isKnown ? input.nodeName(fill.node) : std::string_view());
    reportLoss(what, fmt::format("largest magnitude {}", fill.stats.maxAbs), fill.stats, fill.to,
               result.rewrite.overflow, {isBound ? Severity::note : Severity::warning, "", fill.node, nodeName, ""},
               diagnostics);
  }
}

}  // namespace

void reportConversions(const Graph& input, const CompileResult& result, absl::Span<const ConversionStats> stats,
                       const DiagnosticSink& diagnostics, absl::Span<const ConvertedFill> fills) {
  if (!diagnostics || result.rewrite.numericGuard == NumericGuard::off) return;
  for (std::size_t i = 0; i < stats.size() && i < result.rewrite.constants.size(); ++i) {
    const ConvertedConstant& constant = result.rewrite.constants[i];
    if (!isLossy(stats[i], constant.to)) continue;
    std::vector<NodeId> bounded;
    std::vector<NodeId> harmed;
    for (const ConstantUser& each : result.rewrite.users(constant)) {
      const bool isBound = passes::constantUse(input.nodeOp(each.node), each.slot) == passes::ConstantUse::bound;
      std::vector<NodeId>& nodes = isBound ? bounded : harmed;
      if (nodes.empty() || nodes.back() != each.node) nodes.push_back(each.node);
    }
    const bool isOnlyBound = harmed.empty() && !bounded.empty();
    const std::vector<NodeId>& nodes = isOnlyBound ? bounded : harmed;
    const NodeId user = nodes.empty() ? NodeId::none : nodes.front();
    const bool isDefault = result.graph.isRegionInput(constant.value);
    const std::string label = !nodes.empty() ? listed(input, nodes) : isDefault ? "graph input" : "no node";
    const std::string what =
        fmt::format("{}: {} '{}'", label, isDefault ? "default" : "constant", result.graph.valueName(constant.value));
    const std::string nodeName(user == NodeId::none ? std::string_view() : input.nodeName(user));
    reportLoss(what, largestOf(result.graph, constant.value, stats[i]), stats[i], constant.to, result.rewrite.overflow,
               {isOnlyBound ? Severity::note : Severity::warning, "", user, nodeName, ""}, diagnostics);
  }
  reportFills(input, result, fills, diagnostics);
}

}  // namespace precast
