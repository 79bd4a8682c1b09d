#include "policy/Contradictions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "policy/ListNames.h"
#include "policy/OperatorAliases.h"
#include "policy/Selectors.h"

namespace precast::policy {

namespace {

constexpr std::string_view kMixlist = "modify_mixlist";
constexpr std::string_view kCustomize = "customize_dtypes";

absl::Status nameless(std::string_view policy, std::size_t position) {
  return absl::InvalidArgumentError(fmt::format("{}: the name in entry {} is empty", policy, position + 1));
}

// Finds the entry before one that has the same key.
class Earlier {
 public:
  /// The position of the first entry with `key`; `position` if it is this one.
  std::size_t of(std::string key, std::size_t position) {
    return first_.try_emplace(std::move(key), position).first->second;
  }
  std::size_t of(const NodeSelector& nodes, std::size_t position) {
    return of(std::to_string(static_cast<int>(nodes.kind)) + nodes.pattern, position);
  }

 private:
  absl::flat_hash_map<std::string, std::size_t> first_;  // lookups only
};

/// What `dtypes` says of operand `slot`.
std::string_view stated(const std::vector<std::optional<DType>>& dtypes, std::size_t slot) {
  return slot < dtypes.size() && dtypes[slot].has_value() ? toString(*dtypes[slot]) : "free";
}

absl::Status checkDTypes(const CustomDtypes& one, const CustomDtypes& other) {
  for (const bool isOutput : {false, true}) {
    const auto& first = isOutput ? one.outputs : one.inputs;
    const auto& second = isOutput ? other.outputs : other.inputs;
    for (std::size_t slot = 0; slot < std::max(first.size(), second.size()); ++slot) {
      const std::string_view a = stated(first, slot);
      const std::string_view b = stated(second, slot);
      if (a == b) continue;
      return absl::InvalidArgumentError(
          fmt::format("{}: two entries for '{}' disagree: {} {} is {} in one and {} in the other", kCustomize,
                      describe(one.nodes), isOutput ? "output" : "input", slot, a, b));
    }
  }
  return absl::OkStatus();
}

absl::Status checkMoves(const std::vector<ListMove>& moves, const Target* target) {
  Earlier earlier;
  PositionsByType byType;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (moves[i].opType.empty()) return nameless(kMixlist, i);
    const ListMove& first = moves[earlier.of(moves[i].opType, i)];
    if (first.colour != moves[i].colour) {
      return absl::InvalidArgumentError(fmt::format("{}: operator type '{}' is moved to two lists: {} and {}", kMixlist,
                                                    first.opType, listName(first.colour), listName(moves[i].colour)));
    }
    byType.emplace(moves[i].opType, i);
  }
  if (target == nullptr) return absl::OkStatus();
  // What leaves a list under one name and goes to another under the other is a move to gray and one to that list.
  const auto isGray = [](const ListMove& move) { return move.colour == ListColour::gray; };
  for (const ListMove& move : moves) {
    for (std::size_t position : aliasesOf(move.opType, *target, byType)) {
      const ListMove& other = moves[position];
      if (isGray(move) || isGray(other) || move.colour == other.colour) continue;
      return absl::InvalidArgumentError(fmt::format(
          "{}: operator type '{}' is moved to the {}, but '{}', which is the same operator on target '{}', to the {}",
          kMixlist, move.opType, listName(move.colour), other.opType, target->name(), listName(other.colour)));
    }
  }
  return absl::OkStatus();
}

absl::Status checkNodes(const PrecisionPolicy& policy) {
  for (std::size_t i = 0; i < policy.keepDtype.size(); ++i) {
    if (policy.keepDtype[i].pattern.empty()) return nameless("keep_dtype", i);
  }
  Earlier customized;
  for (std::size_t i = 0; i < policy.customizeDtypes.size(); ++i) {
    const CustomDtypes& entry = policy.customizeDtypes[i];
    if (entry.nodes.pattern.empty()) return nameless(kCustomize, i);
    absl::Status status = checkDTypes(policy.customizeDtypes[customized.of(entry.nodes, i)], entry);
    if (!status.ok()) return status;
  }
  Earlier moded;
  for (std::size_t i = 0; i < policy.implModes.size(); ++i) {
    const ImplModeEntry& entry = policy.implModes[i];
    if (!entry.fromUser) continue;
    if (entry.nodes.pattern.empty()) return nameless("op_precision_mode", i);
    const ImplModeEntry& first = policy.implModes[moded.of(entry.nodes, i)];
    if (first.mode == entry.mode) continue;
    return absl::InvalidArgumentError(fmt::format("op_precision_mode: two entries for '{}' disagree: {} and {}",
                                                  describe(entry.nodes), toString(first.mode), toString(entry.mode)));
  }
  return absl::OkStatus();
}

absl::Status checkBorders(const PrecisionPolicy& policy) {
  const std::vector<OutputTypeEntry>& outputs = policy.outputType.outputs;
  Earlier earlier;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].node.empty()) return nameless("output_type", i);
    const std::string name = fmt::format("{}:{}", outputs[i].node, outputs[i].slot);
    const OutputTypeEntry& first = outputs[earlier.of(name, i)];
    if (first.dtype == outputs[i].dtype) continue;
    return absl::InvalidArgumentError(fmt::format("output_type: two entries for '{}' disagree: {} and {}", name,
                                                  toString(first.dtype), toString(outputs[i].dtype)));
  }
  for (std::size_t i = 0; i < policy.inputFp16Nodes.size(); ++i) {
    if (policy.inputFp16Nodes[i].empty()) return nameless("input_fp16_nodes", i);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status checkContradictions(const PrecisionPolicy& policy, const Target* target) {
  if (absl::Status status = checkMoves(policy.listMoves, target); !status.ok()) return status;
  if (absl::Status status = checkNodes(policy); !status.ok()) return status;
  return checkBorders(policy);
}

}  // namespace precast::policy
