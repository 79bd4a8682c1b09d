#include "policy/Glob.h"

#include <string>

#include <catch2/catch.hpp>

namespace precast::policy {
namespace {

TEST_CASE("a star stands for any run of characters and a question mark for exactly one", "[glob]") {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Row rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "encoder/layer.0/Softmax", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"Conv_1", "Conv_1", true},
      {"Conv_1", "Conv_11", false},
      {"Conv_?", "Conv_1", true},
      {"Conv_?", "Conv_11", false},
      {"Conv_??", "Conv_11", true},
      {"Conv_*", "Conv_", true},
      {"*Conv", "Conv", true},
      {"*Conv", "Conv_1", false},
      {"encoder/*/Softmax*", "encoder/layer.3/attention/Softmax_2", true},
      {"encoder/*/Softmax*", "decoder/layer.3/Softmax_2", false},
      {"encoder/*/Softmax*", "encoder/Softmax", false},
      {"*a*b*c*", "xxaxxbxxcxx", true},
      {"*a*b*c*", "xxaxxcxxbxx", false},
      {"a*b?c", "axbbc", true},
      {"a*b?c", "abbbbc", true},
      {"a*?", "a", false},
      {"**?*", "a", true},
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"\\*", "\\x", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern, row.text);
    CHECK(matchesGlob(row.pattern, row.text) == row.matches);
  }
}

TEST_CASE("a question mark covers one UTF-8 character, also where a star stands beside it", "[glob]") {
  CHECK(matchesGlob("caf?", "caf\xC3\xA9"));
  CHECK_FALSE(matchesGlob("caf??", "caf\xC3\xA9"));
  CHECK(matchesGlob("*?", "\xE2\x82\xAC"));
  CHECK_FALSE(matchesGlob("*??", "\xE2\x82\xAC"));
  CHECK(matchesGlob("?", "\xFF"));
}

TEST_CASE("a pattern of many stars against a long name that does not match takes no exponential time", "[glob]") {
  const std::string text(20000, 'a');
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  CHECK_FALSE(matchesGlob(pattern + "b", text));
  CHECK(matchesGlob(pattern, text));
}

TEST_CASE("only stars and question marks make a glob", "[glob]") {
  CHECK(isGlob("a*"));
  CHECK(isGlob("?"));
  CHECK_FALSE(isGlob("layer[0]/MatMul"));
  CHECK_FALSE(isGlob(""));
}

}  // namespace
}  // namespace precast::policy
