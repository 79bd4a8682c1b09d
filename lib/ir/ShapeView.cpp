#include <limits>

#include "precast/Graph.h"

namespace precast {

std::int64_t ShapeView::elementCount() const {
  if (!known) return -1;
  bool unknown = false;
  for (std::int64_t dim : dims) {
    if (dim == 0) return 0;
    unknown |= dim < 0;
  }
  if (unknown) return -1;
  std::int64_t count = 1;
  for (std::int64_t dim : dims) {
    // Only where it may be too much, because a division takes as long as all the rest.
    const bool isSmall = (static_cast<std::uint64_t>(count | dim) >> 31) == 0;
    if (!isSmall && count > std::numeric_limits<std::int64_t>::max() / dim) return -1;
    count *= dim;
  }
  return count;
}

}  // namespace precast
