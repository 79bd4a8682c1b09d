#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

// A plan of another graph would be read out of bounds; sizes are what a plan knows of its graph.
absl::Status requirePlan(const precast_graph* graph, const precast_plan* plan) {
  if (absl::Status status = require({{graph, "graph"}, {plan, "plan"}}); !status.ok()) return status;
  const Graph& g = *behind(graph);
  const PrecisionPlan& p = *behind(plan);
  if (p.decisions.size() == g.nodeCount() && p.inputDTypes.size() == g.inputOperandCount() &&
      p.outputDTypes.size() == g.outputOperandCount() && p.targetTypes.size() == g.opKindCount()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("the plan has " + std::to_string(p.decisions.size()) +
                                    " nodes: it was made for another graph than this, which has " +
                                    std::to_string(g.nodeCount()));
}

absl::Status requirePlannedNode(const precast_graph* graph, const precast_plan* plan, uint32_t node) {
  if (absl::Status status = requirePlan(graph, plan); !status.ok()) return status;
  return requireNode(graph, node);
}

absl::Status requirePlannedValue(const precast_graph* graph, const precast_plan* plan, uint32_t value,
                                 const precast_dtype* dtype) {
  if (absl::Status status = requirePlan(graph, plan); !status.ok()) return status;
  if (absl::Status status = require({{dtype, "dtype"}}); !status.ok()) return status;
  return requireValue(graph, value);
}

}  // namespace

void precast_plan_free(precast_plan* plan) { freeHandle(plan); }

precast_string precast_reason_name(precast_reason reason) {
  if (reason < 0 || reason > PRECAST_REASON_USER_PASS) return {nullptr, 0};
  return stringOf(toString(static_cast<Reason>(reason)));
}

precast_status precast_plan_decision(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                     precast_decision* decision, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requirePlannedNode(graph, plan, node); !status.ok()) return status;
    const PrecisionPlan& from = *behind(plan);
    const auto id = static_cast<NodeId>(node);
    const Decision& made = from.decision(id);
    precast_decision filled = PRECAST_DECISION_INIT;
    filled.reason = static_cast<precast_reason>(made.reason);
    filled.leading_dtype = numberOf(from.leadingDType(*behind(graph), id));
    filled.because = index(made.because);
    filled.impl_mode = made.implMode.has_value() ? static_cast<precast_impl_mode>(*made.implMode) : PRECAST_IMPL_NONE;
    filled.impl_mode_chosen = made.implModeChosen ? 1 : 0;
    filled.order_dependent = made.orderDependent ? 1 : 0;
    filled.library = stringOf(from.library(id));
    filled.detail = stringOf(from.details[made.detail]);
    filled.target_type = stringOf(from.targetTypes[index(behind(graph)->nodeKind(id))]);
    return fillStruct("decision", filled, decision);
  });
}

precast_status precast_plan_inputs(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                   precast_dtype* dtypes, size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requirePlannedNode(graph, plan, node); !status.ok()) return status;
    return fillDTypes(behind(plan)->inputs(*behind(graph), static_cast<NodeId>(node)), dtypes, capacity, count);
  });
}

precast_status precast_plan_outputs(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                    precast_dtype* dtypes, size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requirePlannedNode(graph, plan, node); !status.ok()) return status;
    return fillDTypes(behind(plan)->outputs(*behind(graph), static_cast<NodeId>(node)), dtypes, capacity, count);
  });
}

precast_status precast_plan_input_border(const precast_graph* graph, const precast_plan* plan, uint32_t value,
                                         precast_dtype* dtype, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requirePlannedValue(graph, plan, value, dtype);
    if (status.ok()) *dtype = numberOf(behind(plan)->inputBorder(*behind(graph), static_cast<ValueId>(value)));
    return status;
  });
}

precast_status precast_plan_output_border(const precast_graph* graph, const precast_plan* plan, uint32_t value,
                                          precast_dtype* dtype, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requirePlannedValue(graph, plan, value, dtype);
    if (status.ok()) *dtype = numberOf(behind(plan)->outputBorder(*behind(graph), static_cast<ValueId>(value)));
    return status;
  });
}

precast_string precast_plan_target(const precast_plan* plan) {
  return plan == nullptr ? precast_string{nullptr, 0} : stringOf(behind(plan)->target);
}

precast_status precast_plan_order(const precast_plan* plan, uint32_t* nodes, size_t capacity, size_t* count,
                                  precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = require({{plan, "plan"}}); !status.ok()) return status;
    return fillIds(absl::MakeConstSpan(behind(plan)->order), nodes, capacity, count);
  });
}

precast_status precast_plan_explain(const precast_graph* graph, const precast_plan* plan, uint32_t node, char* buffer,
                                    size_t capacity, size_t* size, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requirePlannedNode(graph, plan, node); !status.ok()) return status;
    return fillText(explain(*behind(graph), *behind(plan), static_cast<NodeId>(node)), buffer, capacity, size);
  });
}
