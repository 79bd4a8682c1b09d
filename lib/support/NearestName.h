// Spelling help for messages. A pure function.
#pragma once

#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace precast::support {

/// The candidate that is fewest edits away from `name`; "" if none is near (more than a third of the name's length, at
/// least 2, would have to change). The first of equals wins.
std::string_view nearestName(std::string_view name, absl::Span<const std::string_view> candidates);

/// What a message says about a name that is none of `known`: "a, b, c", and "; the nearest is 'b'" if one is near.
std::string listKnown(std::string_view name, absl::Span<const std::string_view> known);

}  // namespace precast::support
