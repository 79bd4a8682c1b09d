// A target on which operators disagree, so that there is something to cast.
#pragma once

#include <string>
#include <string_view>

#include "Setup.h"

namespace precast::test {

/// A and Pair have float16 alone, B has float32 alone, and Both has either.
inline constexpr const char* kTwoPrecisions = R"(
A (f16 -> f16)
B (f32 -> f32)
Pair (f16 f16 -> f16)
Both (f16 -> f16) (f32 -> f32)
)";

/// What `text` compiles to there.
inline std::string compiledAtTwoPrecisions(std::string_view text) {
  return Setup(kTwoPrecisions, PrecisionMode::allowFp32ToFp16).compiled(text);
}

}  // namespace precast::test
