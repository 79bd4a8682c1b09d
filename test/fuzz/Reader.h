// What every fuzzed reader owes its caller, whatever the text: a value or an error that says where. A violation ends
// the program, which is how libFuzzer learns of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace precast::fuzz {

/// What the fuzzers call their texts.
inline constexpr std::string_view kSource = "fuzz";

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program with the name of what does not hold.
void require(bool holds, const char* what);

/// An error of a reader is kInvalidArgument, or kResourceExhausted for nesting, and its message is UTF-8 that begins
/// with "fuzz:LINE:COLUMN: ", a place in `text` or just behind it.
void requirePlace(const absl::Status& error, std::string_view text);

/// As requirePlace, of a flag's value, which has no lines: the message begins with "fuzz: ".
void requireFlag(const absl::Status& error);

}  // namespace precast::fuzz
