#include "Messages.h"

#include <cstdio>
#include <string>

#include "fmt/format.h"
#include "support/Utf8.h"

namespace precast::tool {

void printMessage(std::string_view kind, std::string_view text) {
  const std::string whole = fmt::format("precast: {}: {}", kind, text);
  std::string line;
  for (std::string_view rest = whole; !rest.empty();) {
    const std::size_t length = support::utf8Length(rest);
    const std::string_view sign = rest.substr(0, length);
    rest.remove_prefix(length == 0 ? 1 : length);
    const bool continues = rest.substr(0, 2) == "  " || rest.substr(0, 6) == "hint: ";
    // C0 and C1 controls command a terminal, and whoever reads lines expects text.
    const bool isControl =
        sign == "\x7F" || (length == 1 && sign[0] < ' ') || (sign >= "\xC2\x80" && sign < "\xC2\xA0");
    if (length == 0) {
      line += '?';
    } else if (isControl && (sign != "\n" || !continues)) {
      line += ' ';
    } else {
      line += sign;
    }
  }
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
