#include "rewrite/Names.h"

#include <cstddef>

namespace precast::rewrite {

namespace {

bool endsLikeOurs(std::string_view name) {
  std::size_t end = name.size();
  while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9') --end;
  if (end < name.size() && end > 0 && name[end - 1] == '_') {
    // A counter; but "_fp16" itself ends in digits too.
    const std::string_view stem = name.substr(0, end - 1);
    if (stem.size() >= 5 && (stem.substr(stem.size() - 5) == "_fp16" || stem.substr(stem.size() - 5) == "_fp32" ||
                             stem.substr(stem.size() - 5) == "_bf16")) {
      return true;
    }
  }
  if (name.size() < 5) return false;
  const std::string_view tail = name.substr(name.size() - 5);
  return tail == "_fp16" || tail == "_fp32" || tail == "_bf16";
}

}  // namespace

Names::Names(const Graph& graph, const std::vector<char>& removed, Graph& storage, std::size_t expected)
    : storage_(storage) {
  taken_.reserve(expected);
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    if (!removed[i]) keepIfOurs(graph.nodeName(static_cast<NodeId>(i)));
  }
  for (std::size_t i = 0; i < graph.valueCount(); ++i) {
    const NodeId producer = graph.producer(static_cast<ValueId>(i));
    if (producer == NodeId::none || !removed[index(producer)]) keepIfOurs(graph.valueName(static_cast<ValueId>(i)));
  }
}

void Names::keepIfOurs(std::string_view name) {
  if (endsLikeOurs(name)) taken_.emplace(name.data(), name.size());
}

std::string_view Names::unique(std::string_view base, std::string_view word, DType dtype) {
  scratch_.assign(base).append(word).append(shortName(dtype));
  const std::size_t length = scratch_.size();
  std::string_view name;
  const auto store = [&](const auto& construct) {
    name = storage_.internName(scratch_);
    construct(name.data(), name.size());
  };
  const auto plain = taken_.lazy_emplace(absl::string_view(scratch_), store);
  if (!name.empty()) return name;
  // From where the last search for this name ended: a name that is taken stays so.
  std::size_t& counter = tried_[*plain];
  while (name.empty()) {
    scratch_.resize(length);
    scratch_.append("_").append(std::to_string(++counter));
    taken_.lazy_emplace(absl::string_view(scratch_), store);
  }
  return name;
}

}  // namespace precast::rewrite
