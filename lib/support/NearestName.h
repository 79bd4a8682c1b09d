// Spelling help for messages. A pure function.
#pragma once

#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace precast::support {

/// The candidate that is fewest mistakes away from `name`: a letter more, less or another, or two that change places.
/// The first of equals wins; one that differs in case alone is nearer than all others. "" if none is near: more than a
/// third of the letters would have to change, those of a domain that both begin with ("domain:") aside.
std::string_view nearestName(std::string_view name, absl::Span<const std::string_view> candidates);

/// As nearestName(), of operator types, whose names people cut short (BatchNorm) or go on with (MaxPooling): where none
/// is near, the one that shares the most letters, of those that begin with `name` or that it begins with.
std::string_view nearestType(std::string_view type, absl::Span<const std::string_view> candidates);

/// As nearestName(), of flags without dashes before them: words joined by '_', or by '-' in `name`. Beyond one mistake,
/// the one that has the same words in another order, or the longest flag that `name` goes on from ("log" for
/// "log_level"), unless what follows is near too, and where none is near, the shortest that begins with `name`
/// ("soc_version" for "soc").
std::string_view nearestFlag(std::string_view name, absl::Span<const std::string_view> candidates);

/// Whether two names are equal but for the case of letters.
bool equalIgnoringCase(std::string_view a, std::string_view b);

/// What a message says about a name that is none of `known`: "a, b, c", and "; the nearest is 'b'" if one is near.
std::string listKnown(std::string_view name, absl::Span<const std::string_view> known);

}  // namespace precast::support
