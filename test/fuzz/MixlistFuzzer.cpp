// modify_mixlist: the moves, written down by another JSON library, are read as the same; and applying them to a target
// never fails.
#include <algorithm>
#include <string>

#include "fuzz/Reader.h"
#include "nlohmann/json.hpp"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

using Entries = std::vector<MixlistEntry>;

const char* listName(ListColour colour) {
  return colour == ListColour::black ? "black-list" : colour == ListColour::white ? "white-list" : "gray-list";
}

Entries sorted(Entries entries) {
  std::sort(entries.begin(), entries.end(),
            [](const MixlistEntry& a, const MixlistEntry& b) { return a.move.opType < b.move.opType; });
  return entries;
}

const Target& target() {
  static const Target* const kTarget = [] {
    absl::StatusOr<Target> made = Target::fromOpsInfo(
        R"({"Exp": {"precision_reduce": {"flag": "false"}, "input0": {"name": "x", "dtype": "float16"}}})", "table");
    require(made.ok(), "the table loads");
    return new Target(*std::move(made));
  }();
  return *kTarget;
}

void check(std::string_view text) {
  const absl::StatusOr<Entries> entries = parseMixlist(text, kSource);
  if (!entries.ok()) return requirePlace(entries.status(), text);
  nlohmann::json json = nlohmann::json::object();
  for (const MixlistEntry& entry : *entries) {
    if (!entry.onlyRemoved) json[listName(entry.move.colour)]["to-add"].push_back(entry.move.opType);
    if (entry.removedFrom.has_value()) json[listName(*entry.removedFrom)]["to-remove"].push_back(entry.move.opType);
  }
  const absl::StatusOr<Entries> again = parseMixlist(json.dump(), kSource);
  require(again.ok() && again->size() == entries->size(), "what was written is read");
  const Entries first = sorted(*entries);
  const Entries second = sorted(*again);
  for (std::size_t i = 0; i < first.size(); ++i) {
    require(first[i].move.opType == second[i].move.opType && first[i].move.colour == second[i].move.colour &&
                first[i].removedFrom == second[i].removedFrom && first[i].onlyRemoved == second[i].onlyRemoved,
            "it is the same move");
  }
  std::size_t messages = 0;
  const auto moves = applyMixlist(*entries, target(), [&](const Diagnostic&) { ++messages; });
  require(moves.ok(), "a target without an op map takes every list");
  require(moves->size() + messages >= entries->size(), "an entry moves its operator or is warned of");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
