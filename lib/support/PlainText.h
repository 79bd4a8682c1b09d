// Names in files as parts of a line that a person or a program reads. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace precast::support {

/// `text`, which may quote names in a file, as a part of one line: control characters, those of right-to-left text, and
/// the separators of lines and paragraphs become blanks, and bytes that are no UTF-8 '?'.
std::string plainLine(std::string_view text);

}  // namespace precast::support
