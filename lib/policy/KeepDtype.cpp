#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "precast/PolicyFiles.h"
#include "support/Utf8.h"

namespace precast {

namespace {

absl::Status errorAt(std::string_view source, std::size_t line, std::size_t column, std::string_view message) {
  return absl::InvalidArgumentError(fmt::format("{}:{}:{}: {}", source, line, column, message));
}

// A line of text is UTF-8 without control characters other than the tab and the carriage return of other systems.
absl::Status checkText(std::string_view row, std::string_view source, std::size_t line) {
  for (std::size_t at = 0; at < row.size();) {
    const auto byte = static_cast<unsigned char>(row[at]);
    const std::size_t length = support::utf8Length(row.substr(at));
    if (length == 0) return errorAt(source, line, at + 1, fmt::format("byte {:#04x} is not valid UTF-8", byte));
    if (byte < 0x20 && byte != '\t' && byte != '\r') {
      return errorAt(source, line, at + 1, fmt::format("control character {:#04x} in a line of text", byte));
    }
    at += length;
  }
  return absl::OkStatus();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source) {
  constexpr std::string_view kType = "OpType::";
  std::vector<KeepEntry> entries;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (absl::Status status = checkText(row, source, line); !status.ok()) return status;
    const std::string_view word = trimmed(row.substr(0, row.find('#')));
    if (word.empty()) continue;
    KeepEntry entry;
    entry.origin = fmt::format("keep_dtype, line {}", line);
    if (word.substr(0, kType.size()) == kType) {
      entry.kind = KeepEntry::Kind::type;
      entry.pattern = std::string(trimmed(word.substr(kType.size())));
      if (entry.pattern.empty()) {
        return errorAt(source, line, static_cast<std::size_t>(word.data() - row.data()) + 1,
                       "'OpType::' is not followed by an operator type");
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
