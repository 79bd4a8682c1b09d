#include "target/OperatorKeys.h"

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "support/AbslText.h"

namespace precast::target {

namespace {

constexpr std::string_view kDefaultDomain = "ai.onnx";

}  // namespace

std::string_view canonicalDomain(std::string_view domain) {
  return domain == kDefaultDomain ? std::string_view() : domain;
}

std::string operatorName(std::string_view domain, std::string_view type) {
  return domain.empty() ? std::string(type) : fmt::format("{}:{}", domain, type);
}

std::string fullOperatorName(std::string_view domain, std::string_view type) {
  return operatorName(domain.empty() ? kDefaultDomain : domain, type);
}

OperatorName readOperatorName(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return {std::nullopt, name};
  return {canonicalDomain(name.substr(0, colon)), name.substr(colon + 1)};
}

std::string operatorInKey(std::string_view key, std::string_view domain, int sinceVersion) {
  const std::string prefix = fmt::format("{}:", domain.empty() ? kDefaultDomain : domain);
  if (key.substr(0, prefix.size()) == prefix) key.remove_prefix(prefix.size());
  const std::string suffix = fmt::format("@{}", sinceVersion);
  if (key.size() >= suffix.size() && key.substr(key.size() - suffix.size()) == suffix) key.remove_suffix(suffix.size());
  return std::string(key);
}

std::string operatorNameMistake(std::string_view type, std::string_view domain, int sinceVersion) {
  constexpr std::string_view kNone = "it does not have";
  if (type.find(':') != std::string_view::npos) {
    return fmt::format("a domain in a key is the entry's domain, which {}",
                       domain.empty() ? std::string(kNone) : fmt::format("is '{}'", domain));
  }
  if (absl::StripAsciiWhitespace(support::abslView(type)).size() != type.size())
    return "a key is the name of an operator and no more, without white space around it";
  if (type.find_first_of("*?") != std::string_view::npos) return "a key is the name of one operator and no pattern";
  if (type.find('@') == std::string_view::npos) return "";
  return fmt::format("a version in a key is the entry's since_version, which {}",
                     sinceVersion == 0 ? std::string(kNone) : fmt::format("is {}", sinceVersion));
}

}  // namespace precast::target
