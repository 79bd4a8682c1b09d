#include "Tally.h"

#include <algorithm>
#include <map>
#include <utility>

#include "fmt/format.h"

namespace precast::test {
namespace {

const char* wordOf(Grade grade) {
  switch (grade) {
  case Grade::fine:
    return "fine";
  case Grade::excused:
    return "excused";
  default:
    return "BROKEN";
  }
}

}  // namespace

std::string countTables(const std::vector<SweptModel>& models, const std::vector<SweepTarget>& targets) {
  const std::vector<PrecisionMode>& modes = sweepModes();
  std::string text;
  for (std::size_t target = 0; target < targets.size(); ++target) {
    std::map<std::pair<Grade, std::string>, std::vector<std::size_t>> rows;
    for (const SweptModel& model : models) {
      for (std::size_t mode = 0; mode < modes.size(); ++mode) {
        const Outcome& outcome = model.result.outcomes[target * modes.size() + mode];
        auto& row = rows[{outcome.grade, outcome.name}];
        row.resize(modes.size());
        ++row[mode];
      }
    }
    text += fmt::format("\ntarget {}, {} models\n{:64}", targets[target].name, models.size(), "");
    for (const PrecisionMode mode : modes) text += fmt::format("{:>26}", toString(mode));
    text += '\n';
    for (const auto& [key, counts] : rows) {
      text += fmt::format("{:8}{:56}", wordOf(key.first), key.second);
      for (const std::size_t count : counts) text += fmt::format("{:>26}", count);
      text += '\n';
    }
  }
  return text;
}

std::string deviations(const std::vector<SweptModel>& models, Grade grade, std::size_t namesPerDetail) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::size_t>> found;
  for (const SweptModel& model : models) {
    for (const Outcome& outcome : model.result.outcomes) {
      if (outcome.grade == grade) ++found[{outcome.name, outcome.detail}][model.name];
    }
  }
  std::string text;
  std::string heading;
  for (const auto& [key, names] : found) {
    if (key.first != heading) text += fmt::format("\n{}: {}\n", wordOf(grade), key.first);
    heading = key.first;
    text += fmt::format("  {}\n", key.second.empty() ? "-" : key.second);
    std::size_t shown = 0;
    for (const auto& [name, count] : names) {
      if (shown++ == namesPerDetail) {
        text += fmt::format("      and {} more\n", names.size() - namesPerDetail);
        break;
      }
      text += fmt::format("      {} ({} of its results)\n", name, count);
    }
  }
  return text;
}

std::size_t countOf(const std::vector<SweptModel>& models, Grade grade) {
  std::size_t count = 0;
  for (const SweptModel& model : models) {
    const auto& outcomes = model.result.outcomes;
    count += static_cast<std::size_t>(
        std::count_if(outcomes.begin(), outcomes.end(), [&](const Outcome& one) { return one.grade == grade; }));
  }
  return count;
}

}  // namespace precast::test
