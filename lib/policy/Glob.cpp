// The classic greedy matcher: only the last `*` ever needs to be reconsidered, because whatever an earlier one could
// swallow in addition, the later one can swallow as well. So one remembered position replaces the recursion.

#include "policy/Glob.h"

#include <cstddef>

namespace precast::policy {
namespace {

/// The position behind the character that starts at `at`: a byte and the UTF-8 continuation bytes that follow it.
std::size_t nextCharacter(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

}  // namespace

bool isGlob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

bool matchesGlob(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t afterStar = none;  // position in the pattern behind the last `*`
  std::size_t starEnd = 0;       // end of what that `*` has swallowed so far
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      afterStar = ++p;
      starEnd = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = nextCharacter(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (afterStar != none) {
      p = afterStar;
      starEnd = nextCharacter(text, starEnd);
      t = starEnd;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace precast::policy
