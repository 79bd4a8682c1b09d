#include "target/Replacements.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "target/OperatorKeys.h"

namespace precast::target {

namespace {

// A copy of a whole table replaces hundreds of operators, which nobody reads.
constexpr std::size_t kShownOperators = 20;

}  // namespace

bool includesVersions(const OpEntry& outer, const OpEntry& inner) {
  if (inner.sinceVersion < outer.sinceVersion) return false;
  return outer.untilVersion == 0 || (inner.untilVersion != 0 && inner.untilVersion <= outer.untilVersion);
}

bool goesOnBehind(const OpEntry& base, const OpEntry& entry) {
  return entry.untilVersion != 0 && base.sinceVersion <= entry.untilVersion &&
         (base.untilVersion == 0 || base.untilVersion > entry.untilVersion);
}

void Replacements::note(const OpEntry& replaced) {
  const auto named = [&](const File& file) { return file.source == replaced.source; };
  auto file = std::find_if(files_.begin(), files_.end(), named);
  if (file == files_.end()) file = files_.insert(files_.end(), File{replaced.source, {}});
  std::string name = operatorName(replaced.domain, replaced.type);
  // Entries of one operator, by version, follow each other.
  if (file->operators.empty() || file->operators.back() != name) file->operators.push_back(std::move(name));
}

void Replacements::report(std::string_view source, const DiagnosticSink& diagnostics) const {
  if (!diagnostics) return;
  for (const File& file : files_) {
    const auto& names = file.operators;
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShownOperators));
    const std::size_t more = names.size() - static_cast<std::size_t>(end - names.begin());
    diagnostics({Severity::note, "ops-info-replaces", NodeId::none, "",
                 fmt::format("{} replaces {}{} of {}", source, fmt::join(names.begin(), end, ", "),
                             more == 0 ? std::string() : fmt::format(" and {} more", more), file.source)});
  }
}

}  // namespace precast::target
