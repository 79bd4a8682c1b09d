#include "Messages.h"

#include <cstdio>

#include "fmt/format.h"
#include "support/PlainText.h"

namespace precast::tool {

void printMessage(std::string_view kind, std::string_view text) {
  const std::string line = fmt::format("precast: {}: {}\n", kind, support::plainLine(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void printLines(std::string_view kind, std::string_view text) {
  std::string lines = fmt::format("precast: {}: ", kind);
  while (true) {
    const std::size_t end = text.find('\n');
    lines += support::plainLine(text.substr(0, end)) + '\n';
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  std::fwrite(lines.data(), 1, lines.size(), stderr);
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
