#include "Messages.h"

#include <cstdio>

#include "fmt/format.h"
#include "support/Utf8.h"

namespace precast::tool {

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

// `keeps` says of a line feed, by what comes after it, whether it stays.
template <typename Keeps>
std::string plain(std::string_view text, const Keeps& keeps) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = support::utf8Length(text);
    const std::string_view sign = text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
    if (length == 0) {
      result += '?';
    } else if (isControl(sign) && !(sign == "\n" && keeps(text))) {
      result += ' ';
    } else {
      result += sign;
    }
  }
  return result;
}

}  // namespace

std::string plainLine(std::string_view text) {
  return plain(text, [](std::string_view) { return false; });
}

void printMessage(std::string_view kind, std::string_view text) {
  const auto continues = [](std::string_view rest) {
    return rest.substr(0, 2) == "  " || rest.substr(0, 6) == "hint: ";
  };
  std::string line = plain(fmt::format("precast: {}: {}", kind, text), continues);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string_view messageOf(const absl::Status& status) { return {status.message().data(), status.message().size()}; }

int fail(int status, std::string_view message) {
  printMessage("error", message);
  return status;
}

int fail(const absl::Status& status) { return fail(kFilesAreWrong, messageOf(status)); }

int printResult(std::string_view text) {
  const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return printed ? 0 : fail(kFilesAreWrong, "cannot write to standard output");
}

}  // namespace precast::tool
