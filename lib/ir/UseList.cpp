// A counting sort of all input operands by value: one pass to count, one to place. Placing in node order keeps each row
// sorted.
#include "ir/UseList.h"

#include "support/BulkMemory.h"

namespace precast::ir {

UseList::UseList(const Graph& graph) {
  support::fillBulk(begin_, graph.valueCount() + 1);
  const std::size_t nodes = graph.nodeCount();
  for (std::size_t i = 0; i < nodes; ++i) {
    for (ValueId value : graph.inputs(static_cast<NodeId>(i))) {
      if (value != ValueId::none) ++begin_[index(value) + 1];
    }
  }
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  support::fillBulk(uses_, begin_.back());
  std::vector<std::uint32_t> next;
  support::reserveBulk(next, graph.valueCount());
  next.assign(begin_.begin(), begin_.end() - 1);
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto node = static_cast<NodeId>(i);
    std::uint32_t slot = 0;
    for (ValueId value : graph.inputs(node)) {
      if (value != ValueId::none) uses_[next[index(value)]++] = {node, slot};
      ++slot;
    }
  }
}

}  // namespace precast::ir
