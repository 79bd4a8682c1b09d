#include "policy/OperatorAliases.h"

#include <algorithm>

#include "policy/Selectors.h"
#include "target/OperatorKeys.h"

namespace precast::policy {

std::vector<std::size_t> aliasesOf(std::string_view type, const Target& target, const PositionsByType& entries) {
  std::vector<std::size_t> others;
  const auto add = [&](std::string_view name) {
    const auto found = entries.find({name.data(), name.size()});
    if (found != entries.end() && name != type) others.push_back(found->second);
  };
  const target::OperatorName name = target::readOperatorName(type);
  const bool isOnnx = name.domain.value_or("").empty();
  const std::vector<const OpMapping*> mappings = isOnnx ? target.mappings(name.type) : std::vector<const OpMapping*>();
  const bool isTargets = isOnnx && target.resolve(policy::kindNamed(name.type)).mapping == nullptr;
  if (name.domain.has_value() || !isTargets) {
    for (const OpMapping* mapping : mappings) add(mapping->targetType);
  }
  if (name.domain.has_value() && (mappings.empty() || !isTargets)) add(name.type);
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return others;
}

}  // namespace precast::policy
