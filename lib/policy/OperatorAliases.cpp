#include "policy/OperatorAliases.h"

#include <algorithm>
#include <string>

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
    for (const OpMapping* mapping : mappings) {
      // What is a name of ONNX too is that operator's: Dropout is served as Identity, but it is not ONNX's Identity.
      if (mapping->targetType == name.type || target.mappings(mapping->targetType).empty()) add(mapping->targetType);
    }
  }
  if (name.domain.has_value() && (mappings.empty() || !isTargets)) add(name.type);
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return others;
}

TargetOp resolveNamed(std::string_view type, const Target& target) {
  OpKind kind = kindNamed(type);
  const TargetOp op = target.resolve(kind);
  if (op.known || target::readOperatorName(type).domain.has_value()) return op;
  for (const KernelLibrary& library : target.libraries()) {
    for (const OpEntry& entry : library.entries) {
      if (entry.type != kind.type) continue;
      kind.domain = entry.domain;
      return target.resolve(kind);
    }
  }
  return op;
}

bool namesMore(std::string_view type, std::string_view alias, const Target& target) {
  const target::OperatorName name = target::readOperatorName(type);
  const target::OperatorName other = target::readOperatorName(alias);
  if (name.type == other.type) return !name.domain.has_value() && other.domain.has_value();
  const auto isServedAs = [&](const OpMapping* mapping) { return mapping->targetType == name.type; };
  const std::vector<std::string> onnx = target.mappedOperatorNames();
  return std::any_of(onnx.begin(), onnx.end(), [&](const std::string& each) {
    const std::vector<const OpMapping*> mappings = target.mappings(each);
    return each != other.type && std::any_of(mappings.begin(), mappings.end(), isServedAs);
  });
}

}  // namespace precast::policy
