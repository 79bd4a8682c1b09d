#include "support/NearestName.h"

#include <algorithm>
#include <vector>

#include "fmt/format.h"

namespace precast::support {

namespace {

char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::size_t kEdit = 2;
constexpr std::size_t kOtherCase = 1;  // half an edit: "ascend310p3" means "Ascend310P3", not "Ascend310B3"

std::size_t substitution(char a, char b) { return a == b ? 0 : lowerCase(a) == lowerCase(b) ? kOtherCase : kEdit; }

// Levenshtein distance, given up (as `limit` + 1) once a whole row exceeds `limit`.
std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit, std::vector<std::size_t>& row) {
  if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) * kEdit > limit) return limit + 1;
  row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j * kEdit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i * kEdit;
    std::size_t smallest = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + kEdit, row[j - 1] + kEdit, diagonal + substitution(a[i - 1], b[j - 1])});
      diagonal = above;
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return limit + 1;
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearestName(std::string_view name, absl::Span<const std::string_view> candidates) {
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) * kEdit + 1;
  std::string_view nearest;
  std::vector<std::size_t> row;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || best == 0) continue;
    const std::size_t distance = editDistance(name, candidate, best - 1, row);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
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
