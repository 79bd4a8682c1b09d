// Globs: the matcher agrees with the textbook's recursive one, kept to short texts. The first line is the pattern.
#include <string_view>

#include "fuzz/Reader.h"
#include "policy/Glob.h"
#include "support/Utf8.h"

namespace precast::fuzz {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    // A star covers whole characters: what is left never begins in the middle of one.
    for (std::size_t skipped = 0;; skipped += support::utf8Length(text.substr(skipped))) {
      if (matches(pattern.substr(1), text.substr(skipped))) return true;
      if (skipped == text.size()) return false;
    }
  }
  if (text.empty()) return false;
  if (pattern[0] == '?') return matches(pattern.substr(1), text.substr(support::utf8Length(text)));
  return pattern[0] == text[0] && matches(pattern.substr(1), text.substr(1));
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
  if (end == std::string_view::npos || end > 10 || text.size() > 40) return;
  const std::string_view pattern = text.substr(0, end);
  const std::string_view name = text.substr(end + 1);
  const bool found = policy::matchesGlob(pattern, name);
  // Bytes that are no UTF-8 stand in no policy file; that they do not crash is enough.
  if (isUtf8(pattern) && isUtf8(name)) require(found == matches(pattern, name), "both matchers agree");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
