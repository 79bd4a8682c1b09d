// The second half of a rewrite: the nodes are laid out again in the plan's order, reading the values that serve them,
// with each Cast directly after the producer of its value (or at the start of the region that needs a value from
// outside).
#include "rewrite/Rewrite.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "ir/ConstantNodes.h"
#include "ir/Topology.h"
#include "ir/UseList.h"
#include "rewrite/Names.h"
#include "rewrite/Needs.h"
#include "support/BulkMemory.h"

namespace precast::rewrite {

namespace {

class Rewriter {
 public:
  Rewriter(const Graph& graph, const PrecisionPlan& plan, const Target& target)
      : graph_(graph), plan_(plan), needs_(graph, plan, target), result_{graph.withoutNodes(needs_.list().size()), {}},
        names_(graph, needs_.removed(), result_.graph, needs_.list().size()), atStart_(graph.regionCount(), kNoNeed) {
    support::fillBulk(producedAs_, graph.valueCount());
    support::fillBulk(after_, graph.nodeCount(), kNoNeed);
    support::fillBulk(nextAfter_, needs_.list().size(), kNoNeed);
  }

  absl::StatusOr<Rewritten> run() {
    for (std::size_t v = 0; v < producedAs_.size(); ++v) producedAs_[v] = static_cast<ValueId>(v);
    findOwnOutputs();
    support::reserveBulk(result_.summary.casts, needs_.list().size());
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

  // A body may also hand out a value from outside it: that is no output of the value's own region.
  void findOwnOutputs() {
    support::fillBulk(isOwnOutput_, graph_.valueCount());
    for (std::size_t r = 0; r < graph_.regionCount(); ++r) {
      const auto region = static_cast<RegionId>(r);
      for (ValueId output : graph_.region(region).outputs) {
        if (graph_.valueRegion(output) == region) isOwnOutput_[index(output)] = 1;
      }
    }
  }

  void retypeValues() {
    for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      const DType produced = needs_.state(value).produced;
      // An output of its region keeps its name for the dtype that it has there; what its producer makes gets a name of
      // its own.
      const bool isOutput = isOwnOutput_[index(value)] != 0 && !needs_.state(value).constant;
      const bool keepsName = !isOutput && needs_.sharesName(value) && !needs_.state(value).constant;
      const DType named = isOutput ? needs_.outputDType(value) : keepsName ? graph_.dtype(value) : produced;
      if (named != graph_.dtype(value)) result_.graph.setValueDType(value, named);
      if (named != produced) producedAs_[v] = addNamed(value, "_", produced, graph_.valueRegion(value));
    }
  }

  // A new value of the result: like `value`, but named `<value><word><dtype>`.
  ValueId addNamed(ValueId value, std::string_view word, DType dtype, RegionId region) {
    return result_.graph.addValue(names_.unique(graph_.valueName(value), word, dtype), dtype, graph_.shape(value),
                                  region, Graph::NameStorage::borrow);
  }

  void placeNeeds() {
    for (Need& need : needs_.list()) {
      if (needs_.state(need.value).constant) {
        addConstantCopy(need);
      } else if (producedAs_[index(need.value)] != need.value && need.dtype == needs_.outputDType(need.value)) {
        need.result = need.value;  // the Cast that makes an output of its region
        need.region = graph_.valueRegion(need.value);
      } else {
        need.result = addNamed(need.value, "_cast_", need.dtype, need.region);
      }
    }
    for (std::uint32_t i = static_cast<std::uint32_t>(needs_.list().size()); i-- > 0;) {  // chained, so backwards
      const Need& need = needs_.list()[i];
      if (needs_.state(need.value).constant) continue;
      const NodeId producer = graph_.producer(need.value);
      std::uint32_t& first = producer != NodeId::none && graph_.nodeRegion(producer) == need.region
                                 ? after_[index(producer)]
                                 : atStart_[index(need.region)];
      nextAfter_[i] = first;
      first = i;
    }
  }

  // A constant that is needed at a second dtype: a second initializer, or its nodes once more (emitted with the first).
  void addConstantCopy(Need& need) {
    need.result = addNamed(need.value, "_", need.dtype, graph_.valueRegion(need.value));
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
    if (needs_.opClass(node) == OpClass::cast && inputs.size() == 2 && plan_.outputs(graph_, node)[0] != dtypes[1]) {
      // CastLike whose result differs from its pattern: a Cast says the dtype itself.
      kind = castKind();
      operands_.pop_back();
    }
    add(node, kind, graph_.nodeName(node));
    if (copiesOf_.empty()) return;
    const auto copies = copiesOf_.find(node);
    if (copies == copiesOf_.end()) return;
    const absl::InlinedVector<DType, 2> copyDTypes = copies->second;
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
          names_.unique(graph_.nodeName(node).empty() ? graph_.valueName(outputs[0]) : graph_.nodeName(node), "_",
                        dtype));
    }
  }

  void add(NodeId node, OpKindId kind, std::string_view name) {
    const RegionId region = graph_.nodeRegion(node);
    const ValueId first = graph_.outputs(node).empty() ? ValueId::none : graph_.outputs(node)[0];
    const bool constantNode = ir::yieldsConstant(graph_, node);
    absl::StatusOr<NodeId> added =
        constantNode ? result_.graph.addConstantNode(kind, name, results_[0], graph_.tensor(graph_.tensorOf(first)),
                                                     region, Graph::NameStorage::borrow)
                     : result_.graph.addNode(kind, name, operands_, results_, region, Graph::NameStorage::borrow);
    keep(added.status());
    if (!added.ok()) return;
    result_.graph.setNodePayload(*added, graph_.nodePayload(node));
    for (const AttributeNumber& number : graph_.attributeNumbers(node))
      result_.graph.addAttributeNumber(*added, number.name, number.value);
    if (const Decision& decision = plan_.decision(node); decision.implModeChosen) {
      result_.summary.implModes.push_back({*added, *decision.implMode});
    }
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
    const std::string_view name = need.result == need.value
                                      ? names_.unique(graph_.valueName(need.value), "_cast_", need.dtype)
                                      : result_.graph.valueName(need.result);
    const ValueId in[] = {source};
    const ValueId out[] = {need.result};
    keep(result_.graph.addNode(castKind(), name, in, out, need.region, Graph::NameStorage::borrow).status());
    InsertedCast cast;
    cast.value = need.value;
    cast.from = from;
    cast.to = need.dtype;
    cast.users = need.users;
    cast.region = need.region;
    const std::int64_t elements = graph_.shape(need.value).elementCount();
    if (elements >= 0) cast.bytes = elements * (bitWidth(from) + bitWidth(need.dtype)) / 8;
    result_.summary.casts.push_back(cast);
  }

  void emitCasts(std::uint32_t first) {
    for (std::uint32_t at = first; at != kNoNeed; at = nextAfter_[at]) emitCast(needs_.list()[at]);
  }

  void startRegion(RegionId region) { emitCasts(atStart_[index(region)]); }

  void pushPending(NodeId node) {
    if (!graph_.hasRegions(node)) {
      emitCasts(after_[index(node)]);
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
    emitCasts(after_[index(item.owner)]);
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

  // The default of a graph input is converted like a constant where the input has another dtype.
  bool isConverted(ValueId value, ValueId origin) const {
    return result_.graph.tensorOf(value) != TensorId::none && result_.graph.dtype(value) != graph_.dtype(origin);
  }

  // Calls `visit` with each converted constant of the result and the constant of the input that it comes from.
  template <typename Visit>
  void forEachConverted(const Visit& visit) const {
    for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (isConverted(value, value)) visit(value, value);
    }
    for (const Need& need : needs_.list()) {
      if (needs_.state(need.value).constant && isConverted(need.result, need.value)) visit(need.result, need.value);
    }
  }

  void reportConstants() {
    std::size_t converted = 0;
    forEachConverted([&](ValueId /*value*/, ValueId /*origin*/) { ++converted; });
    if (converted == 0) return;
    const ir::UseList uses(graph_);
    RewriteSummary& summary = result_.summary;
    support::reserveBulk(summary.constants, converted);
    support::reserveBulk(summary.constantUsers, converted);  // most have one
    forEachConverted([&](ValueId value, ValueId origin) {
      ConvertedConstant constant{value, graph_.dtype(origin), result_.graph.dtype(value)};
      constant.usersBegin = static_cast<std::uint32_t>(summary.constantUsers.size());
      collectUsers(uses, origin, constant.to, summary.constantUsers);
      constant.userCount = static_cast<std::uint32_t>(summary.constantUsers.size()) - constant.usersBegin;
      summary.constants.push_back(constant);
    });
  }

  // Appends the operands that read `constant` at `dtype`, in order, to `users`.
  void collectUsers(const ir::UseList& uses, ValueId constant, DType dtype, std::vector<ConstantUser>& users) {
    const auto begin = static_cast<std::ptrdiff_t>(users.size());
    stack_.assign(1, constant);
    while (!stack_.empty()) {
      const ValueId value = stack_.back();
      stack_.pop_back();
      for (const ir::Use& use : uses.of(value)) {
        if (needs_.isConstantMover(use.node) || needs_.isRemoved(use.node)) {
          for (ValueId output : graph_.outputs(use.node)) {
            if (output != ValueId::none) stack_.push_back(output);
          }
        } else if (plan_.inputs(graph_, use.node)[use.slot] == dtype) {
          users.push_back({use.node, use.slot});
        }
      }
    }
    std::sort(users.begin() + begin, users.end(), [](const ConstantUser& a, const ConstantUser& b) {
      return a.node != b.node ? a.node < b.node : a.slot < b.slot;
    });
  }

  void keep(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }

  const Graph& graph_;
  const PrecisionPlan& plan_;
  Needs needs_;
  Rewritten result_;
  Names names_;
  std::vector<char> isOwnOutput_;         // by value
  std::vector<ValueId> producedAs_;       // by value: what its producer makes, in the result
  std::vector<std::uint32_t> after_;      // by node: the first need whose Cast follows it
  std::vector<std::uint32_t> nextAfter_;  // by need: the next one in the same place
  std::vector<std::uint32_t> atStart_;    // by region: the first need whose Cast it starts with
  absl::flat_hash_map<NodeId, absl::InlinedVector<DType, 2>> copiesOf_;  // lookups only
  std::vector<ValueId> stack_;
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
