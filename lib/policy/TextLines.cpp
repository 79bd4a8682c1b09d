#include "policy/TextLines.h"

#include "fmt/format.h"
#include "support/NearestName.h"
#include "support/Utf8.h"

namespace precast::policy {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status checkText(const TextPart& line, std::string_view source) {
  for (std::size_t at = 0; at < line.text.size();) {
    const auto byte = static_cast<unsigned char>(line.text[at]);
    const std::size_t length = support::utf8Length(line.text.substr(at));
    TextPart here = line;
    here.column += static_cast<std::uint32_t>(at);
    // The value of a flag is one line that nobody can look up, so that the message counts itself.
    const std::string where = line.line == 0 ? fmt::format(", byte {} of the value,", here.column) : "";
    if (length == 0) return errorAt(source, here, fmt::format("byte {:#04x}{} is not valid UTF-8", byte, where));
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      return errorAt(source, here, fmt::format("control character {:#04x}{} in a line of text", byte, where));
    }
    // Left over where files were joined; nobody sees it, and it would make the name that it stands in another.
    if (line.text.substr(at, length) == kByteOrderMark) {
      return errorAt(source, here, "a byte order mark that does not begin the text");
    }
    at += length;
  }
  return absl::OkStatus();
}

}  // namespace

TextPart TextPart::part(std::size_t begin, std::size_t count) const {
  constexpr std::string_view kBlank = " \t";
  const std::string_view all = text.substr(begin, count);
  const std::size_t first = all.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {std::string_view(), line, column + static_cast<std::uint32_t>(begin)};
  return {all.substr(first, all.find_last_not_of(kBlank) - first + 1), line,
          column + static_cast<std::uint32_t>(begin + first)};
}

std::string placeOf(std::string_view source, const TextPart& part) {
  return part.line == 0 ? std::string(source) : fmt::format("{}:{}:{}", source, part.line, part.column);
}

absl::Status errorAt(std::string_view source, const TextPart& part, std::string_view message) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", placeOf(source, part), message));
}

std::string unknownWord(std::string_view kind, std::string_view word, absl::Span<const std::string_view> known) {
  return fmt::format("unknown {} '{}'; the {}s are {}", kind, word, kind, support::listKnown(word, known));
}

absl::StatusOr<std::vector<TextPart>> readLines(std::string_view text, std::string_view source) {
  std::vector<TextPart> lines;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    TextPart row = {text.substr(0, end), number, 1};
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos && !row.text.empty() && row.text.back() == '\r') row.text.remove_suffix(1);
    if (absl::Status status = checkText(row, source); !status.ok()) return status;
    const TextPart line = row.part(0, row.text.find('#'));
    if (!line.text.empty()) lines.push_back(line);
  }
  return lines;
}

void warnOfNothing(std::string_view policy, std::string_view source, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  diagnostics({Severity::warning, "policy-names-nothing", NodeId::none, "",
               fmt::format("{}: {}: the file names nothing", source, policy)});
}

std::vector<TextPart> splitItems(const TextPart& line, char separator) {
  std::vector<TextPart> items;
  for (std::size_t begin = 0;;) {
    const std::size_t end = line.text.find(separator, begin);
    items.push_back(line.part(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return items;
    begin = end + 1;
  }
}

absl::StatusOr<std::vector<TextPart>> readItems(std::string_view text, std::string_view source, char separator) {
  const TextPart all = {text, 0, 1};
  if (absl::Status status = checkText(all, source); !status.ok()) return status;
  std::vector<TextPart> items = splitItems(all, separator);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].text.empty()) continue;
    return errorAt(source, items[i],
                   items.size() == 1 ? "the value is empty" : fmt::format("item {} of the list is empty", i + 1));
  }
  return items;
}

}  // namespace precast::policy
