#include "fmt/format.h"
#include "policy/Selectors.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source) {
  const absl::StatusOr<std::vector<policy::TextPart>> lines = policy::readLines(text, source);
  if (!lines.ok()) return lines.status();
  std::vector<KeepEntry> entries;
  for (const policy::TextPart& line : *lines) {
    std::string origin = fmt::format("keep_dtype, line {}", line.line);
    if (line.text.substr(0, policy::kTypePrefix.size()) != policy::kTypePrefix) {
      entries.push_back(policy::nodesNamed(line.text, std::move(origin)));
      continue;
    }
    const policy::TextPart type = line.part(policy::kTypePrefix.size());
    if (type.text.empty()) {
      return policy::errorAt(source, line, "'OpType::' is not followed by an operator type");
    }
    entries.push_back(policy::nodesOfType(type.text, std::move(origin)));
  }
  return entries;
}

}  // namespace precast
