// The tool's messages on standard error: nothing in a model can make them look like others.
#pragma once

#include <string_view>

namespace precast::tool {

/// Prints "precast: KIND: TEXT" as one line; only the list of refused nodes has more, indented, and a last line
/// "hint: ...".
/// All other control characters, which names in a file may hold, become blanks.
void printMessage(std::string_view kind, std::string_view text);

}  // namespace precast::tool
