// How many elements a shape has: every dim known, and the product within 63 bits.
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "precast/Graph.h"

namespace precast {
namespace {

TEST_CASE(
    "a shape has as many elements as its dims say, and an unknown number where one is unknown or it is too much") {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kWord = std::int64_t{1} << 32;
  struct Row {
    std::vector<std::int64_t> dims;
    std::int64_t count;
  };
  const Row rows[] = {
      {{}, 1},
      {{7}, 7},
      {{2, 3, 4}, 24},
      {{0}, 0},
      {{-1}, -1},
      {{2, -1}, -1},
      {{-1, 0}, 0},
      {{kMax, kMax, 0}, 0},
      {{kMax}, kMax},
      {{1, kMax, 1}, kMax},
      {{2, kMax}, -1},
      {{kMax, 2}, -1},
      {{kWord - 1, kWord / 2}, (kWord - 1) * (kWord / 2)},
      {{kWord / 2, kWord}, -1},
      {{kWord, kWord / 2}, -1},
      {{kWord / 2 - 1, kWord / 2 - 1, 2}, (kWord / 2 - 1) * (kWord / 2 - 1) * 2},
      {{kWord / 2 - 1, kWord / 2 - 1, 3}, -1},
      {{3, kWord / 2 - 1, kWord / 2 - 1}, -1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.dims);
    CHECK(ShapeView{true, row.dims}.elementCount() == row.count);
  }
  const std::int64_t dim = 4;
  CHECK(ShapeView{false, {&dim, 1}}.elementCount() == -1);
}

}  // namespace
}  // namespace precast
