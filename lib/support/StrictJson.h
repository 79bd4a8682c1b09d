// JSON, read strictly: duplicate keys, comments, trailing text, invalid UTF-8 and deep nesting are errors, and every
// value knows its line and column. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace precast::support {

struct JsonPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, integer, real, string, array, object };
  Kind kind = Kind::null;
  JsonPosition position;  ///< of its first character
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string string;
  std::vector<JsonValue> array;
  std::vector<JsonMember> object;  ///< in the order of the file

  /// The member named `key`; null if there is none or this is no object.
  const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  JsonPosition position;
  JsonValue value;
};

struct JsonDocument {
  std::string source;  ///< what messages call the text
  JsonValue root;

  /// "SOURCE:LINE:COLUMN".
  std::string place(JsonPosition position) const;
  /// kInvalidArgument "SOURCE:LINE:COLUMN: message".
  absl::Status error(JsonPosition position, std::string_view message) const;
};

/// "a string", "a number", ... for messages.
std::string_view describe(JsonValue::Kind kind);

/// kInvalidArgument with line and column; kResourceExhausted for nesting beyond `maxDepth`. A byte order mark is
/// skipped.
absl::StatusOr<JsonDocument> parseJson(std::string_view text, std::string_view source, std::uint32_t maxDepth = 16);

}  // namespace precast::support
