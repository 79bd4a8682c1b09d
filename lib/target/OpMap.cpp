#include "target/OpMap.h"

#include <utility>

namespace precast::target {

const OpMapping* mappingFor(const OpKind& kind, absl::Span<const NamedMapping> mappings,
                            absl::Span<const std::uint32_t> positions) {
  const auto rank = [](const OpMapping& mapping) { return std::pair(mapping.sinceVersion, !mapping.variant.empty()); };
  const OpMapping* best = nullptr;
  for (std::uint32_t position : positions) {
    const OpMapping& candidate = mappings[position].mapping;
    if (!candidate.variant.empty() && candidate.variant != kind.variant) continue;
    if (kind.sinceVersion != 0 && candidate.sinceVersion > kind.sinceVersion) continue;
    if (best == nullptr || rank(candidate) > rank(*best)) best = &candidate;
  }
  return best;
}

}  // namespace precast::target
