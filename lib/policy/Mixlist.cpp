#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
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
  const std::string_view near = support::nearestName(member.key, known);
  std::string all;
  for (std::string_view key : known) all += fmt::format("{}'{}'", all.empty() ? "" : ", ", key);
  return json.error(member.position, near.empty() ? fmt::format("unknown key '{}', known are {}", member.key, all)
                                                  : fmt::format("unknown key '{}', did you mean '{}'?", member.key, near));
}

class MixlistReader {
 public:
  explicit MixlistReader(const JsonDocument& json) : json_(json) {}

  absl::StatusOr<std::vector<MixlistEntry>> read() {
    if (json_.root.kind != JsonValue::Kind::object) {
      return json_.error(json_.root.position, fmt::format("a mix list is an object, this is {}", describe(json_.root.kind)));
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
      entry.move.origin = fmt::format("modify_mixlist, line {}", mention.added ? mention.addedAt.line : mention.removedAt.line);
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
      return json_.error(list.value.position, fmt::format("'{}' must be an object, is {}", list.key, describe(list.value.kind)));
    }
    for (const JsonMember& action : list.value.object) {
      if (action.key != kActions[0] && action.key != kActions[1]) return unknownKey(json_, action, kActions);
      if (action.value.kind != JsonValue::Kind::array) {
        return json_.error(action.value.position, fmt::format("'{}' must be an array, is {}", action.key, describe(action.value.kind)));
      }
      for (const JsonValue& op : action.value.array) {
        if (absl::Status status = mention(op, action.key == kActions[0], name->colour); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status mention(const JsonValue& op, bool adds, ListColour colour) {
    if (op.kind != JsonValue::Kind::string || op.string.empty()) {
      return json_.error(op.position, fmt::format("an operator type must be a string with text, is {}", describe(op.kind)));
    }
    const auto [known, isNew] = mentions_.try_emplace(op.string);
    if (isNew) order_.push_back(op.string);
    Mention& mention = known->second;
    std::optional<ListColour>& slot = adds ? mention.added : mention.removed;
    const std::string_view action = adds ? kActions[0] : kActions[1];
    if (slot.has_value()) {
      const JsonPosition at = adds ? mention.addedAt : mention.removedAt;
      return json_.error(op.position, fmt::format("operator '{}' is in '{}' of '{}' and in '{}' of '{}' (line {})", op.string, action,
                                                  listKey(colour), action, listKey(*slot), at.line));
    }
    slot = colour;
    (adds ? mention.addedAt : mention.removedAt) = op.position;
    if (mention.added.has_value() && mention.added == mention.removed) {
      const JsonPosition other = adds ? mention.removedAt : mention.addedAt;
      return json_.error(op.position, fmt::format("operator '{}' is in '{}' and in '{}' (line {}) of '{}'", op.string, action,
                                                  adds ? kActions[1] : kActions[0], other.line, listKey(colour)));
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

std::vector<ListMove> applyMixlist(absl::Span<const MixlistEntry> entries, const Target& target, const DiagnosticSink& diagnostics) {
  std::vector<ListMove> moves;
  std::vector<std::string_view> types;
  for (const KernelLibrary& library : target.libraries()) {
    for (const OpEntry& entry : library.entries) types.push_back(entry.type);
  }
  for (const MixlistEntry& entry : entries) {
    OpKind kind;
    kind.type = entry.move.opType;
    const TargetOp op = target.resolve(kind);
    // What is not in the list that it leaves stays where it is.
    if (!entry.onlyRemoved || op.colour == entry.removedFrom) moves.push_back(entry.move);
    if (!diagnostics) continue;
    if (entry.removedFrom.has_value() && op.colour != *entry.removedFrom) {
      diagnostics({Severity::warning, "not-in-list", NodeId::none, "",
                   fmt::format("{}: operator '{}' is removed from '{}', in which target '{}' does not have it", entry.move.origin,
                               entry.move.opType, listKey(*entry.removedFrom), target.name())});
    }
    if (!op.known && !target.keepsUnknownOps()) {
      const std::string_view near = support::nearestName(entry.move.opType, types);
      diagnostics({Severity::warning, "unknown-type", NodeId::none, "",
                   fmt::format("{}: target '{}' knows no operator '{}'{}", entry.move.origin, target.name(), entry.move.opType,
                               near.empty() ? "" : fmt::format(", nearest is '{}'", near))});
    }
  }
  return moves;
}

}  // namespace precast
