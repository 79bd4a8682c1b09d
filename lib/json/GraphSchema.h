// What reader and writer of JSON graphs agree on.
#pragma once

#include <string_view>

namespace precast {

inline constexpr std::string_view kGraphSchema = "precast.graph/1";

}  // namespace precast
