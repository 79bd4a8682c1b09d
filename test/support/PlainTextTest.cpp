#include "support/PlainText.h"

#include <catch2/catch.hpp>
#include <string>

namespace precast::support {
namespace {

TEST_CASE("a part of a line has neither controls nor ends of lines, and is UTF-8", "[plain-text]") {
  struct Row {
    std::string text;
    std::string plain;
  };
  const Row rows[] = {
      {"", ""},
      {"conv1/w:0 \xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x98\x80", "conv1/w:0 \xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x98\x80"},
      {"a\n  b\r\nhint: c\td", "a   b  hint: c d"},
      {std::string("\0\x1F\x7F", 3), "   "},
      {"\xC2\x80\xC2\x9F\xC2\xA0", "  \xC2\xA0"},
      {"\xE2\x80\xAE\xE2\x81\xA9\xD8\x9C\xE2\x80\xA9", "    "},
      {"\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA",
       "\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA"},
      {"\xFF\xC3", "??"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(plainLine(row.text) == row.plain);
  }
}

}  // namespace
}  // namespace precast::support
