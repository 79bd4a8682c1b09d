#include "policy/Selectors.h"

#include <utility>

#include "fmt/format.h"
#include "policy/Glob.h"
#include "target/OperatorKeys.h"

namespace precast::policy {

NodeSelector nodesNamed(std::string_view name, std::string origin, std::string place) {
  const auto kind = isGlob(name) ? NodeSelector::Kind::glob : NodeSelector::Kind::node;
  return {kind, std::string(name), std::move(origin), std::move(place)};
}

NodeSelector nodesOfType(std::string_view type, std::string origin, std::string place) {
  return {NodeSelector::Kind::type, std::string(type), std::move(origin), std::move(place)};
}

OpKind kindNamed(std::string_view type) {
  const target::OperatorName name = target::readOperatorName(type);
  OpKind kind;
  kind.domain = std::string(name.domain.value_or(""));
  kind.type = std::string(name.type);
  return kind;
}

std::string describe(const NodeSelector& selector) {
  return fmt::format("{}{}", selector.kind == NodeSelector::Kind::type ? kTypePrefix : "", selector.pattern);
}

std::uint32_t SelectorLines::firstLine(const NodeSelector& selector, std::uint32_t line) {
  const char kind = selector.kind == NodeSelector::Kind::type ? 't' : 'n';
  const auto [found, isNew] = lines_.try_emplace(kind + selector.pattern, line);
  return isNew ? 0 : found->second;
}

}  // namespace precast::policy
