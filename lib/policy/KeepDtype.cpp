#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "precast/PolicyFiles.h"

namespace precast {

absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source) {
  constexpr std::string_view kType = "OpType::";
  constexpr std::string_view kBlank = " \t\r";
  std::vector<KeepEntry> entries;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    std::string_view row = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    row = row.substr(0, row.find('#'));
    const std::size_t first = row.find_first_not_of(kBlank);
    if (first == std::string_view::npos) continue;
    const std::string_view word = row.substr(first, row.find_last_not_of(kBlank) - first + 1);
    if (word.find('\0') != std::string_view::npos) {
      return absl::InvalidArgumentError(fmt::format("{}:{}:{}: a NUL in the text", source, line, first + 1 + word.find('\0')));
    }
    KeepEntry entry;
    entry.origin = fmt::format("keep_dtype, line {}", line);
    if (word.substr(0, kType.size()) == kType) {
      entry.kind = KeepEntry::Kind::type;
      entry.pattern = std::string(word.substr(kType.size()));
      if (entry.pattern.empty()) {
        return absl::InvalidArgumentError(fmt::format("{}:{}:{}: 'OpType::' names no operator type", source, line, first + 1));
      }
    } else {
      entry.kind = policy::isGlob(word) ? KeepEntry::Kind::glob : KeepEntry::Kind::node;
      entry.pattern = std::string(word);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace precast
