#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"
#include "support/NearestName.h"
#include "support/StrictJson.h"

namespace precast {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonPosition;
using support::JsonValue;

struct ListName {
  std::string_view key;
  ListColour colour;
};
constexpr ListName kLists[] = {
    {"black-list", ListColour::black}, {"white-list", ListColour::white}, {"gray-list", ListColour::gray}};
constexpr std::string_view kActions[] = {"to-add", "to-remove"};

std::string_view listKey(ListColour colour) {
  for (const ListName& list : kLists) {
    if (list.colour == colour) return list.key;
  }
  return "";
}

struct Mention {
  std::optional<ListColour> added;
  std::optional<ListColour> removed;
  JsonPosition addedAt;
  JsonPosition removedAt;
};

absl::Status unknownKey(const JsonDocument& json, const JsonMember& member, absl::Span<const std::string_view> known) {
  return json.error(member.position, policy::unknownWord("key", member.key, known));
}

absl::Status wrongKind(const JsonDocument& json, const JsonMember& member, std::string_view wanted) {
  return json.error(member.value.position,
                    fmt::format("'{}' is {}, not {}", member.key, describe(member.value.kind), wanted));
}

class MixlistReader {
 public:
  explicit MixlistReader(const JsonDocument& json) : json_(json) {}

  absl::StatusOr<std::vector<MixlistEntry>> read() {
    if (json_.root.kind != JsonValue::Kind::object) {
      return json_.error(json_.root.position,
                         fmt::format("the file is {}, not an object of lists", describe(json_.root.kind)));
    }
    for (const JsonMember& list : json_.root.object) {
      if (absl::Status status = readList(list); !status.ok()) return status;
    }
    std::vector<MixlistEntry> entries;
    for (const std::string& op : order_) {
      const Mention& mention = mentions_[op];
      MixlistEntry entry;
      entry.move.opType = op;
      // An operator that is only taken off a list is gray: it is on none.
      entry.move.colour = mention.added.value_or(ListColour::gray);
      entry.move.origin =
          fmt::format("modify_mixlist, line {}", mention.added ? mention.addedAt.line : mention.removedAt.line);
      entry.removedFrom = mention.removed;
      entry.onlyRemoved = !mention.added.has_value();
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  absl::Status readList(const JsonMember& list) {
    const ListName* name = nullptr;
    for (const ListName& known : kLists) {
      if (known.key == list.key) name = &known;
    }
    if (name == nullptr) {
      constexpr std::string_view keys[] = {kLists[0].key, kLists[1].key, kLists[2].key};
      return unknownKey(json_, list, keys);
    }
    if (list.value.kind != JsonValue::Kind::object) {
      return wrongKind(json_, list, "an object with to-add and to-remove");
    }
    for (const JsonMember& action : list.value.object) {
      if (action.key != kActions[0] && action.key != kActions[1]) return unknownKey(json_, action, kActions);
      if (action.value.kind != JsonValue::Kind::array) {
        return wrongKind(json_, action, "an array of operator types");
      }
      for (const JsonValue& op : action.value.array) {
        if (absl::Status status = mention(op, action.key == kActions[0], name->colour); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status mention(const JsonValue& op, bool adds, ListColour colour) {
    const std::string_view action = adds ? kActions[0] : kActions[1];
    if (op.kind != JsonValue::Kind::string) {
      return json_.error(op.position,
                         fmt::format("an element of '{}' is {}, not an operator type", action, describe(op.kind)));
    }
    if (op.string.empty()) return json_.error(op.position, "an operator type is empty");
    const auto [known, isNew] = mentions_.try_emplace(op.string);
    if (isNew) order_.push_back(op.string);
    Mention& mention = known->second;
    std::optional<ListColour>& slot = adds ? mention.added : mention.removed;
    JsonPosition& at = adds ? mention.addedAt : mention.removedAt;
    if (slot.has_value() && *slot != colour) {
      return json_.error(op.position, fmt::format("operator type '{}' is {} two lists: {} (line {}) and {} (line {})",
                                                  op.string, adds ? "added to" : "removed from", listKey(*slot),
                                                  at.line, listKey(colour), op.position.line));
    }
    slot = colour;
    at = op.position;
    if (mention.added.has_value() && mention.added == mention.removed) {
      return json_.error(op.position,
                         fmt::format("operator type '{}' is added to (line {}) and removed from (line {}) the {}",
                                     op.string, mention.addedAt.line, mention.removedAt.line, listKey(colour)));
    }
    return absl::OkStatus();
  }

  const JsonDocument& json_;
  absl::flat_hash_map<std::string, Mention> mentions_;  // lookups only
  std::vector<std::string> order_;                      // by first mention
};

}  // namespace

absl::StatusOr<std::vector<MixlistEntry>> parseMixlist(std::string_view text, std::string_view source) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  return MixlistReader(*json).read();
}

std::vector<ListMove> applyMixlist(absl::Span<const MixlistEntry> entries, const Target& target,
                                   const DiagnosticSink& diagnostics) {
  std::vector<ListMove> moves;
  std::vector<std::string_view> types;
  for (const KernelLibrary& library : target.libraries()) {
    for (const OpEntry& entry : library.entries) types.push_back(entry.type);
  }
  for (const MixlistEntry& entry : entries) {
    OpKind kind;
    kind.type = entry.move.opType;
    const TargetOp op = target.resolve(kind);
    const bool wrongRemoval = entry.removedFrom.has_value() && op.colour != *entry.removedFrom;
    // What is not in the list that it leaves stays where it is.
    if (!entry.onlyRemoved || !wrongRemoval) moves.push_back(entry.move);
    if (!diagnostics) continue;
    const auto warn = [&](std::string_view id, std::string message) {
      diagnostics({Severity::warning, id, NodeId::none, "", fmt::format("{}: {}", entry.move.origin, message)});
    };
    if (!op.known && !target.keepsUnknownOps()) {
      const std::string_view near = support::nearestName(entry.move.opType, types);
      warn("mixlist-unknown-op",
           fmt::format("target '{}' does not know operator type '{}'{}", target.name(), entry.move.opType,
                       near.empty() ? "" : fmt::format(", nearest is '{}'", near)));
    } else if (wrongRemoval) {
      warn("mixlist-not-in-list",
           fmt::format("'{}' is removed from the {}, but target '{}' has it in the {}", entry.move.opType,
                       listKey(*entry.removedFrom), target.name(), listKey(op.colour)));
    } else if (entry.onlyRemoved && entry.removedFrom == ListColour::gray) {
      warn("mixlist-stays-gray",
           fmt::format("'{}' is removed from the gray-list and added to no other list; it stays gray",
                       entry.move.opType));
    }
  }
  return moves;
}

}  // namespace precast
