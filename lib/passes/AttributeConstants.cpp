#include "passes/AttributeConstants.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "ir/UseList.h"
#include "passes/ConstantUse.h"
#include "precast/Half.h"

namespace precast::passes {

namespace {

bool isBeyond(double number) { return std::isfinite(number) && std::abs(number) >= kFloat16Overflow; }

// NaN is no zero; infinities stay.
bool vanishes(double number) { return number != 0 && (floatToHalf(static_cast<float>(number)) & 0x7FFFU) == 0; }

// Converted in the model, so that whoever writes it knows what became of it.
bool isFill(const OpKind& op) { return op.domain.empty() && op.type == "ConstantOfShape"; }

// The nodes with numbers among their attributes, each once.
std::vector<NodeId> nodesWithNumbers(const Graph& graph) {
  std::vector<NodeId> nodes;
  for (const AttributeNumber& number : graph.attributeNumbers()) {
    if (nodes.empty() || nodes.back() != number.node) nodes.push_back(number.node);
  }
  return nodes;
}

}  // namespace

const AttributeNumber* lostInHalf(const Graph& graph, NodeId node) {
  const auto outputs = graph.outputs(node);
  if (outputs.empty() || outputs[0] == ValueId::none) return nullptr;
  const DType own = graph.dtype(outputs[0]);
  if (!isFloat(own) || own == DType::float16) return nullptr;
  const absl::Span<const AttributeNumber> numbers = graph.attributeNumbers(node);
  const AttributeNumber* largest = nullptr;
  for (const AttributeNumber& number : numbers) {
    if (isBeyond(number.value) && (largest == nullptr || std::abs(number.value) > std::abs(largest->value)))
      largest = &number;
  }
  if (largest != nullptr || isFill(graph.nodeOp(node))) return largest;
  // A mean may well vanish beside its scale, and one bound of a range beside the other; `high` is 1 if it is not
  // stated.
  const AttributeNumber* bound = nullptr;
  bool isHighStated = false;
  bool isBoundLeft = false;
  for (const AttributeNumber& number : numbers) {
    if (number.name == "scale" && vanishes(number.value)) return &number;
    if (number.name != "low" && number.name != "high") continue;
    isHighStated |= number.name == "high";
    if (vanishes(number.value)) bound = &number;
    isBoundLeft |= number.value != 0 && !vanishes(number.value);
  }
  return isBoundLeft || !isHighStated ? nullptr : bound;
}

void findLostAttributes(const Graph& graph, ConstantOrigins& origins) {
  std::optional<ir::UseList> uses;
  for (NodeId node : nodesWithNumbers(graph)) {
    const AttributeNumber* lost = lostInHalf(graph, node);
    if (lost == nullptr || !isBeyond(lost->value)) continue;
    if (!uses.has_value()) uses.emplace(graph);
    const ValueId made = graph.outputs(node)[0];
    if (isBoundAlone(graph, *uses, made)) continue;
    origins.lostAttributes.emplace(node, lost->name);
    origins.beyondHalf[index(made)] = made;
    origins.summed[index(made)] = 1;
    ValueRange range;
    range.maxAbs = std::abs(lost->value);
    range.beyond = 1;
    origins.ranges.emplace(made, range);
  }
}

void warnOfAttributes(const Graph& graph, const PrecisionPlan& plan, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  std::optional<ir::UseList> uses;
  for (NodeId node : nodesWithNumbers(graph)) {
    const AttributeNumber* lost = isFill(graph.nodeOp(node)) ? nullptr : lostInHalf(graph, node);
    if (lost == nullptr || plan.outputs(graph, node)[0] != DType::float16) continue;
    Diagnostic diagnostic{Severity::warning, "constant-vanishes", node, std::string(graph.nodeName(node)), ""};
    const std::string what =
        fmt::format("{}: attribute '{}' is {}", ir::typedNodeLabel(graph, node), lost->name, lost->value);
    if (isBeyond(lost->value)) {
      if (!uses.has_value()) uses.emplace(graph);
      diagnostic.id = "weight-out-of-range";
      if (isBoundAlone(graph, *uses, graph.outputs(node)[0])) diagnostic.severity = Severity::note;
      diagnostic.message = what + ", beyond the range of float16, in which its result becomes infinite";
    } else {
      diagnostic.message = what + ", which is zero in float16";
    }
    diagnostics(diagnostic);
  }
}

}  // namespace precast::passes
