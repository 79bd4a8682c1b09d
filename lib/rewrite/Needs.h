// Who needs which value at which dtype: the first half of a rewrite. Nothing is changed here.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/Target.h"
#include "support/BulkMemory.h"

namespace precast::rewrite {

/// How a value looks once the plan is applied.
struct ValueState {
  DType produced = DType::undefined;  ///< the dtype that its producer gives it
  bool constant = false;              ///< contents converted in the model, never cast
};

constexpr std::uint32_t kNoNeed = 0xFFFFFFFFU;

/// A value needed at another dtype than it is produced in, somewhere in one region.
struct Need {
  ValueId value = ValueId::none;
  DType dtype = DType::undefined;
  RegionId region = RegionId::main;
  std::uint32_t users = 0;
  std::uint32_t next = kNoNeed;    ///< the next need of the same value, in the value's own region
  ValueId result = ValueId::none;  ///< in the new graph: the Cast's output, or the constant's copy
};

using NeedList = std::vector<Need, support::BulkAllocator<Need>>;

class Needs {
 public:
  Needs(const Graph& graph, const PrecisionPlan& plan, const Target& target);

  /// Where `value` is really read from when it is wanted at `dtype`: through Casts that do nothing, and through Casts
  /// from 16 bits to float32 when what stands before them is what is wanted.
  ValueId resolve(ValueId value, DType dtype) const;

  const ValueState& state(ValueId value) const { return states_[index(value)]; }
  bool isRemoved(NodeId node) const { return removed_[index(node)] != 0; }
  const std::vector<char>& removed() const { return removed_; }
  std::size_t removedCount() const { return removedCount_; }
  /// The dtype that `value` has where it is an output of its region.
  DType outputDType(ValueId value) const {
    return plan_.borders.empty() ? graph_.dtype(value) : plan_.outputBorder(graph_, value);
  }
  /// True if a region around that of `value`, or one inside of it, has a value of the same name: the name then keeps
  /// its dtype.
  bool sharesName(ValueId value) const { return !sharesName_.empty() && sharesName_[index(value)] != 0; }
  /// A data mover whose inputs are all constants: copied per dtype like the constants it hands on.
  bool isConstantMover(NodeId node) const { return constantMover_[index(node)] != 0; }
  OpClass opClass(NodeId node) const { return classes_[index(graph_.nodeKind(node))]; }

  /// All needs, in order of the values' first use; those of one (value, dtype) that an enclosing region has too are
  /// merged.
  NeedList& list() { return needs_; }
  const NeedList& list() const { return needs_; }
  /// The need that serves a reader of `value` (resolved) at `dtype` in `region`; null if the value is produced so.
  const Need* find(ValueId value, DType dtype, RegionId region) const;

 private:
  // A need in a body of a value from outside it.
  struct Captured {
    ValueId value;
    DType dtype;
    RegionId region;
    friend bool operator==(const Captured& a, const Captured& b) {
      return a.value == b.value && a.dtype == b.dtype && a.region == b.region;
    }
    template <typename H>
    friend H AbslHashValue(H state, const Captured& key) {
      return H::combine(std::move(state), key.value, key.dtype, key.region);
    }
  };

  void findSharedNames();
  void classify(const Target& target);
  void addUse(ValueId value, DType dtype, RegionId region);
  void addConstantMoverNeeds();
  void settleInitializers();
  void mergeNested();
  std::uint32_t lookUp(ValueId value, DType dtype, RegionId region) const;
  void enter(std::uint32_t need);

  const Graph& graph_;
  const PrecisionPlan& plan_;
  std::vector<OpClass> classes_;
  std::vector<ValueState> states_;
  std::vector<char> removed_;
  std::vector<char> constantMover_;
  std::vector<char> sharesName_;  // by value; empty in a graph without bodies
  std::size_t removedCount_ = 0;
  bool anyConstantMover_ = false;
  NeedList needs_;
  // Where needs_ has what: those in the value's own region (three dtypes at most) are chained from the value, the
  // others, which are rare, are hashed.
  std::vector<std::uint32_t> first_;
  absl::flat_hash_map<Captured, std::uint32_t> captured_;  // lookups only
};

}  // namespace precast::rewrite
