#include "support/NearestName.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace precast::support {

namespace {

char lowerCase(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }

constexpr std::size_t kEdit = 2;
constexpr std::size_t kOtherCase = 1;  // half an edit: "ascend310p3" means "Ascend310P3", not "Ascend310B3"

std::size_t substitution(char a, char b) { return a == b ? 0 : lowerCase(a) == lowerCase(b) ? kOtherCase : kEdit; }

// Distance of Damerau and Levenshtein (letters that changed places are left alone afterwards), given up (as `limit` +
// 1) once two whole rows exceed `limit`.
std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit,
                         std::array<std::vector<std::size_t>, 3>& rows) {
  if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) * kEdit > limit) return limit + 1;
  for (std::vector<std::size_t>& row : rows) row.resize(b.size() + 1);
  auto& [row, above, twoAbove] = rows;
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j * kEdit;
  std::size_t smallestAbove = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    twoAbove.swap(above);
    above.swap(row);
    row[0] = i * kEdit;
    std::size_t smallest = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + kEdit, row[j - 1] + kEdit, above[j - 1] + substitution(a[i - 1], b[j - 1])});
      const bool isSwapped = i > 1 && j > 1 && a[i - 1] != b[j - 1] && substitution(a[i - 1], b[j - 2]) < kEdit &&
                             substitution(a[i - 2], b[j - 1]) < kEdit;
      if (isSwapped) row[j] = std::min(row[j], twoAbove[j - 2] + kEdit);
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit && smallestAbove > limit) return limit + 1;
    smallestAbove = smallest;
  }
  return row[b.size()];
}

// The mistakes that a name of such a length may have. Of two letters none may be another, or all names would be near.
std::size_t tolerance(std::size_t length) { return length < 3 ? 0 : (length + 1) / 3; }

// The letters up to the last colon of `name`, if `candidate` begins with them.
std::size_t sharedDomain(std::string_view name, std::string_view candidate) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) return 0;
  return equalIgnoringCase(name.substr(0, colon + 1), candidate.substr(0, colon + 1)) ? colon + 1 : 0;
}

// nearestName(), with no more mistakes than `most`.
std::string_view nearestWithin(std::size_t most, std::string_view name, absl::Span<const std::string_view> candidates) {
  std::size_t best = std::numeric_limits<std::size_t>::max();
  std::string_view nearest;
  std::array<std::vector<std::size_t>, 3> rows;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || best == 0) continue;
    std::size_t distance = candidate == name ? 0 : kOtherCase;
    if (!equalIgnoringCase(name, candidate)) {
      const std::size_t shared = sharedDomain(name, candidate);
      const std::size_t limit = std::min(std::min(tolerance(name.size() - shared), most) * kEdit, best - 1);
      distance = editDistance(name.substr(shared), candidate.substr(shared), limit, rows);
      if (distance > limit) continue;
      distance = std::max(distance, kOtherCase + 1);
    }
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

// Whether `longer` is `shorter` and further words.
bool goesOn(std::string_view longer, std::string_view shorter) {
  return longer.size() > shorter.size() && longer[shorter.size()] == '_' &&
         equalIgnoringCase(longer.substr(0, shorter.size()), shorter);
}

std::vector<std::string_view> sortedWords(std::string_view flag) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = flag.find('_');
    words.push_back(flag.substr(0, end));
    if (end == std::string_view::npos) break;
    flag.remove_prefix(end + 1);
  }
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

std::string_view nearestName(std::string_view name, absl::Span<const std::string_view> candidates) {
  return nearestWithin(name.size(), name, candidates);
}

std::string_view nearestFlag(std::string_view name, absl::Span<const std::string_view> candidates) {
  constexpr std::size_t kShortest = 3;  // letters of a flag that is cut short
  std::string joined(name);
  std::replace(joined.begin(), joined.end(), '-', '_');
  if (const std::string_view near = nearestWithin(1, joined, candidates); !near.empty()) return near;
  const std::vector<std::string_view> words = sortedWords(joined);
  std::string_view whole;
  std::string_view longer;
  for (std::string_view candidate : candidates) {
    if (candidate.size() == joined.size() && sortedWords(candidate) == words) return candidate;
    if (goesOn(joined, candidate) && candidate.size() > whole.size()) whole = candidate;
    const bool begins = equalIgnoringCase(joined, candidate.substr(0, joined.size()));
    if (begins && (longer.empty() || candidate.size() < longer.size())) longer = candidate;
  }
  if (whole.empty()) {
    const std::string_view near = nearestName(joined, candidates);
    return near.empty() && joined.size() >= kShortest ? longer : near;
  }
  const auto restOf = [&whole](std::string_view flag) { return flag.substr(whole.size() + 1); };
  std::vector<std::string_view> rests;
  for (std::string_view candidate : candidates) {
    if (goesOn(candidate, whole)) rests.push_back(restOf(candidate));
  }
  const std::string_view near = nearestName(restOf(joined), rests);
  if (near.empty()) return whole;
  return *std::find_if(candidates.begin(), candidates.end(),
                       [&](std::string_view each) { return goesOn(each, whole) && restOf(each) == near; });
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowerCase(x) == lowerCase(y); });
}

std::string_view nearestType(std::string_view type, absl::Span<const std::string_view> candidates) {
  constexpr std::size_t kShortest = 4;  // letters that a type has to share to be meant by another
  if (const std::string_view near = nearestName(type, candidates); !near.empty()) return near;
  std::string_view nearest;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (std::string_view candidate : candidates) {
    const std::size_t common = std::min(type.size(), candidate.size());
    const std::size_t others = std::max(type.size(), candidate.size()) - common;
    if (common < kShortest || others >= fewest ||
        !equalIgnoringCase(type.substr(0, common), candidate.substr(0, common)))
      continue;
    nearest = candidate;
    fewest = others;
  }
  return nearest;
}

std::string listKnown(std::string_view name, absl::Span<const std::string_view> known) {
  std::string list = fmt::format("{}", fmt::join(known, ", "));
  const std::string_view near = nearestName(name, known);
  if (!near.empty()) list += fmt::format("; the nearest is '{}'", near);
  return list;
}

}  // namespace precast::support
