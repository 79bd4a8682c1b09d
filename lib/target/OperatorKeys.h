// The keys that name the operators of op-info tables. Operators of two domains may have one name, and an operator may
// have an entry per version; the key is then "domain:Type", "Type@version" or both, of the entry's own domain and
// version. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace precast::target {

/// "" for "ai.onnx", ONNX's own domain by its other name; else `domain`.
std::string_view canonicalDomain(std::string_view domain);

/// An operator as policies, commands and messages call it: "Type" or, outside of ONNX's own domain, "domain:Type".
std::string operatorName(std::string_view domain, std::string_view type);

/// As operatorName(), with the domain of ONNX's own operators too: "ai.onnx:Type".
std::string fullOperatorName(std::string_view domain, std::string_view type);

/// What such a name says. Views point into it.
struct OperatorName {
  std::optional<std::string_view> domain;  ///< canonical; none if the name has none
  std::string_view type;
};
/// "ai.onnx:Add" is of the domain ""; ":Add" and "Add:" are types as they stand.
OperatorName readOperatorName(std::string_view name);

/// The type of the operator that `key` names, for an entry of this domain and since_version (0: none stated).
std::string operatorInKey(std::string_view key, std::string_view domain, int sinceVersion);

/// Why no operator is called `type`, which operatorInKey() made of a key: a domain or a version that is not the entry's
/// is left in it, white space is around it, or it is a pattern. "" if some may be.
std::string operatorNameMistake(std::string_view type, std::string_view domain, int sinceVersion);

}  // namespace precast::target
