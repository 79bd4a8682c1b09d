#include "precast/PrecisionPlan.h"

#include <cstddef>

namespace precast {
namespace {

struct ReasonRow {
  Reason reason;
  std::string_view name;
};

constexpr ReasonRow kReasons[] = {
    {Reason::forcedFp16, "forced-fp16"},
    {Reason::forcedFp32, "forced-fp32"},
    {Reason::keptOrigin, "kept-origin"},
    {Reason::whiteList, "white-list"},
    {Reason::blackList, "black-list"},
    {Reason::grayFollows, "gray-follows"},
    {Reason::movesData, "moves-data"},
    {Reason::keepDtype, "keep-dtype"},
    {Reason::customized, "customized"},
    {Reason::onlyFp16Kernel, "only-fp16-kernel"},
    {Reason::onlyFp32Kernel, "only-fp32-kernel"},
    {Reason::aicpuFallback, "aicpu-fallback"},
    {Reason::weightOutOfRange, "weight-out-of-range"},
    {Reason::schemaLimits, "schema-limits"},
    {Reason::controlFlow, "control-flow"},
    {Reason::unknownOp, "unknown-op"},
    {Reason::notFloat, "not-float"},
    {Reason::userPass, "user-pass"},
};

constexpr bool followsTheEnumeration() {
  std::size_t i = 0;
  for (const ReasonRow& row : kReasons) {
    if (static_cast<std::size_t>(row.reason) != i++) return false;
  }
  return true;
}
static_assert(followsTheEnumeration(), "kReasons lists the reasons in the order of the enumeration");

}  // namespace

std::string_view toString(Reason reason) {
  const auto row = static_cast<std::size_t>(reason);
  return row < std::size(kReasons) ? kReasons[row].name : std::string_view("unknown");
}

DType PrecisionPlan::outputBorder(const Graph& graph, ValueId value) const {
  for (const BorderDType& border : borders) {
    if (!border.isInput && border.value == value) return border.dtype;
  }
  return graph.dtype(value);
}

DType PrecisionPlan::inputBorder(const Graph& graph, ValueId value) const {
  for (const BorderDType& border : borders) {
    if (border.isInput && border.value == value) return border.dtype;
  }
  return graph.dtype(value);
}

DType PrecisionPlan::leadingDType(const Graph& graph, NodeId node) const {
  for (DType dtype : inputs(graph, node)) {
    if (isFloat(dtype)) return dtype;
  }
  for (DType dtype : outputs(graph, node)) {
    if (isFloat(dtype)) return dtype;
  }
  return DType::undefined;
}

}  // namespace precast
