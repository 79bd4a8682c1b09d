#include "policy/Unmatched.h"

#include "fmt/format.h"

namespace precast::policy {

bool isFlag(std::string_view place) { return place.substr(0, 2) == "--"; }

std::string entrySubject(const NamedEntry& entry) {
  const std::string subject = entry.place.empty()   ? fmt::format("{} entry", entry.policy)
                              : isFlag(entry.place) ? fmt::format("{}: entry", entry.place)
                                                    : fmt::format("{}: {} entry", entry.place, entry.policy);
  const bool showsOrigin = entry.place.empty() && !entry.origin.empty();
  return fmt::format("{} '{}'{}", subject, entry.text, showsOrigin ? fmt::format(" ({})", entry.origin) : "");
}

std::string unmatchedMessage(const NamedEntry& entry, std::string_view what, std::string_view nearest) {
  return fmt::format("{} matches no {}{}", entrySubject(entry), what,
                     nearest.empty() ? "" : fmt::format(", nearest is '{}'", nearest));
}

}  // namespace precast::policy
