#include "target/DTypeWords.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "support/AbslText.h"

namespace precast::target {

std::vector<std::string_view> wordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == ' ' || word.back() == '\t')) word.remove_suffix(1);
    words.push_back(word);
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

std::optional<DType> parseFrameworkDType(std::string_view word) {
  if (word.substr(0, 3) != "DT_") return parseDType(word);
  const std::string lower = support::lowerCase(word.substr(3));
  if (lower == "bf16") return DType::bfloat16;
  return parseDType(lower);
}

bool isForeignDType(std::string_view word) {
  constexpr std::string_view kForeign[] = {"DT_DUAL",   "DT_QINT16",   "DT_QINT32",     "DT_QINT8",  "DT_QUINT16",
                                           "DT_QUINT8", "DT_RESOURCE", "DT_STRING_REF", "DT_VARIANT"};
  return std::find(std::begin(kForeign), std::end(kForeign), word) != std::end(kForeign);
}

}  // namespace precast::target
