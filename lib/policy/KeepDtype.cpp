#include "fmt/format.h"
#include "policy/Selectors.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source,
                                                      const DiagnosticSink& diagnostics) {
  const absl::StatusOr<std::vector<policy::TextPart>> lines = policy::readLines(text, source);
  if (!lines.ok()) return lines.status();
  if (lines->empty()) policy::warnOfNothing("keep_dtype", source, diagnostics);
  std::vector<KeepEntry> entries;
  policy::SelectorLines known;
  for (const policy::TextPart& line : *lines) {
    std::string origin = fmt::format("keep_dtype, line {}", line.line);
    std::string place = policy::placeOf(source, line);
    if (line.text.substr(0, policy::kTypePrefix.size()) != policy::kTypePrefix) {
      entries.push_back(policy::nodesNamed(line.text, std::move(origin), std::move(place)));
    } else {
      const policy::TextPart type = line.part(policy::kTypePrefix.size());
      if (type.text.empty()) {
        return policy::errorAt(source, line, "'OpType::' is not followed by an operator type");
      }
      entries.push_back(policy::nodesOfType(type.text, std::move(origin), std::move(place)));
    }
    const KeepEntry& entry = entries.back();
    const std::uint32_t first = known.firstLine(entry, line.line);
    if (first != 0 && diagnostics) {
      diagnostics({Severity::warning, "duplicate-entry", NodeId::none, "",
                   fmt::format("{}: keep_dtype entry '{}' is given twice (first at line {})", entry.place,
                               policy::describe(entry), first)});
    }
  }
  return entries;
}

}  // namespace precast
