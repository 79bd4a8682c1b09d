// The ini files of implementation modes: what is read, written down again, is read as the same; and a table without
// sections is an op_precision_mode file that says the same.
#include <string>

#include "fmt/format.h"
#include "fuzz/Reader.h"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

using Entries = absl::StatusOr<std::vector<ImplModeEntry>>;

bool same(const std::vector<ImplModeEntry>& a, const std::vector<ImplModeEntry>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].nodes.kind != b[i].nodes.kind || a[i].nodes.pattern != b[i].nodes.pattern || a[i].mode != b[i].mode) {
      return false;
    }
  }
  return true;
}

void check(std::string_view text) {
  const Entries entries = parseOpPrecisionMode(text, kSource);
  const Entries table = parseImplModeTable(text, kSource);
  if (table.ok()) {
    require(entries.ok() && same(*table, *entries), "a table is an op_precision_mode file");
  } else {
    requirePlace(table.status(), text);
  }
  if (!entries.ok()) return requirePlace(entries.status(), text);
  std::string types = "[ByOpType]\n";
  std::string names = "[ByNodeName]\n";
  std::vector<ImplModeEntry> ordered;
  for (const bool byType : {true, false}) {
    for (const ImplModeEntry& entry : *entries) {
      if ((entry.nodes.kind == NodeSelector::Kind::type) != byType) continue;
      (byType ? types : names) += fmt::format("{} = {}\r\n", entry.nodes.pattern, toString(entry.mode));
      ordered.push_back(entry);
    }
  }
  const Entries again = parseOpPrecisionMode(types + names, kSource);
  require(again.ok() && same(*again, ordered), "what was written is read as the same");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
