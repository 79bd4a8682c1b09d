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

}  // namespace
}  // namespace precast
