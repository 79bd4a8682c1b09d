#include "TextTable.h"

#include <algorithm>

#include "support/PlainText.h"

namespace precast::tool {

std::string alignColumns(std::vector<std::vector<std::string>> lines, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (std::vector<std::string>& line : lines) {
    std::transform(line.begin(), line.end(), line.begin(), support::plainLine);
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (const std::vector<std::string>& line : lines) {
    std::string padded;
    for (std::size_t c = 0; c < line.size(); ++c) {
      padded += line[c];
      padded.append(widths[c] - line[c].size() + 2, ' ');
    }
    while (!padded.empty() && padded.back() == ' ') padded.pop_back();
    text += indent;
    text += padded;
    text += '\n';
  }
  return text;
}

}  // namespace precast::tool
