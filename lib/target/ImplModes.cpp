#include "target/ImplModes.h"

#include "fmt/format.h"
#include "target/EmbeddedFiles.h"

namespace precast::target {

std::string_view builtinImplModeIni(std::string_view name) {
  const EmbeddedFile* file = findEmbedded(fmt::format("impl_mode/{}.ini", name));
  return file == nullptr ? std::string_view() : file->text;
}

ImplModeTable readImplModes(std::string_view ini) {
  ImplModeTable table;
  const auto takeUntil = [](std::string_view& text, char separator) {
    const std::string_view head = text.substr(0, text.find(separator));
    text.remove_prefix(head.size() == text.size() ? head.size() : head.size() + 1);
    return head;
  };
  while (!ini.empty()) {
    std::string_view line = takeUntil(ini, '\n');
    if (line.find('=') == std::string_view::npos) continue;
    std::vector<std::string>& modes = table[std::string(takeUntil(line, '='))];
    while (!line.empty()) modes.emplace_back(takeUntil(line, ','));
  }
  return table;
}

}  // namespace precast::target
