// Globs: the matcher agrees with the textbook's recursive one, kept to short texts. The first line is the pattern.
#include <array>
#include <string_view>

#include "fuzz/Reader.h"
#include "policy/Glob.h"
#include "support/Utf8.h"

namespace precast::fuzz {
namespace {

constexpr std::size_t kPattern = 10;
constexpr std::size_t kText = 40;

// By what is left of the pattern and of the text: they have been found not to match. Without it eight stars take
// seconds under sanitizers.
using Failed = std::array<std::array<bool, kText + 1>, kPattern + 1>;

bool matches(std::string_view pattern, std::string_view text, Failed& failed) {
  bool& isKnown = failed[pattern.size()][text.size()];
  if (isKnown) return false;
  if (pattern.empty()) return text.empty();
  bool found = false;
  if (pattern[0] == '*') {
    // A star covers whole characters: what is left never begins in the middle of one.
    for (std::size_t skipped = 0; !found; skipped += support::utf8Length(text.substr(skipped))) {
      found = matches(pattern.substr(1), text.substr(skipped), failed);
      if (skipped == text.size()) break;
    }
  } else if (!text.empty()) {
    const std::size_t length = pattern[0] == '?' ? support::utf8Length(text) : 1;
    found = (pattern[0] == '?' || pattern[0] == text[0]) && matches(pattern.substr(1), text.substr(length), failed);
  }
  isKnown = !found;
  return found;
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = support::utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void check(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end > kPattern || text.size() > kText) return;
  const std::string_view pattern = text.substr(0, end);
  const std::string_view name = text.substr(end + 1);
  const bool found = policy::matchesGlob(pattern, name);
  // Bytes that are no UTF-8 stand in no policy file; that they do not crash is enough.
  Failed failed{};
  if (isUtf8(pattern) && isUtf8(name)) require(found == matches(pattern, name, failed), "both matchers agree");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
