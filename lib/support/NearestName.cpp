#include "support/NearestName.h"

#include <algorithm>
#include <vector>

namespace precast::support {

namespace {

// Levenshtein distance, given up (as `limit` + 1) once a whole row exceeds `limit`.
std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit, std::vector<std::size_t>& row) {
  if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) > limit) return limit + 1;
  row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    std::size_t smallest = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return limit + 1;
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearestName(std::string_view name, absl::Span<const std::string_view> candidates) {
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
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

}  // namespace precast::support
