// Who reads each value: users in compressed rows, in node order. Built in linear time; immutable.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "precast/Graph.h"

namespace precast::ir {

struct Use {
  NodeId node;
  std::uint32_t slot;
};

class UseList {
 public:
  explicit UseList(const Graph& graph);
  absl::Span<const Use> of(ValueId value) const {
    return {uses_.data() + begin_[index(value)], begin_[index(value) + 1] - begin_[index(value)]};
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<Use> uses_;
};

}  // namespace precast::ir
