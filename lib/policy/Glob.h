// Shell-like patterns over node names, as keep_dtype takes them. Pure functions; thread-safe.
#pragma once

#include <string_view>

namespace precast::policy {

/// True if `text` has a `*` or a `?`, the only two characters that are special.
bool isGlob(std::string_view text);

/// True if `pattern` covers all of `text`: `*` stands for any run of characters ('/' too, and the empty run), `?` for
/// exactly one (of UTF-8; a stray byte counts as one). No recursion, no allocation; time is at most the product of the
/// two lengths, and linear for patterns with one `*`.
bool matchesGlob(std::string_view pattern, std::string_view text);

}  // namespace precast::policy
