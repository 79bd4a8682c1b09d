#include <string>

#include <catch2/catch.hpp>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

using Kind = KeepEntry::Kind;

TEST_CASE("keep_dtype takes names, globs and operator types, one per line", "[keep-dtype]") {
  const std::string text = "# nodes that must stay exact\n"
                           "Conv_1\n"
                           "\n"
                           "   /model/layer.0/MatMul [1]\t \n"
                           "encoder/*/Softmax*   # a comment behind an entry\n"
                           "Add_?\r\n"
                           "OpType::LayerNormalization\n"
                           "OpType:: Pow \n"
                           "Optype::Sqrt\n"
                           "na\xC3\xAFve";
  const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype(text, "keep.txt");
  REQUIRE(entries.ok());
  struct Row {
    Kind kind;
    const char* pattern;
    const char* origin;
  };
  const Row rows[] = {
      {Kind::node, "Conv_1", "keep_dtype, line 2"},
      {Kind::node, "/model/layer.0/MatMul [1]", "keep_dtype, line 4"},
      {Kind::glob, "encoder/*/Softmax*", "keep_dtype, line 5"},
      {Kind::glob, "Add_?", "keep_dtype, line 6"},
      {Kind::type, "LayerNormalization", "keep_dtype, line 7"},
      {Kind::type, "Pow", "keep_dtype, line 8"},
      {Kind::node, "Optype::Sqrt", "keep_dtype, line 9"},
      {Kind::node, "na\xC3\xAFve", "keep_dtype, line 10"},
  };
  REQUIRE(entries->size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CAPTURE(i);
    CHECK((*entries)[i].kind == rows[i].kind);
    CHECK((*entries)[i].pattern == rows[i].pattern);
    CHECK((*entries)[i].origin == rows[i].origin);
  }
}

TEST_CASE("a keep_dtype file may be empty, hold only comments, start with a byte order mark, or lack its last line end",
          "[keep-dtype]") {
  for (std::string_view text :
       {"", "\n", "\r\n\r\n", "# nothing\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF# nothing", "  \t "}) {
    const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype(text, "keep.txt");
    REQUIRE(entries.ok());
    CHECK(entries->empty());
  }
  const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype("\xEF\xBB\xBFOpType::Conv", "keep.txt");
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().pattern == "Conv");
  CHECK(entries->front().origin == "keep_dtype, line 1");
}

TEST_CASE("malformed keep_dtype files are refused with line and column", "[keep-dtype]") {
  struct Row {
    std::string text;
    const char* message;
  };
  const Row rows[] = {
      {"OpType::", "keep.txt:1:1: 'OpType::' is not followed by an operator type"},
      {"Conv_1\n  OpType::  # Pow\n", "keep.txt:2:3: 'OpType::' is not followed by an operator type"},
      {"Conv_1\nca\xFF\n", "keep.txt:2:3: byte 0xff is not valid UTF-8"},
      {"# latin caf\xE9\n", "keep.txt:1:12: byte 0xe9 is not valid UTF-8"},
      {"\xC0\xAF", "keep.txt:1:1: byte 0xc0 is not valid UTF-8"},
      {"\xED\xA0\x80", "keep.txt:1:1: byte 0xed is not valid UTF-8"},
      {"\xE2\x82", "keep.txt:1:1: byte 0xe2 is not valid UTF-8"},
      {std::string("Conv_1\0", 7), "keep.txt:1:7: control character 0x00 in a line of text"},
      {"a\x1B[31m", "keep.txt:1:2: control character 0x1b in a line of text"},
      {std::string("C\0o\0n\0v\0", 8), "keep.txt:1:2: control character 0x00 in a line of text"},
      {std::string("\xFF\xFE"
                   "C\0",
                   4),
       "keep.txt:1:1: byte 0xff is not valid UTF-8"},
  };
  for (const Row& row : rows) {
    const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype(row.text, "keep.txt");
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(entries.status().message() == row.message);
  }
}

}  // namespace
}  // namespace precast
