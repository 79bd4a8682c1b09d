// What the entries of a mixlist amount to on a target. There an operator may have two names, its own and ONNX's, and
// one of another domain has two anyway, so that what the text says about one operator is known only here. Linear in the
// entries and the mappings of their operators.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "policy/ListNames.h"
#include "policy/OperatorAliases.h"
#include "policy/Selectors.h"
#include "policy/Unmatched.h"
#include "precast/PolicyFiles.h"
#include "support/NearestName.h"
#include "target/OperatorKeys.h"

namespace precast {

namespace {

constexpr std::string_view kPolicy = "modify_mixlist";

// One thing that an entry says: that its operator goes to a list or leaves one.
struct Statement {
  bool adds;
  ListColour list;
  std::string_view place;
};

std::vector<Statement> statementsOf(const MixlistEntry& entry) {
  std::vector<Statement> statements;
  if (!entry.onlyRemoved) statements.push_back({true, entry.move.colour, entry.move.place});
  if (entry.removedFrom.has_value()) statements.push_back({false, *entry.removedFrom, entry.removedPlace});
  return statements;
}

// As of one name: not to two lists, not from two, not to and from the same.
bool contradict(const Statement& a, const Statement& b) {
  return a.adds == b.adds ? a.list != b.list : a.list == b.list;
}

std::string shown(const Statement& statement) {
  return fmt::format("{} the {}", statement.adds ? "added to" : "removed from", policy::listName(statement.list));
}

// Two entries for one operator must say what one entry could.
absl::Status checkAliases(const MixlistEntry& earlier, const MixlistEntry& later, const Target& target) {
  for (const Statement& first : statementsOf(earlier)) {
    for (const Statement& second : statementsOf(later)) {
      if (!contradict(first, second)) continue;
      return absl::InvalidArgumentError(fmt::format(
          "{}: operator type '{}' is {}, but '{}' ({}), which is the same operator on target '{}', is {}", second.place,
          later.move.opType, shown(second), earlier.move.opType, first.place, target.name(), shown(first)));
    }
  }
  return absl::OkStatus();
}

// A warning for each thing that `later` says and an entry before it has said, whichever was the first. What is said of
// more operators than that entry names is needed for the others.
void warnOfRepeated(const MixlistEntry& later, absl::Span<const MixlistEntry* const> earlier, const Target& target,
                    const DiagnosticSink& diagnostics) {
  for (const Statement& second : statementsOf(later)) {
    bool isTold = false;
    for (const MixlistEntry* entry : earlier) {
      if (isTold || policy::namesMore(later.move.opType, entry->move.opType, target)) continue;
      for (const Statement& first : statementsOf(*entry)) {
        if (first.adds != second.adds) continue;
        isTold = true;
        diagnostics({Severity::warning, "duplicate-entry", NodeId::none, "",
                     fmt::format("{}: {}: operator type '{}' is {} twice (first as '{}', {})", second.place, kPolicy,
                                 later.move.opType, shown(second), entry->move.opType, first.place)});
      }
    }
  }
}

// One operator by two names in one text: its own of the target and ONNX's, with a domain and without. `isAdded` is, by
// entry, whether an operator of it is added to a list under its other name.
absl::Status checkNames(absl::Span<const MixlistEntry> entries, const Target& target, std::vector<bool>& isAdded,
                        const DiagnosticSink& diagnostics) {
  policy::PositionsByType byName;
  for (std::size_t i = 0; i < entries.size(); ++i) byName.emplace(entries[i].move.opType, i);
  std::vector<std::set<std::size_t>> earlier(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t other : policy::aliasesOf(entries[i].move.opType, target, byName)) {
      if (!entries[i].onlyRemoved) isAdded[other] = true;
      if (!entries[other].onlyRemoved) isAdded[i] = true;
      earlier[std::max(i, other)].insert(std::min(i, other));
    }
  }
  // An ONNX name and the target's name of what serves it: of some operators both speak, if not of the same ones.
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const OpMapping* mapping : target.mappings(target::readOperatorName(entries[i].move.opType).type)) {
      const auto serving = byName.find(mapping->targetType);
      if (serving == byName.end()) continue;
      if (!entries[i].onlyRemoved) isAdded[serving->second] = true;
      if (!entries[serving->second].onlyRemoved) isAdded[i] = true;
    }
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::vector<const MixlistEntry*> others;
    for (std::size_t other : earlier[i]) {
      if (absl::Status status = checkAliases(entries[other], entries[i], target); !status.ok()) return status;
      others.push_back(&entries[other]);
    }
    if (diagnostics) warnOfRepeated(entries[i], others, target, diagnostics);
  }
  return absl::OkStatus();
}

// The model's spellings before the target's: of equally near names the first is shown.
std::vector<std::string> knownTypes(const Target& target) {
  std::vector<std::string> types = target.mappedOperatorNames();
  const std::size_t mapped = types.size();
  for (std::string& name : target.operatorNames()) types.push_back(std::move(name));
  for (std::size_t i = 0; i < mapped; ++i) types.push_back(target::fullOperatorName("", types[i]));
  return types;
}

// The lists of the operators that a policy calls `type`: of what the target calls so itself, and of what serves ONNX's.
std::vector<ListColour> listsOf(std::string_view type, const TargetOp& named, const Target& target) {
  const target::OperatorName name = target::readOperatorName(type);
  std::vector<ListColour> lists;
  const auto add = [&](const TargetOp& op) {
    if (op.known && std::find(lists.begin(), lists.end(), op.colour) == lists.end()) lists.push_back(op.colour);
  };
  if (!name.domain.has_value()) add(named);
  if (name.domain.value_or("").empty()) {
    for (const OpMapping* mapping : target.mappings(name.type))
      add(target.resolve(policy::kindNamed(mapping->targetType)));
  }
  if (lists.empty()) lists.push_back(named.colour);
  return lists;
}

class MoveMaker {
 public:
  MoveMaker(const Target& target, const DiagnosticSink& diagnostics) : target_(target), diagnostics_(diagnostics) {}

  // Whether the entry moves its operator. What is not in the list that it leaves stays where it is.
  bool moves(const MixlistEntry& entry, bool isAdded) {
    const TargetOp op = policy::resolveNamed(entry.move.opType, target_);
    const std::vector<ListColour> lists = listsOf(entry.move.opType, op, target_);
    const bool wrongRemoval =
        entry.removedFrom.has_value() && std::find(lists.begin(), lists.end(), *entry.removedFrom) == lists.end();
    if (diagnostics_) warnOf(entry, op, wrongRemoval ? lists : std::vector<ListColour>(), isAdded);
    return !entry.onlyRemoved || !wrongRemoval;
  }

 private:
  // `lists` are those that the operator is in, where it is not in the one that it leaves; else none.
  void warnOf(const MixlistEntry& entry, const TargetOp& op, absl::Span<const ListColour> lists, bool isAdded) {
    const std::string_view type = entry.move.opType;
    const auto warn = [&](std::string_view id, std::string message) {
      diagnostics_({Severity::warning, id, NodeId::none, "", std::move(message)});
    };
    const std::string place = fmt::format("{}: {}", entry.removedPlace, kPolicy);
    if (!op.known && !target_.keepsUnknownOps()) {
      // What ONNX calls so is spelt as it should be, if no kernel serves it.
      const OpKind kind = policy::kindNamed(type);
      const bool isOnnx = kind.domain.empty() && !target_.mappings(kind.type).empty();
      if (known_.empty() && !isOnnx) known_ = knownTypes(target_);
      std::vector<std::string_view> names;
      if (!isOnnx) names.assign(known_.begin(), known_.end());
      warn("mixlist-unknown-op", policy::unmatchedMessage({kPolicy, entry.move.place, type, entry.move.origin},
                                                          fmt::format("operator type of target '{}'", target_.name()),
                                                          support::nearestType(type, names)));
    } else if (!lists.empty()) {
      std::string words;
      for (ListColour list : lists) words += fmt::format("{}{}", words.empty() ? "" : " or ", policy::listName(list));
      warn("mixlist-not-in-list",
           fmt::format("{}: '{}' is removed from the {}, but target '{}' has it in the {}", place, type,
                       policy::listName(*entry.removedFrom), target_.name(), words));
    } else if (entry.onlyRemoved && !isAdded && entry.removedFrom == ListColour::gray) {
      warn(
          "mixlist-stays-gray",
          fmt::format("{}: '{}' is removed from the gray-list and added to no other list; it stays gray", place, type));
    }
  }

  const Target& target_;
  const DiagnosticSink& diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace

absl::StatusOr<std::vector<ListMove>> applyMixlist(absl::Span<const MixlistEntry> entries, const Target& target,
                                                   const DiagnosticSink& diagnostics) {
  std::vector<bool> isAdded(entries.size());
  if (absl::Status status = checkNames(entries, target, isAdded, diagnostics); !status.ok()) return status;
  MoveMaker maker(target, diagnostics);
  std::vector<ListMove> moves;
  std::vector<ListMove> additions;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const MixlistEntry& entry = entries[i];
    if (maker.moves(entry, isAdded[i])) (entry.onlyRemoved ? moves : additions).push_back(entry.move);
  }
  // An operator that leaves a list under one name and goes to another under its other name: the later move counts.
  std::move(additions.begin(), additions.end(), std::back_inserter(moves));
  return moves;
}

}  // namespace precast
