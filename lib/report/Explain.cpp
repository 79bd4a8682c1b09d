// One clause per link of a chain of causes: "NODE is DTYPE: WHY".

#include <iterator>

#include "fmt/format.h"
#include "ir/ConstantNodes.h"
#include "precast/PrecisionPlan.h"
#include "report/CauseChains.h"

namespace precast {
namespace report {
namespace {

std::string_view detailOf(const PrecisionPlan& plan, const Decision& decision) {
  return decision.detail < plan.details.size() ? std::string_view(plan.details[decision.detail]) : std::string_view();
}

std::string_view libraryOf(const PrecisionPlan& plan, const Decision& decision) {
  return decision.library < plan.libraries.size() ? std::string_view(plan.libraries[decision.library]) : "graph";
}

/// Appends why the decision for `dtype` fell, without its cause and without the place where a policy said so.
void appendReason(const PrecisionPlan& plan, const Decision& decision, DType dtype, std::string& out) {
  const auto into = std::back_inserter(out);
  switch (decision.reason) {
  case Reason::forcedFp16:
    out += "forced to float16";
    return;
  case Reason::forcedFp32:
    out += "forced to float32";
    return;
  case Reason::keptOrigin:
    out += "its own dtype";
    return;
  case Reason::whiteList:
    out += "white list";
    return;
  case Reason::blackList:
    out += "black list";
    return;
  case Reason::grayFollows:
    out += decision.because == NodeId::none ? "gray, its own dtype" : "gray";
    return;
  case Reason::movesData:
    out += "moves data";
    return;
  case Reason::keepDtype:
    out += "told to keep its dtype";
    return;
  case Reason::customized:
    out += "told its dtypes";
    return;
  case Reason::onlyFp16Kernel:
    fmt::format_to(into, "{} has only a {} kernel that serves it", libraryOf(plan, decision),
                   toString(isHalf(dtype) ? dtype : DType::float16));
    return;
  case Reason::onlyFp32Kernel:
    fmt::format_to(into, "{} has only a float32 kernel that serves it", libraryOf(plan, decision));
    return;
  case Reason::aicpuFallback:
    fmt::format_to(into, "falls back to {}", libraryOf(plan, decision));
    return;
  case Reason::weightOutOfRange:
    out += "a constant is beyond the range of float16";
    return;
  case Reason::schemaLimits:
    fmt::format_to(into, "its schema allows no other row of {}", libraryOf(plan, decision));
    return;
  case Reason::controlFlow:
    out += "control flow keeps its own dtypes";
    return;
  case Reason::unknownOp:
    // A detail says what else it is that keeps it.
    if (detailOf(plan, decision).empty()) {
      fmt::format_to(into, "operator unknown to target '{}'", plan.target);
    } else {
      out += "keeps its own dtype";
    }
    return;
  case Reason::notFloat:
    out += "no float operand";
    return;
  case Reason::userPass:
    fmt::format_to(into, "pass '{}'", detailOf(plan, decision));
    return;
  }
}

void appendShownName(const Graph& graph, NodeId node, std::string& out) {
  if (const std::string_view name = graph.nodeName(node); !name.empty()) {
    out += name;
  } else {
    fmt::format_to(std::back_inserter(out), "#{} ({})", index(node), graph.nodeOp(node).type);
  }
}

// Casts by name: an explanation knows no target, and the Casts that decisions look through are ONNX's own.
bool isCast(const Graph& graph, NodeId node) {
  const OpKind& op = graph.nodeOp(node);
  return op.domain.empty() && (op.type == "Cast" || op.type == "CastLike");
}

struct CastDTypes {
  DType from = DType::undefined;
  DType to = DType::undefined;
};

/// What a Cast makes of what; undefined for other nodes.
CastDTypes castDTypes(const Graph& graph, const PrecisionPlan& plan, NodeId node) {
  if (!isCast(graph, node) || graph.inputs(node).empty() || graph.outputs(node).empty()) return {};
  return {plan.inputs(graph, node)[0], plan.outputs(graph, node)[0]};
}

/// The dtype of the value for which `follower` follows `node`: that of the output which reaches the first of its float
/// inputs, directly or through Casts; undefined if none does.
DType followedDType(const Graph& graph, const PrecisionPlan& plan, NodeId follower, NodeId node) {
  for (ValueId value : graph.inputs(follower)) {
    if (value == ValueId::none || !isFloat(graph.dtype(value))) continue;
    for (NodeId producer = graph.producer(value); producer != NodeId::none; producer = graph.producer(value)) {
      if (producer == node) return plan.outputs(graph, producer)[graph.producerSlot(value)];
      if (!isCast(graph, producer) || graph.inputs(producer).empty()) break;
      value = graph.inputs(producer)[0];
      if (value == ValueId::none) break;
    }
  }
  return DType::undefined;
}

/// `follower` is the link before this one; none at the start of a chain.
void appendLink(const Graph& graph, const PrecisionPlan& plan, NodeId node, NodeId follower, std::string& out) {
  const Decision& decision = plan.decision(node);
  appendShownName(graph, node, out);
  DType dtype = follower == NodeId::none ? DType::undefined : followedDType(graph, plan, follower, node);
  if (!isFloat(dtype)) dtype = plan.leadingDType(graph, node);
  if (dtype == DType::undefined) {
    out += " has no float operand";
    if (decision.reason == Reason::notFloat) return;
    out += ": ";
  } else if (const CastDTypes cast = castDTypes(graph, plan, node);
             cast.from != cast.to && cast.from != DType::undefined) {
    fmt::format_to(std::back_inserter(out), " casts {} to {}: ", toString(cast.from), toString(cast.to));
  } else {
    out += " is ";
    out += toString(dtype);
    out += ": ";
  }
  // A Constant node reads nothing that it could follow: whoever reads it decides.
  const bool isRead = decision.reason == Reason::movesData && ir::isConstantNode(graph, node);
  if (isRead) {
    out += "a constant";
  } else if (decision.reason == Reason::keptOrigin && castDTypes(graph, plan, node).to != DType::undefined) {
    out += "its result keeps its own dtype";
  } else {
    appendReason(plan, decision, dtype, out);
  }
  if (const std::string_view detail = detailOf(plan, decision);
      !detail.empty() && decision.reason != Reason::userPass) {
    out += " (";
    out += detail;
    out += ')';
  }
  if (index(decision.because) < plan.decisions.size()) {
    const bool follows = decision.reason == Reason::grayFollows || decision.reason == Reason::movesData;
    out += isRead ? ", converted for its reader " : follows ? ", follows " : ", because of ";
    appendShownName(graph, decision.because, out);
  }
  if (decision.orderDependent) out += ", another order of its operands would decide otherwise";
}

}  // namespace

std::string shownName(const Graph& graph, NodeId node) {
  std::string label;
  appendShownName(graph, node, label);
  return label;
}

void appendExplanation(const Graph& graph, const PrecisionPlan& plan, NodeId node, const ChainEnd& end,
                       std::string& out) {
  // Of a chain that is too long, the middle is only counted; one place goes to the count and one to the root.
  const std::size_t shown = end.links <= kShownLinks ? end.links : kShownLinks - 2;
  NodeId follower = NodeId::none;
  for (std::size_t link = 0; link < shown; ++link) {
    if (link > 0) out += "; ";
    appendLink(graph, plan, node, follower, out);
    follower = node;
    node = plan.decision(node).because;
  }
  if (end.root == NodeId::none) {
    out += "; and so on in a circle";
    return;
  }
  if (shown == end.links) return;
  fmt::format_to(std::back_inserter(out), "; {} more; ", end.links - shown - 1);
  appendLink(graph, plan, end.root, end.beforeRoot, out);
}

}  // namespace report

std::string explain(const Graph& graph, const PrecisionPlan& plan, NodeId node) {
  std::string text;
  if (index(node) >= plan.decisions.size()) return text;
  report::appendExplanation(graph, plan, node, report::chainEnd(plan, node), text);
  return text;
}

}  // namespace precast
