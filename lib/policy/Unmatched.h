// What warnings say about an entry of a policy that matches nothing or has no effect: one wording for files, flags and
// entries made by the API. A pure function; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace precast::policy {

/// An entry as messages name it.
struct NamedEntry {
  std::string_view policy;    ///< "keep_dtype"
  std::string_view place;     ///< "keep.txt:4:1", "--output_type", or "" for an entry made by the API
  std::string_view text;      ///< "Conv_l"
  std::string_view origin{};  ///< shown where there is no place
};

/// What a warning about an entry begins with: "keep.txt:4:1: keep_dtype entry 'Conv_l'"; "--output_type: entry ..." of
/// a flag.
std::string entrySubject(const NamedEntry& entry);

/// "keep.txt:4:1: keep_dtype entry 'Conv_l' matches no node, nearest is 'Conv_1'". `nearest` is "" if nothing is
/// near.
std::string unmatchedMessage(const NamedEntry& entry, std::string_view what, std::string_view nearest);

/// True if `place` is a flag, whose value has no lines.
bool isFlag(std::string_view place);

}  // namespace precast::policy
