#include "policy/TextLines.h"

#include <catch2/catch.hpp>

namespace precast::policy {
namespace {

// "line:column text" of each part.
std::string shown(const std::vector<TextPart>& parts) {
  std::string text;
  for (const TextPart& part : parts) {
    text += std::to_string(part.line) + ":" + std::to_string(part.column) + " " + std::string(part.text) + "\n";
  }
  return text;
}

std::string linesOf(std::string_view text) {
  const absl::StatusOr<std::vector<TextPart>> lines = readLines(text, "f");
  return lines.ok() ? shown(*lines) : std::string(lines.status().message());
}

TEST_CASE("lines that say something know where they stand") {
  struct Row {
    std::string text;
    const char* lines;
  };
  const Row rows[] = {
      {"", ""},
      {"\n\n \t \n", ""},
      {"a", "1:1 a\n"},
      {"a\nb\n", "1:1 a\n2:1 b\n"},
      {"a\r\nb\r\n\r\n", "1:1 a\n2:1 b\n"},
      {"# all of it\na # the rest\n#", "2:1 a\n"},
      {"\n  a b \t\n", "2:3 a b\n"},
      {"\xEF\xBB\xBF"
       "a",
       "1:1 a\n"},
      {"\xEF\xBB\xBF", ""},
      {"na\xC3\xAFve # \xE2\x82\xAC\xF0\x9F\x98\x80", "1:1 na\xC3\xAFve\n"},
      {"a\tb", "1:1 a\tb\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(linesOf(row.text) == row.lines);
  }
}

TEST_CASE("items are divided at the separator and keep their columns") {
  const TextPart line{" a ;b;; c", 7, 3};
  CHECK(shown(splitItems(line, ';')) == "7:4 a\n7:7 b\n7:9 \n7:11 c\n");
  CHECK(shown(splitItems({"", 1, 1}, ';')) == "1:1 \n");
  CHECK(shown(splitItems({"a,b", 1, 1}, ';')) == "1:1 a,b\n");
  const absl::StatusOr<std::vector<TextPart>> items = readItems(" a; b ", "--flag", ';');
  REQUIRE(items.ok());
  CHECK(shown(*items) == "0:2 a\n0:5 b\n");
}

TEST_CASE("a part of a part has no blanks around it") {
  const TextPart line{"  key = value  ", 2, 1};
  CHECK(shown({line.part(0, 6), line.part(7), line.part(13), line.part(0, 0)}) == "2:3 key\n2:9 value\n2:14 \n2:1 \n");
}

TEST_CASE("an error names its place and an unknown word what is known") {
  const absl::Status status = errorAt("keep.txt", {"x", 3, 9}, "no such thing");
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(status.message() == "keep.txt:3:9: no such thing");
  CHECK(errorAt("--flag", {"x", 0, 9}, "no such thing").message() == "--flag: no such thing");
  const std::string_view known[] = {"to-add", "to-remove"};
  CHECK(unknownWord("key", "to-ad", known) ==
        "unknown key 'to-ad'; the keys are to-add, to-remove; the nearest is 'to-add'");
  CHECK(unknownWord("key", "zzz", known) == "unknown key 'zzz'; the keys are to-add, to-remove");
}

}  // namespace
}  // namespace precast::policy
