// The flags that are lists of names: input_fp16_nodes ("a;b") and optypelist_for_implmode ("A,B").
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

namespace {

absl::StatusOr<std::vector<std::string>> readNames(std::string_view text, std::string_view source, char separator) {
  const absl::StatusOr<std::vector<policy::TextPart>> items = policy::readItems(text, source, separator);
  if (!items.ok()) return items.status();
  absl::flat_hash_set<absl::string_view> known;
  std::vector<std::string> names;
  for (const policy::TextPart& item : *items) {
    if (!known.insert({item.text.data(), item.text.size()}).second) {
      return policy::errorAt(source, item, fmt::format("'{}' is given twice", item.text));
    }
    names.emplace_back(item.text);
  }
  return names;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> parseInputFp16Nodes(std::string_view text, std::string_view source) {
  return readNames(text, source, ';');
}

absl::StatusOr<std::vector<std::string>> parseOptypelist(std::string_view text, std::string_view source) {
  return readNames(text, source, ',');
}

}  // namespace precast
