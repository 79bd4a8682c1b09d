// Networks repeat themselves: most nodes are in the situation of one before them, and then neither a pass nor a kernel
// row needs to be asked again. A situation is what the standard passes look at: for each input its own dtype, whether
// it is a constant, and what its producer decided; for each output its own dtype. Nodes that a policy names are never
// typical, nor is any node once a pass of the host's own is in the pipeline. About 5 times as fast as asking.
#include <algorithm>
#include <cstring>

#include "passes/Decider.h"

namespace precast::passes {

namespace {

// A call of memcmp() costs more than the few words that it would compare.
bool areEqual(const std::uint8_t* a, const std::uint8_t* b, std::size_t size) {
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    std::uint64_t words[2];
    std::memcpy(&words[0], a + at, sizeof(words[0]));
    std::memcpy(&words[1], b + at, sizeof(words[1]));
    if (words[0] != words[1]) return false;
  }
  return true;
}

}  // namespace

// Takes down the situation of `node`, if it has one that can be compared.
bool Decider::isTypical(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  if (!pipeline_.isStandard_ || op.opClass != OpClass::compute || !op.known) return false;
  if (context_.anyBeyondHalf_ || !policy_.customizeDtypes.empty()) return false;
  if (!policy_.keepDtype.empty() && index_.keepEntry(node) != nullptr) return false;
  if (index_.implMode(node) != nullptr) return false;
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  const std::size_t size = 2 * inputs.size() + outputs.size() + 1;
  if (size >= Situation::kMaxBytes) return false;
  Situation& situation = situation_;
  situation.size = static_cast<std::uint8_t>(size);
  situation.leader = NodeId::none;
  bool isLed = false;
  std::uint8_t* at = situation.bytes.data();
  std::memset(at + size / sizeof(std::uint64_t) * sizeof(std::uint64_t), 0, sizeof(std::uint64_t));
  *at++ = static_cast<std::uint8_t>(inputs.size());
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const ValueId value = inputs[slot];
    const DType own = value == ValueId::none ? DType::undefined : graph_.dtype(value);
    *at++ = static_cast<std::uint8_t>(own);
    std::uint8_t origin = 0;  // omitted, or not float: only the dtype matters
    if (isFloat(own)) {
      if (constants_.isConstant[index(value)] != 0) {
        origin = 1;
      } else {
        const NodeContext::Source source = context_.source(slot);
        if (!isLed) situation.leader = source.node;
        isLed = true;
        origin =
            static_cast<std::uint8_t>(2U + 2U * static_cast<unsigned>(source.dtype) + (source.node != NodeId::none));
      }
    }
    *at++ = origin;
  }
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    *at++ = static_cast<std::uint8_t>(outputs[slot] == ValueId::none ? DType::undefined : graph_.dtype(outputs[slot]));
  }
  return true;
}

bool Decider::recall(NodeId node) {
  const auto& recalled = recalled_[index(graph_.nodeKind(node))];
  const auto found = std::find_if(recalled.begin(), recalled.end(), [&](const Recalled& known) {
    return known.situation.size == situation_.size &&
           areEqual(known.situation.bytes.data(), situation_.bytes.data(), situation_.size);
  });
  if (found == recalled.end()) return false;
  const std::size_t inputs = graph_.inputs(node).size();
  std::copy_n(found->dtypes.begin(), inputs, inputsOf(node));
  std::copy_n(found->dtypes.begin() + static_cast<std::ptrdiff_t>(inputs), graph_.outputs(node).size(),
              outputsOf(node));
  Decision& decision = plan_.decisions[index(node)];
  decision = found->decision;
  if (decision.because != NodeId::none) decision.because = situation_.leader;
  return true;
}

void Decider::remember(NodeId node) {
  const Decision& decision = plan_.decisions[index(node)];
  if (decision.because != NodeId::none && decision.because != situation_.leader) return;
  auto& recalled = recalled_[index(graph_.nodeKind(node))];
  std::copy_backward(recalled.begin(), recalled.end() - 1, recalled.end());
  Recalled& latest = recalled.front();
  latest.situation = situation_;
  latest.decision = decision;
  const std::size_t inputs = graph_.inputs(node).size();
  std::copy_n(inputsOf(node), inputs, latest.dtypes.begin());
  std::copy_n(outputsOf(node), graph_.outputs(node).size(),
              latest.dtypes.begin() + static_cast<std::ptrdiff_t>(inputs));
}

}  // namespace precast::passes
