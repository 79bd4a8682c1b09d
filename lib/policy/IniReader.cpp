#include "policy/IniReader.h"

#include <algorithm>

#include "fmt/format.h"

namespace precast::policy {

namespace {

absl::Status unknownSection(const TextPart& name, std::string_view source,
                            absl::Span<const std::string_view> sections) {
  if (sections.empty()) return errorAt(source, name, fmt::format("section '{}' in a file without sections", name.text));
  return errorAt(source, name, unknownWord("section", name.text, sections));
}

}  // namespace

absl::StatusOr<std::vector<IniEntry>> readIni(std::string_view text, std::string_view source,
                                              absl::Span<const std::string_view> sections) {
  const absl::StatusOr<std::vector<TextPart>> lines = readLines(text, source);
  if (!lines.ok()) return lines.status();
  std::vector<IniEntry> entries;
  std::vector<TextPart> seen;
  for (const TextPart& line : *lines) {
    if (line.text.front() == ';') continue;
    if (line.text.front() == '[') {
      if (line.text.back() != ']') return errorAt(source, line, "the name of a section does not end with ']'");
      const TextPart name = line.part(1, line.text.size() - 2);
      if (std::find(sections.begin(), sections.end(), name.text) == sections.end()) {
        return unknownSection(name, source, sections);
      }
      for (const TextPart& earlier : seen) {
        if (earlier.text != name.text) continue;
        return errorAt(source, name, fmt::format("duplicate section '{}' (first at line {})", name.text, earlier.line));
      }
      seen.push_back(name);
      continue;
    }
    const std::size_t equals = line.text.rfind('=');
    if (equals == std::string_view::npos) return errorAt(source, line, "a line without '='");
    const TextPart key = line.part(0, equals);
    const TextPart value = line.part(equals + 1);
    if (key.text.empty()) return errorAt(source, line, "there is no name before '='");
    if (value.text.empty()) return errorAt(source, line.part(equals), "there is no value behind '='");
    entries.push_back({seen.empty() ? std::string_view() : seen.back().text, key, value});
  }
  return entries;
}

}  // namespace precast::policy
