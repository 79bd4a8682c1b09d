#include "rewrite/Needs.h"

#include <algorithm>

#include "ir/Topology.h"
#include "support/BulkMemory.h"

namespace precast::rewrite {

Needs::Needs(const Graph& graph, const PrecisionPlan& plan, const Target& target) : graph_(graph), plan_(plan) {
  support::fillBulk(states_, graph.valueCount());
  support::fillBulk(removed_, graph.nodeCount());
  support::fillBulk(constantMover_, graph.nodeCount());
  support::fillBulk(first_, graph.valueCount(), kNoNeed);
  if (graph.regionCount() > 1) findSharedNames();
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
      const DType dtype = outputDType(value);
      if (isFloat(graph.dtype(value)) || dtype != graph.dtype(value)) addUse(value, dtype, region);
    }
  }
  if (anyConstantMover_) addConstantMoverNeeds();
  settleInitializers();
  mergeNested();
}

void Needs::findSharedNames() {
  using Place = std::pair<absl::string_view, RegionId>;
  absl::flat_hash_map<Place, ValueId> places;
  const auto nameOf = [this](ValueId value) {
    const std::string_view name = graph_.valueName(value);
    return absl::string_view(name.data(), name.size());
  };
  for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    places.emplace(Place(nameOf(value), graph_.valueRegion(value)), value);
  }
  support::fillBulk(sharesName_, graph_.valueCount());
  for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    RegionId around = graph_.valueRegion(value);
    while (around != RegionId::main) {
      around = graph_.region(around).parent;
      const auto found = places.find(Place(nameOf(value), around));
      if (found == places.end()) continue;
      sharesName_[index(value)] = sharesName_[index(found->second)] = 1;
    }
  }
}

void Needs::classify(const Target& target) {
  for (std::size_t k = 0; k < graph_.opKindCount(); ++k) {
    classes_.push_back(target.resolve(graph_.opKind(static_cast<OpKindId>(k))).opClass);
  }
  for (std::size_t v = 0; v < states_.size(); ++v) {
    const auto value = static_cast<ValueId>(v);
    states_[v] = {graph_.dtype(value), graph_.isConstant(value)};
  }
  for (const BorderDType& border : plan_.borders) {
    if (border.isInput) states_[index(border.value)].produced = border.dtype;
  }
  for (NodeId node : plan_.order) {
    const auto inputs = graph_.inputs(node);
    const auto outputs = graph_.outputs(node);
    const auto dtypes = plan_.outputs(graph_, node);
    const bool allConstant = !inputs.empty() && std::all_of(inputs.begin(), inputs.end(), [&](ValueId input) {
      return input == ValueId::none || states_[index(input)].constant;
    });
    constantMover_[index(node)] = opClass(node) == OpClass::dataMover && allConstant;
    anyConstantMover_ |= constantMover_[index(node)] != 0;
    for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
      if (outputs[slot] == ValueId::none) continue;
      ValueState& state = states_[index(outputs[slot])];
      // Another dtype than its name has is a copy's.
      const bool keepsOwn = inputs.empty() && state.constant && sharesName(outputs[slot]);
      state.produced = keepsOwn ? graph_.dtype(outputs[slot]) : dtypes[slot];
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
  if (state.constant) region = graph_.valueRegion(source);  // a constant's copy lives where the constant does
  if (const std::uint32_t known = lookUp(source, dtype, region); known != kNoNeed) {
    ++needs_[known].users;
    return;
  }
  Need need;
  need.value = source;
  need.dtype = dtype;
  need.region = region;
  need.users = 1;
  needs_.push_back(need);
  enter(static_cast<std::uint32_t>(needs_.size() - 1));
}

std::uint32_t Needs::lookUp(ValueId value, DType dtype, RegionId region) const {
  if (region == graph_.valueRegion(value)) {
    std::uint32_t at = first_[index(value)];
    while (at != kNoNeed && needs_[at].dtype != dtype) at = needs_[at].next;
    return at;
  }
  const auto found = captured_.find(Captured{value, dtype, region});
  return found == captured_.end() ? kNoNeed : found->second;
}

void Needs::enter(std::uint32_t at) {
  Need& need = needs_[at];
  if (need.region == graph_.valueRegion(need.value)) {
    need.next = first_[index(need.value)];
    first_[index(need.value)] = at;
  } else {
    captured_.emplace(Captured{need.value, need.dtype, need.region}, at);
  }
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
        if (lookUp(output, dtype, graph_.valueRegion(output)) == kNoNeed) continue;
        for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
          if (inputs[slot] != ValueId::none && isFloat(dtypes[slot]))
            addUse(inputs[slot], dtype, graph_.nodeRegion(node));
        }
      }
    }
  }
}

// An initializer has no decision of its own: its own dtype (or that of the model's output that it is) if it is needed,
// else what its first user needs.
void Needs::settleInitializers() {
  for (const Need& need : needs_) {
    ValueState& state = states_[index(need.value)];
    if (state.produced != DType::undefined) continue;
    const DType own = outputDType(need.value);
    const bool isOwn = sharesName(need.value) || lookUp(need.value, own, need.region) != kNoNeed;
    state.produced = isOwn ? own : need.dtype;
  }
  for (std::size_t v = 0; v < states_.size(); ++v) {
    if (states_[v].produced == DType::undefined) states_[v].produced = graph_.dtype(static_cast<ValueId>(v));
  }
}

// A Cast in an enclosing region serves the nested ones too. What an initializer now has by itself is no need.
void Needs::mergeNested() {
  const auto outermost = [&](const Need& need) {
    std::uint32_t found = kNoNeed;
    for (RegionId r = need.region; r != RegionId::none; r = graph_.region(r).parent) {
      if (const std::uint32_t at = lookUp(need.value, need.dtype, r); at != kNoNeed) found = at;
      if (r == graph_.valueRegion(need.value)) break;
    }
    return found;
  };
  std::vector<char> dropped(needs_.size(), 0);
  for (std::uint32_t i = 0; i < needs_.size(); ++i) {
    const Need& need = needs_[i];
    if (states_[index(need.value)].produced == need.dtype) {
      dropped[i] = 1;
    } else if (const std::uint32_t serving = captured_.empty() ? i : outermost(need); serving != i) {
      needs_[serving].users += need.users;
      dropped[i] = 1;
    }
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < needs_.size(); ++i) {
    if (dropped[i] == 0) needs_[kept++] = needs_[i];
  }
  if (kept == needs_.size()) return;
  needs_.resize(kept);
  std::fill(first_.begin(), first_.end(), kNoNeed);
  captured_.clear();
  for (std::uint32_t i = 0; i < needs_.size(); ++i) enter(i);
}

const Need* Needs::find(ValueId value, DType dtype, RegionId region) const {
  const RegionId home = graph_.valueRegion(value);
  if (!captured_.empty()) {
    for (RegionId r = region; r != home && r != RegionId::none; r = graph_.region(r).parent) {
      if (const std::uint32_t at = lookUp(value, dtype, r); at != kNoNeed) return &needs_[at];
    }
  }
  const std::uint32_t at = lookUp(value, dtype, home);
  return at == kNoNeed ? nullptr : &needs_[at];
}

}  // namespace precast::rewrite
