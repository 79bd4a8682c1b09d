// Text at the border to Abseil, whose string_view is a type of its own where Abseil was built for C++14. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace precast::support {

/// The same bytes: for look-ups in Abseil's maps.
inline absl::string_view abslView(std::string_view text) { return {text.data(), text.size()}; }

/// `text` with A to Z as a to z.
inline std::string lowerCase(std::string_view text) { return absl::AsciiStrToLower(abslView(text)); }

}  // namespace precast::support
