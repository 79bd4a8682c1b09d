#include "passes/ConstantOrigins.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "passes/ConstantUse.h"

namespace precast::passes {

namespace {

template <typename T>
void scanAs(absl::Span<const std::byte> data, ValueRange& range) {
  for (std::size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
    T element;
    std::memcpy(&element, data.data() + at, sizeof(T));
    const double magnitude = std::abs(static_cast<double>(element));
    if (std::isnan(magnitude)) continue;
    range.maxAbs = std::max(range.maxAbs, magnitude);
    if (magnitude >= kFloat16Overflow && !std::isinf(magnitude)) ++range.beyond;
  }
}

// Numbers that only a Cast can bring into a float operand; where the host is little-endian, as the contents are.
void scanNumbers(const TensorData& tensor, ValueRange& range) {
  switch (tensor.stored) {
  case DType::int32:
    return scanAs<std::int32_t>(tensor.data, range);
  case DType::int64:
    return scanAs<std::int64_t>(tensor.data, range);
  case DType::uint32:
    return scanAs<std::uint32_t>(tensor.data, range);
  case DType::uint64:
    return scanAs<std::uint64_t>(tensor.data, range);
  case DType::float64:
    return scanAs<double>(tensor.data, range);
  default:
    return;
  }
}

// Scans every constant whose conversion to float16 could overflow.
void scanConstants(const Graph& graph, ConstantOrigins& origins) {
  origins.beyondHalf.assign(graph.valueCount(), ValueId::none);
  origins.summed.assign(graph.valueCount(), 0);
  for (std::size_t i = 0; i < graph.valueCount(); ++i) {
    const auto value = static_cast<ValueId>(i);
    if (!graph.isConstant(value)) continue;
    const TensorData& tensor = graph.tensor(graph.tensorOf(value));
    if (!tensor.hasData() || tensor.stored == DType::float16) continue;
    ValueRange range;
    if (isFloat(tensor.stored)) {
      const std::size_t elementBytes = static_cast<std::size_t>(bitWidth(tensor.stored)) / 8;
      scanElements(tensor.stored, tensor.data.data(), tensor.data.size() / elementBytes, DType::float16, range);
    } else {
      scanNumbers(tensor, range);
    }
    if (range.beyond == 0) continue;
    origins.beyondHalf[i] = value;
    origins.ranges.emplace(value, range);
  }
}

bool isSum(const OpKind& op) { return op.domain.empty() && (op.type == "Add" || op.type == "Sub" || op.type == "Sum"); }

// x * 2^20 is beyond the range for most x. A second factor may bring it back, so that products of products are not
// known.
bool isProduct(const OpKind& op) { return op.domain.empty() && op.type == "Mul"; }

// What these put out is out of range where one of their operands is.
bool passesSumOn(const OpKind& op) {
  return op.domain.empty() && (op.type == "Where" || op.type == "Max" || op.type == "Min");
}

// A node that hands its inputs' elements on hands on the widest of the constants that reach it.
void propagate(const Graph& graph, NodeId node, bool sumsOnly, ConstantOrigins& origins) {
  ValueId widest = ValueId::none;
  const bool product = isProduct(graph.nodeOp(node));
  bool summed = product || isSum(graph.nodeOp(node));
  for (ValueId input : graph.inputs(node)) {
    if (input == ValueId::none) continue;
    const ValueId candidate = origins.beyondHalf[index(input)];
    const bool fromSum = origins.summed[index(input)] != 0;
    if (candidate == ValueId::none || (sumsOnly && !fromSum) || (product && fromSum)) continue;
    summed |= fromSum;
    if (widest == ValueId::none || origins.ranges[candidate].maxAbs > origins.ranges[widest].maxAbs) widest = candidate;
  }
  if (widest == ValueId::none) return;
  for (ValueId output : graph.outputs(node)) {
    if (output == ValueId::none) continue;
    origins.beyondHalf[index(output)] = widest;
    origins.summed[index(output)] = summed;
  }
}

}  // namespace

ConstantOrigins findConstantOrigins(const Graph& graph, absl::Span<const TargetOp> ops, absl::Span<const NodeId> order,
                                    bool ranges) {
  ConstantOrigins origins;
  origins.isConstant.assign(graph.valueCount(), 0);
  for (std::size_t i = 0; i < graph.valueCount(); ++i)
    origins.isConstant[i] = graph.isConstant(static_cast<ValueId>(i));
  if (ranges) scanConstants(graph, origins);
  for (NodeId node : order) {
    const OpClass opClass = ops[index(graph.nodeKind(node))].opClass;
    const OpKind& op = graph.nodeOp(node);
    const bool handsOn = opClass == OpClass::dataMover || opClass == OpClass::cast;
    if (ranges && (handsOn || isSum(op) || isProduct(op) || passesSumOn(op))) {
      propagate(graph, node, /*sumsOnly=*/!handsOn && passesSumOn(op), origins);
    }
    if (!handsOn) continue;
    if (opClass == OpClass::cast || graph.inputs(node).empty()) continue;
    bool all = true;
    for (ValueId input : graph.inputs(node)) all &= input == ValueId::none || origins.isConstant[index(input)] != 0;
    if (!all) continue;
    for (ValueId output : graph.outputs(node)) {
      if (output != ValueId::none) origins.isConstant[index(output)] = 1;
    }
  }
  return origins;
}

}  // namespace precast::passes
