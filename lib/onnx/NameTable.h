// The names of one graph's values. A table of a large model is far larger than any cache, so that each look into it
// waits for memory; names are therefore hashed some at a time where they are met, and looked up when the places of all
// of them have been asked for. Lookups only: nothing depends on the order in which names lie here.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "precast/Graph.h"
#include "support/BulkMemory.h"
#include "support/TextHash.h"

namespace precast::onnx {

class NameTable {
 public:
  using Hash = std::uint32_t;
  /// How many names or nodes are best looked at together, so that places are asked for well before a lookup.
  static constexpr std::size_t kAhead = 16;

  static Hash hash(std::string_view name) { return static_cast<Hash>(support::textHash(name)); }

  /// Room for `count` names. Must be called before any is added.
  void reserve(std::size_t count) {
    std::size_t slots = 16;
    while (!hasRoom(count, slots)) slots *= 2;
    slots_.clear();
    support::fillBulk(slots_, slots);
    mask_ = slots - 1;
  }

  void prefetch([[maybe_unused]] Hash hash) const {
#if defined(__GNUC__)
    __builtin_prefetch(&slots_[hash & mask_]);
#endif
  }

  /// What the place of `hash`, asked for before, leads to: the name that a lookup compares.
  void prefetchName([[maybe_unused]] const Graph& graph, [[maybe_unused]] Hash hash) const {
#if defined(__GNUC__)
    const Slot& slot = slots_[hash & mask_];
    if (slot.hash == hash && slot.value != ValueId::none) __builtin_prefetch(graph.valueName(slot.value).data());
#endif
  }

  /// The value called `name`; none if there is none. `graph` has the names.
  ValueId find(const Graph& graph, std::string_view name, Hash hash) const {
    return slots_.empty() ? ValueId::none : slots_[place(graph, name, hash)].value;
  }

  /// Adds `name` as that of `value`, which may be the one that the graph gets next. If there is a value of that name,
  /// it is returned instead; else none.
  ValueId add(const Graph& graph, std::string_view name, ValueId value, Hash hash) {
    if (!hasRoom(size_ + 1, slots_.size())) grow();
    Slot& slot = slots_[place(graph, name, hash)];
    if (slot.value != ValueId::none) return slot.value;
    ++size_;
    slot = {hash, value};
    return ValueId::none;
  }

 private:
  struct Slot {
    Hash hash = 0;
    ValueId value = ValueId::none;  // none: free
  };

  // Few enough that a search ends soon, and nearly always in the line of memory where it begins.
  static bool hasRoom(std::size_t count, std::size_t slots) { return 4 * count <= 3 * slots; }

  // Where the name is, else the free slot where it belongs. There always is one.
  std::size_t place(const Graph& graph, std::string_view name, Hash hash) const {
    std::size_t at = hash & mask_;
    while (slots_[at].value != ValueId::none &&
           (slots_[at].hash != hash || graph.valueName(slots_[at].value) != name)) {
      at = (at + 1) & mask_;
    }
    return at;
  }

  void grow() {
    std::vector<Slot> old;
    old.swap(slots_);
    support::fillBulk(slots_, old.empty() ? 16 : 2 * old.size());
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.value == ValueId::none) continue;
      std::size_t at = slot.hash & mask_;
      while (slots_[at].value != ValueId::none) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

}  // namespace precast::onnx
