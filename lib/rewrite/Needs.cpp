#include "rewrite/Needs.h"

#include <algorithm>

#include "ir/Topology.h"

namespace precast::rewrite {

Needs::Needs(const Graph& graph, const PrecisionPlan& plan, const Target& target)
    : graph_(graph), plan_(plan), states_(graph.valueCount()), removed_(graph.nodeCount(), 0),
      constantMover_(graph.nodeCount(), 0) {
  classify(target);
  for (NodeId node : plan.order) {
    if (isRemoved(node) || isConstantMover(node)) continue;
    const auto inputs = graph.inputs(node);
    const auto dtypes = plan.inputs(graph, node);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      if (inputs[slot] != ValueId::none && isFloat(dtypes[slot]))
        addUse(inputs[slot], dtypes[slot], graph.nodeRegion(node));
    }
  }
  for (std::size_t r = 0; r < graph.regionCount(); ++r) {
    const auto region = static_cast<RegionId>(r);
    for (ValueId value : graph.region(region).outputs) {
      if (isFloat(graph.dtype(value))) addUse(value, graph.dtype(value), region);
    }
  }
  addConstantMoverNeeds();
  mergeNested();
}

void Needs::classify(const Target& target) {
  for (std::size_t k = 0; k < graph_.opKindCount(); ++k) {
    classes_.push_back(target.resolve(graph_.opKind(static_cast<OpKindId>(k))).opClass);
  }
  for (std::size_t v = 0; v < states_.size(); ++v) {
    const auto value = static_cast<ValueId>(v);
    states_[v] = {graph_.dtype(value), graph_.isConstant(value)};
  }
  for (NodeId node : plan_.order) {
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    const auto dtypes = plan_.outputs(graph_, node);
    const bool allConstant = !inputs.empty() && std::all_of(inputs.begin(), inputs.end(), [&](ValueId input) {
      return input == ValueId::none || states_[index(input)].constant;
    });
    constantMover_[index(node)] = opClass(node) == OpClass::dataMover && allConstant;
    for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
      if (outputs[slot] == ValueId::none) continue;
      ValueState& state = states_[index(outputs[slot])];
      state.produced = dtypes[slot];
      state.constant |= constantMover_[index(node)] != 0;
    }
    // A Cast between equal dtypes does nothing, unless a graph output needs the name that it gives.
    if (opClass(node) == OpClass::cast && !inputs.empty() && inputs[0] != ValueId::none && !outputs.empty() &&
        outputs[0] != ValueId::none && isFloat(dtypes[0]) && plan_.inputs(graph_, node)[0] == dtypes[0] &&
        !graph_.isRegionOutput(outputs[0])) {
      removed_[index(node)] = 1;
      ++removedCount_;
    }
  }
  // Initializers take the dtype that their first user decided, their own if anybody reads it so.
  for (std::size_t v = 0; v < states_.size(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (states_[v].constant && graph_.producer(value) == NodeId::none) states_[v].produced = DType::undefined;
  }
}

ValueId Needs::resolve(ValueId value, DType dtype) const {
  for (;;) {
    const NodeId producer = graph_.producer(value);
    if (producer == NodeId::none || opClass(producer) != OpClass::cast) return value;
    const ValueId input = graph_.inputs(producer)[0];
    if (input == ValueId::none) return value;
    const DType before = plan_.inputs(graph_, producer)[0];
    const DType after = states_[index(value)].produced;
    const bool readsBefore = isHalf(before) && after == DType::float32 && dtype == before;
    if (!isRemoved(producer) && !readsBefore) return value;
    value = input;
  }
}

void Needs::addUse(ValueId value, DType dtype, RegionId region) {
  const ValueId source = resolve(value, dtype);
  const ValueState& state = states_[index(source)];
  if (state.produced == dtype) return;
  std::vector<std::uint32_t>& known = byKey_[key(source, dtype)];
  for (std::uint32_t i : known) {
    if (needs_[i].region == region) {
      ++needs_[i].users;
      return;
    }
  }
  known.push_back(static_cast<std::uint32_t>(needs_.size()));
  needs_.push_back({source, dtype, region, 1, ValueId::none});
}

// Against the order: a mover's own result is needed at some dtypes; so are its inputs then.
void Needs::addConstantMoverNeeds() {
  for (auto at = plan_.order.rbegin(); at != plan_.order.rend(); ++at) {
    const NodeId node = *at;
    if (!isConstantMover(node)) continue;
    const auto inputs = graph_.inputs(node);
    const auto dtypes = plan_.inputs(graph_, node);
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      if (inputs[slot] != ValueId::none && isFloat(dtypes[slot]))
        addUse(inputs[slot], dtypes[slot], graph_.nodeRegion(node));
    }
    for (ValueId output : graph_.outputs(node)) {
      if (output == ValueId::none) continue;
      for (DType dtype : {DType::float32, DType::float16, DType::bfloat16}) {
        if (byKey_.find(key(output, dtype)) == byKey_.end()) continue;
        for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
          if (inputs[slot] != ValueId::none && isFloat(dtypes[slot]))
            addUse(inputs[slot], dtype, graph_.nodeRegion(node));
        }
      }
    }
  }
  // An initializer has no decision of its own: its own dtype if it is needed, else what its first user needs.
  std::vector<std::uint32_t> primary(graph_.valueCount(), ~0U);
  for (std::uint32_t i = 0; i < needs_.size(); ++i) {
    const Need& need = needs_[i];
    if (states_[index(need.value)].produced != DType::undefined) continue;
    std::uint32_t& chosen = primary[index(need.value)];
    if (chosen == ~0U || need.dtype == graph_.dtype(need.value)) chosen = i;
  }
  for (std::size_t v = 0; v < primary.size(); ++v) {
    if (states_[v].produced != DType::undefined) continue;
    states_[v].produced = primary[v] == ~0U ? graph_.dtype(static_cast<ValueId>(v)) : needs_[primary[v]].dtype;
  }
  needs_.erase(std::remove_if(needs_.begin(), needs_.end(),
                              [&](const Need& need) { return states_[index(need.value)].produced == need.dtype; }),
               needs_.end());
}

// A Cast in an enclosing region serves the nested ones too; a constant's copy lives where the constant does.
void Needs::mergeNested() {
  byKey_.clear();
  std::vector<Need> merged;
  for (Need& need : needs_) {
    if (states_[index(need.value)].constant) need.region = graph_.valueRegion(need.value);
    std::vector<std::uint32_t>& known = byKey_[key(need.value, need.dtype)];
    const auto serving = std::find_if(known.begin(), known.end(), [&](std::uint32_t i) {
      return ir::encloses(graph_, merged[i].region, need.region);
    });
    if (serving != known.end()) {
      merged[*serving].users += need.users;
      continue;
    }
    for (std::uint32_t i : known) {
      if (!ir::encloses(graph_, need.region, merged[i].region)) continue;
      need.users += merged[i].users;
      merged[i].users = 0;  // served by this one
    }
    known.erase(std::remove_if(known.begin(), known.end(), [&](std::uint32_t i) { return merged[i].users == 0; }),
                known.end());
    known.push_back(static_cast<std::uint32_t>(merged.size()));
    merged.push_back(need);
  }
  needs_.clear();
  byKey_.clear();
  for (const Need& need : merged) {
    if (need.users == 0) continue;
    byKey_[key(need.value, need.dtype)].push_back(static_cast<std::uint32_t>(needs_.size()));
    needs_.push_back(need);
  }
}

const Need* Needs::find(ValueId value, DType dtype, RegionId region) const {
  const auto found = byKey_.find(key(value, dtype));
  if (found == byKey_.end()) return nullptr;
  for (std::uint32_t i : found->second) {
    if (ir::encloses(graph_, needs_[i].region, region)) return &needs_[i];
  }
  return nullptr;
}

}  // namespace precast::rewrite
