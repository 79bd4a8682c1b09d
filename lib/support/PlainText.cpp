#include "support/PlainText.h"

#include <cstddef>

#include "support/Utf8.h"

namespace precast::support {

namespace {

// C0 and C1 controls command a terminal; the controls of right-to-left text make a line read as another; and whoever
// reads lines expects one to end where it is said to.
bool isControl(std::string_view sign) {
  const auto isFrom = [&](std::string_view first, std::string_view last) {
    return sign.size() == first.size() && sign >= first && sign <= last;
  };
  return isFrom(std::string_view("\0", 1), "\x1F") || sign == "\x7F" || isFrom("\xC2\x80", "\xC2\x9F") ||
         sign == "\xD8\x9C" ||                      // U+061C
         isFrom("\xE2\x80\x8E", "\xE2\x80\x8F") ||  // U+200E, U+200F
         isFrom("\xE2\x80\xA8", "\xE2\x80\xAE") ||  // U+2028 to U+202E
         isFrom("\xE2\x81\xA6", "\xE2\x81\xA9");    // U+2066 to U+2069
}

}  // namespace

std::string plainLine(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = utf8Length(text);
    const std::string_view sign = text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
    if (length == 0) {
      result += '?';
    } else if (isControl(sign)) {
      result += ' ';
    } else {
      result += sign;
    }
  }
  return result;
}

}  // namespace precast::support
