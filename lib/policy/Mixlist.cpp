#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "policy/ListNames.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"
#include "support/StrictJson.h"

namespace precast {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonPosition;
using support::JsonValue;

constexpr ListColour kLists[] = {ListColour::black, ListColour::white, ListColour::gray};
constexpr std::string_view kActions[] = {"to-add", "to-remove"};

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
  MixlistReader(const JsonDocument& json, const DiagnosticSink& diagnostics) : json_(json), diagnostics_(diagnostics) {}

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
      const JsonPosition at = mention.added ? mention.addedAt : mention.removedAt;
      entry.move.origin = fmt::format("modify_mixlist, line {}", at.line);
      entry.move.place = json_.place(at);
      if (mention.removed.has_value()) entry.removedPlace = json_.place(mention.removedAt);
      entry.removedFrom = mention.removed;
      entry.onlyRemoved = !mention.added.has_value();
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  absl::Status readList(const JsonMember& list) {
    const auto* const colour = std::find_if(std::begin(kLists), std::end(kLists),
                                            [&](ListColour each) { return policy::listName(each) == list.key; });
    if (colour == std::end(kLists)) {
      std::vector<std::string_view> keys;
      for (ListColour each : kLists) keys.push_back(policy::listName(each));
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
        if (absl::Status status = mention(op, action.key == kActions[0], *colour); !status.ok()) return status;
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
      return json_.error(op.position,
                         fmt::format("operator type '{}' is {} two lists: {} (line {}) and {} (line {})", op.string,
                                     adds ? "added to" : "removed from", policy::listName(*slot), at.line,
                                     policy::listName(colour), op.position.line));
    }
    if (slot.has_value() && diagnostics_) {
      diagnostics_({Severity::warning, "duplicate-entry", NodeId::none, "",
                    fmt::format("{}: modify_mixlist: operator type '{}' is {} the {} twice (first at line {})",
                                json_.place(op.position), op.string, adds ? "added to" : "removed from",
                                policy::listName(colour), at.line)});
    }
    if (!slot.has_value()) at = op.position;
    slot = colour;
    if (mention.added.has_value() && mention.added == mention.removed) {
      return json_.error(
          op.position, fmt::format("operator type '{}' is added to (line {}) and removed from (line {}) the {}",
                                   op.string, mention.addedAt.line, mention.removedAt.line, policy::listName(colour)));
    }
    return absl::OkStatus();
  }

  const JsonDocument& json_;
  const DiagnosticSink& diagnostics_;
  absl::flat_hash_map<std::string, Mention> mentions_;  // lookups only
  std::vector<std::string> order_;                      // by first mention
};

}  // namespace

absl::StatusOr<std::vector<MixlistEntry>> parseMixlist(std::string_view text, std::string_view source,
                                                       const DiagnosticSink& diagnostics) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  absl::StatusOr<std::vector<MixlistEntry>> entries = MixlistReader(*json, diagnostics).read();
  if (entries.ok() && entries->empty()) policy::warnOfNothing("modify_mixlist", source, diagnostics);
  return entries;
}

}  // namespace precast
