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
    const char* place;
  };
  const Row rows[] = {
      {Kind::node, "Conv_1", "keep_dtype, line 2", "keep.txt:2:1"},
      {Kind::node, "/model/layer.0/MatMul [1]", "keep_dtype, line 4", "keep.txt:4:4"},
      {Kind::glob, "encoder/*/Softmax*", "keep_dtype, line 5", "keep.txt:5:1"},
      {Kind::glob, "Add_?", "keep_dtype, line 6", "keep.txt:6:1"},
      {Kind::type, "LayerNormalization", "keep_dtype, line 7", "keep.txt:7:1"},
      {Kind::type, "Pow", "keep_dtype, line 8", "keep.txt:8:1"},
      {Kind::node, "Optype::Sqrt", "keep_dtype, line 9", "keep.txt:9:1"},
      {Kind::node, "na\xC3\xAFve", "keep_dtype, line 10", "keep.txt:10:1"},
  };
  REQUIRE(entries->size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CAPTURE(i);
    CHECK((*entries)[i].kind == rows[i].kind);
    CHECK((*entries)[i].pattern == rows[i].pattern);
    CHECK((*entries)[i].origin == rows[i].origin);
    CHECK((*entries)[i].place == rows[i].place);
  }
}

DiagnosticSink collect(std::string& messages) {
  return [&messages](const Diagnostic& d) {
    messages += std::string(toString(d.severity)) + ' ' + std::string(d.id) + ": " + d.message + '\n';
  };
}

TEST_CASE("an entry of keep_dtype that is given twice is a warning with both lines", "[keep-dtype]") {
  std::string messages;
  const auto entries = parseKeepDtype("Conv_1\nOpType::Conv\n\n  Conv_1\nConv\nOpType:: Conv # again\nConv_1",
                                      "keep.txt", collect(messages));
  REQUIRE(entries.ok());
  CHECK(entries->size() == 6);
  CHECK(messages ==
        "warning duplicate-entry: keep.txt:4:3: keep_dtype entry 'Conv_1' is given twice (first at line 1)\n"
        "warning duplicate-entry: keep.txt:6:1: keep_dtype entry 'OpType::Conv' is given twice (first at line 2)\n"
        "warning duplicate-entry: keep.txt:7:1: keep_dtype entry 'Conv_1' is given twice (first at line 1)\n");
}

TEST_CASE("a keep_dtype file may be empty, hold only comments, start with a byte order mark, or lack its last line end",
          "[keep-dtype]") {
  for (std::string_view text :
       {"", "\n", "\r\n\r\n", "# nothing\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF# nothing", "  \t "}) {
    std::string messages;
    const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype(text, "keep.txt", collect(messages));
    REQUIRE(entries.ok());
    CHECK(entries->empty());
    CHECK(messages == "warning policy-names-nothing: keep.txt: keep_dtype: the file names nothing\n");
  }
  const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype("\xEF\xBB\xBFOpType::Conv", "keep.txt");
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().pattern == "Conv");
  CHECK(entries->front().origin == "keep_dtype, line 1");
}

}  // namespace
}  // namespace precast
