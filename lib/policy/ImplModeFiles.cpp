// The ini files of implementation modes: op_precision_mode, which has sections, and Ascend's own tables
// (high_precision.ini, ...), which have none. ATC's documentation recommends a copy of such a table as the start of an
// op_precision_mode file, so the lines before the first section are by operator type.
#include "fmt/format.h"
#include "policy/IniReader.h"
#include "policy/Selectors.h"
#include "precast/PolicyFiles.h"

namespace precast {

namespace {

constexpr std::string_view kByType = "ByOpType";
constexpr std::string_view kByName = "ByNodeName";
constexpr std::string_view kSections[] = {kByType, kByName};

absl::Status unknownMode(const policy::TextPart& word, std::string_view source) {
  std::vector<std::string_view> known;
  for (ImplMode mode : allImplModes()) known.push_back(toString(mode));
  return policy::errorAt(source, word, policy::unknownWord("implementation mode", word.text, known));
}

absl::StatusOr<std::vector<ImplModeEntry>> readModes(std::string_view text, std::string_view source,
                                                     std::string_view origin,
                                                     absl::Span<const std::string_view> sections) {
  const absl::StatusOr<std::vector<policy::IniEntry>> lines = policy::readIni(text, source, sections);
  if (!lines.ok()) return lines.status();
  std::vector<ImplModeEntry> entries;
  policy::SelectorLines known;
  for (const policy::IniEntry& line : *lines) {
    ImplModeEntry entry;
    entry.nodes = (line.section == kByName ? policy::nodesNamed : policy::nodesOfType)(
        line.key.text, fmt::format("{}, line {}", origin, line.key.line), policy::placeOf(source, line.key));
    const std::optional<ImplMode> mode = parseImplMode(line.value.text);
    if (!mode.has_value()) return unknownMode(line.value, source);
    entry.mode = *mode;
    if (const std::uint32_t first = known.firstLine(entry.nodes, line.key.line); first != 0) {
      return policy::errorAt(source, line.key,
                             fmt::format("duplicate entry for '{}' (first at line {})", line.key.text, first));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

absl::StatusOr<std::vector<ImplModeEntry>> parseOpPrecisionMode(std::string_view text, std::string_view source,
                                                                const DiagnosticSink& diagnostics) {
  absl::StatusOr<std::vector<ImplModeEntry>> entries = readModes(text, source, "op_precision_mode", kSections);
  if (entries.ok() && entries->empty()) policy::warnOfNothing("op_precision_mode", source, diagnostics);
  return entries;
}

absl::StatusOr<std::vector<ImplModeEntry>> parseImplModeTable(std::string_view text, std::string_view source) {
  return readModes(text, source, source, {});
}

}  // namespace precast
