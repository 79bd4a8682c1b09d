// The second half of a rewrite: the nodes are laid out again in the plan's order, reading the values that serve them,
// with each Cast directly after the producer of its value (or at the start of the region that needs a value from
// outside).
#include "rewrite/Rewrite.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "ir/UseList.h"
#include "rewrite/Names.h"
#include "rewrite/Needs.h"

namespace precast::rewrite {

namespace {

class Rewriter {
 public:
  Rewriter(const Graph& graph, const PrecisionPlan& plan, const Target& target)
      : graph_(graph), plan_(plan), needs_(graph, plan, target),
        names_(graph, needs_.removed()), result_{graph.withoutNodes(), {}}, producedAs_(graph.valueCount()),
        afterNode_(graph.nodeCount()), atStart_(graph.regionCount()) {}

  absl::StatusOr<Rewritten> run() {
    for (std::size_t v = 0; v < producedAs_.size(); ++v) producedAs_[v] = static_cast<ValueId>(v);
    retypeValues();
    placeNeeds();
    startRegion(RegionId::main);
    for (NodeId node : plan_.order) {
      openPending(node);
      if (!needs_.isRemoved(node)) emitNode(node);
      pushPending(node);
    }
    while (!pending_.empty()) popPending();
    emitOutputs();
    reportConstants();
    result_.summary.castsRemoved = needs_.removedCount();
    if (!status_.ok()) return status_;
    return std::move(result_);
  }

 private:
  // What waits for the end of a node's bodies (its Casts) or for its own turn (a body).
  struct Pending {
    NodeId owner;
    RegionId body;  // none: the owner's Casts
  };

  std::string suffix(const char* word, DType dtype) const { return fmt::format("{}{}", word, shortName(dtype)); }

  void retypeValues() {
    for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      const DType produced = needs_.state(value).produced;
      // An output of its region keeps its name for its own dtype; what its producer makes gets a name of its own.
      const bool renamed =
          graph_.isRegionOutput(value) && produced != graph_.dtype(value) && !needs_.state(value).constant;
      if (!renamed) {
        if (produced != graph_.dtype(value)) result_.graph.setValueDType(value, produced);
        continue;
      }
      const std::string name = names_.unique(graph_.valueName(value), suffix("_", produced));
      producedAs_[v] = result_.graph.addValue(name, produced, graph_.shape(value), graph_.valueRegion(value));
    }
  }

  void placeNeeds() {
    for (std::uint32_t i = 0; i < needs_.list().size(); ++i) {
      Need& need = needs_.list()[i];
      if (needs_.state(need.value).constant) {
        addConstantCopy(need);
        continue;
      }
      const bool isOutput = producedAs_[index(need.value)] != need.value && need.dtype == graph_.dtype(need.value);
      if (isOutput) {
        need.result = need.value;
        need.region = graph_.valueRegion(need.value);
      } else {
        const std::string name = names_.unique(graph_.valueName(need.value), suffix("_cast_", need.dtype));
        need.result = result_.graph.addValue(name, need.dtype, graph_.shape(need.value), need.region);
      }
      const NodeId producer = graph_.producer(need.value);
      if (producer != NodeId::none && graph_.nodeRegion(producer) == need.region) {
        afterNode_[index(producer)].push_back(i);
      } else {
        atStart_[index(need.region)].push_back(i);
      }
    }
  }

  // A constant that is needed at a second dtype: a second initializer, or its nodes once more (emitted with the first).
  void addConstantCopy(Need& need) {
    const std::string name = names_.unique(graph_.valueName(need.value), suffix("_", need.dtype));
    need.result = result_.graph.addValue(name, need.dtype, graph_.shape(need.value), graph_.valueRegion(need.value));
    result_.graph.setValuePayload(need.result, 0);
    const NodeId producer = graph_.producer(need.value);
    if (producer == NodeId::none) {
      keep(result_.graph.setConstant(need.result, graph_.tensor(graph_.tensorOf(need.value))));
    } else {
      copiesOf_[producer].push_back(need.dtype);
    }
  }

  ValueId read(ValueId value, DType dtype, RegionId region) const {
    if (value == ValueId::none || !isFloat(dtype)) return value;
    const ValueId source = needs_.resolve(value, dtype);
    if (needs_.state(source).produced == dtype) return producedAs_[index(source)];
    const Need* need = needs_.find(source, dtype, region);
    return need == nullptr ? source : need->result;
  }

  void emitNode(NodeId node) {
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    const auto dtypes = plan_.inputs(graph_, node);
    const RegionId region = graph_.nodeRegion(node);
    operands_.clear();
    for (std::size_t slot = 0; slot < inputs.size(); ++slot)
      operands_.push_back(read(inputs[slot], dtypes[slot], region));
    results_.clear();
    for (ValueId output : outputs) results_.push_back(output == ValueId::none ? output : producedAs_[index(output)]);
    OpKindId kind = graph_.nodeKind(node);
    if (needs_.opClass(node) == OpClass::cast && inputs.size() == 2 &&
        plan_.outputs(graph_, node)[0] != graph_.dtype(outputs[0])) {
      // CastLike whose result differs from its pattern now: a Cast says the dtype itself.
      kind = castKind();
      operands_.pop_back();
    }
    add(node, kind, graph_.nodeName(node), Graph::NameStorage::borrow);
    const auto copies = copiesOf_.find(node);
    if (copies == copiesOf_.end()) return;
    const std::vector<DType> copyDTypes = copies->second;
    for (DType dtype : copyDTypes) {
      operands_.clear();
      for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
        operands_.push_back(read(inputs[slot], isFloat(dtypes[slot]) ? dtype : dtypes[slot], region));
      }
      results_.clear();
      for (ValueId output : outputs) {
        const Need* need = output == ValueId::none ? nullptr : needs_.find(output, dtype, region);
        results_.push_back(need == nullptr ? ValueId::none : need->result);
      }
      add(node, kind,
          names_.unique(graph_.nodeName(node).empty() ? graph_.valueName(outputs[0]) : graph_.nodeName(node),
                        suffix("_", dtype)),
          Graph::NameStorage::copy);
    }
  }

  void add(NodeId node, OpKindId kind, std::string_view name, Graph::NameStorage storage) {
    const RegionId region = graph_.nodeRegion(node);
    const ValueId first = graph_.outputs(node).empty() ? ValueId::none : graph_.outputs(node)[0];
    const bool constantNode = first != ValueId::none && graph_.isConstant(first);
    absl::StatusOr<NodeId> added =
        constantNode ? result_.graph.addConstantNode(kind, name, results_[0], graph_.tensor(graph_.tensorOf(first)),
                                                     region, storage)
                     : result_.graph.addNode(kind, name, operands_, results_, region, storage);
    keep(added.status());
    if (!added.ok()) return;
    result_.graph.setNodePayload(*added, graph_.nodePayload(node));
    for (RegionId body = graph_.firstRegion(node); body != RegionId::none; body = graph_.region(body).next) {
      keep(result_.graph.attachRegion(*added, body));
    }
  }

  OpKindId castKind() {
    if (castKind_ == OpKindId::none) {
      for (std::size_t k = 0; k < graph_.opKindCount(); ++k) {
        const OpKind& kind = graph_.opKind(static_cast<OpKindId>(k));
        if (kind.type == "Cast" && kind.domain.empty()) castKind_ = static_cast<OpKindId>(k);
      }
    }
    if (castKind_ == OpKindId::none) {
      OpKind kind;
      kind.type = "Cast";
      castKind_ = result_.graph.addOpKind(std::move(kind));
    }
    return castKind_;
  }

  void emitCast(const Need& need) {
    const ValueId source = producedAs_[index(need.value)];
    const DType from = needs_.state(need.value).produced;
    // The node is called like its result; where the result is a graph output, after what it makes of it.
    const std::string name = need.result == need.value
                                 ? names_.unique(graph_.valueName(need.value), suffix("_cast_", need.dtype))
                                 : std::string(result_.graph.valueName(need.result));
    const ValueId in[] = {source};
    const ValueId out[] = {need.result};
    keep(result_.graph.addNode(castKind(), name, in, out, need.region).status());
    InsertedCast cast;
    cast.value = std::string(graph_.valueName(need.value));
    cast.from = from;
    cast.to = need.dtype;
    cast.users = need.users;
    const std::int64_t elements = graph_.shape(need.value).elementCount();
    if (elements >= 0) cast.bytes = elements * (bitWidth(from) + bitWidth(need.dtype)) / 8;
    result_.summary.casts.push_back(std::move(cast));
  }

  void startRegion(RegionId region) {
    for (std::uint32_t need : atStart_[index(region)]) emitCast(needs_.list()[need]);
  }

  void pushPending(NodeId node) {
    if (!graph_.hasRegions(node)) {
      for (std::uint32_t need : afterNode_[index(node)]) emitCast(needs_.list()[need]);
      return;
    }
    pending_.push_back({node, RegionId::none});
    const std::size_t at = pending_.size();
    for (RegionId body = graph_.firstRegion(node); body != RegionId::none; body = graph_.region(body).next) {
      pending_.insert(pending_.begin() + static_cast<std::ptrdiff_t>(at), {node, body});
    }
  }

  void popPending() {
    const Pending item = pending_.back();
    pending_.pop_back();
    if (item.body != RegionId::none) return startRegion(item.body);
    for (std::uint32_t need : afterNode_[index(item.owner)]) emitCast(needs_.list()[need]);
  }

  // Before a node of the main order comes, everything that stands between it and the last one.
  void openPending(NodeId node) {
    while (!pending_.empty()) {
      const Pending item = pending_.back();
      const RegionId inside = bodyHolding(node, item.owner);
      if (inside == RegionId::none) {  // past all bodies of this owner
        popPending();
        continue;
      }
      // Bodies up to the node's own are opened; those that come later, and the owner's Casts, wait.
      const bool waiting = std::any_of(pending_.begin(), pending_.end(),
                                       [&](const Pending& p) { return p.owner == item.owner && p.body == inside; });
      if (!waiting) return;
      popPending();
      if (item.body == inside) return;
    }
  }

  RegionId bodyHolding(NodeId node, NodeId owner) const {
    for (RegionId r = graph_.nodeRegion(node); r != RegionId::main; r = graph_.region(r).parent) {
      if (graph_.region(r).owner == owner) return r;
    }
    return RegionId::none;
  }

  void emitOutputs() {
    for (std::size_t r = 0; r < graph_.regionCount(); ++r) {
      const auto region = static_cast<RegionId>(r);
      for (ValueId output : graph_.region(region).outputs) {
        const bool own = graph_.valueRegion(output) == region;
        // The main graph's outputs keep their names; a body may hand out a value from outside under the Cast's name.
        keep(result_.graph.addOutput(own ? output : read(output, graph_.dtype(output), region), region));
      }
    }
  }

  void reportConstants() {
    bool any = false;
    for (std::size_t v = 0; v < result_.graph.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      any |= result_.graph.isConstant(value) && result_.graph.dtype(value) != originOf(value).second;
    }
    if (!any) return;
    const ir::UseList uses(graph_);
    for (std::size_t v = 0; v < result_.graph.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (!result_.graph.isConstant(value) || result_.graph.dtype(value) == originOf(value).second) continue;
      ConvertedConstant constant;
      constant.value = value;
      constant.name = std::string(result_.graph.valueName(value));
      constant.from = originOf(value).second;
      constant.to = result_.graph.dtype(value);
      collectUsers(uses, originOf(value).first, constant.to, constant.users);
      result_.summary.constants.push_back(std::move(constant));
    }
  }

  // The constant of the input graph that `value` of the result is, or is a copy of; and its dtype there.
  std::pair<ValueId, DType> originOf(ValueId value) const {
    ValueId origin = value;
    if (index(value) >= graph_.valueCount()) {
      if (copyOrigins_.empty()) {
        for (const Need& need : const_cast<Needs&>(needs_).list()) copyOrigins_[need.result] = need.value;
      }
      const auto found = copyOrigins_.find(value);
      if (found == copyOrigins_.end()) return {value, result_.graph.dtype(value)};
      origin = found->second;
    }
    return {origin, graph_.dtype(origin)};
  }

  void collectUsers(const ir::UseList& uses, ValueId constant, DType dtype, std::vector<NodeId>& users) const {
    std::vector<ValueId> stack = {constant};
    while (!stack.empty()) {
      const ValueId value = stack.back();
      stack.pop_back();
      for (const ir::Use& use : uses.of(value)) {
        if (needs_.isConstantMover(use.node) || needs_.isRemoved(use.node)) {
          for (ValueId output : graph_.outputs(use.node)) {
            if (output != ValueId::none) stack.push_back(output);
          }
        } else if (plan_.inputs(graph_, use.node)[use.slot] == dtype) {
          users.push_back(use.node);
        }
      }
    }
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
  }

  void keep(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }

  const Graph& graph_;
  const PrecisionPlan& plan_;
  Needs needs_;
  Names names_;
  Rewritten result_;
  std::vector<ValueId> producedAs_;                               // by value: what its producer makes, in the result
  std::vector<absl::InlinedVector<std::uint32_t, 2>> afterNode_;  // by node: needs whose Casts follow it
  std::vector<std::vector<std::uint32_t>> atStart_;               // by region
  absl::flat_hash_map<NodeId, std::vector<DType>> copiesOf_;      // lookups only
  mutable absl::flat_hash_map<ValueId, ValueId> copyOrigins_;     // lookups only
  std::vector<Pending> pending_;
  std::vector<ValueId> operands_;
  std::vector<ValueId> results_;
  OpKindId castKind_ = OpKindId::none;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Rewritten> rewrite(const Graph& graph, const PrecisionPlan& plan, const Target& target) {
  return Rewriter(graph, plan, target).run();
}

}  // namespace precast::rewrite
