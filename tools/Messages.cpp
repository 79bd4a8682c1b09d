#include "Messages.h"

#include <cstdio>
#include <string>

#include "fmt/format.h"

namespace precast::tool {

void printMessage(std::string_view kind, std::string_view text) {
  std::string line = fmt::format("precast: {}: {}", kind, text);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if (byte >= 0x20 && byte != 0x7F) continue;
    const std::string_view rest = std::string_view(line).substr(i + 1);
    const bool continues = rest.substr(0, 2) == "  " || rest.substr(0, 6) == "hint: ";
    if (byte != '\n' || !continues) line[i] = ' ';
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int fail(int status, std::string_view message) {
  printMessage("error", message);
  return status;
}

int fail(const absl::Status& status) {
  return fail(kFilesAreWrong, {status.message().data(), status.message().size()});
}

int printResult(std::string_view text) {
  const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return printed ? 0 : fail(kFilesAreWrong, "cannot write to standard output");
}

}  // namespace precast::tool
