#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

absl::StatusOr<std::vector<MixlistEntry>> parse(std::string_view text) { return parseMixlist(text, "mix.json"); }

TEST_CASE("a mixlist gives one move per operator type, in the order of first mention", "[mixlist]") {
  const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(R"({
  "black-list": {
    "to-remove": ["Softmax", "Exp"],
    "to-add": ["Conv2D"]
  },
  "white-list": {"to-add": ["Exp", "Exp"]},
  "gray-list": {"to-add": ["Pow"], "to-remove": ["Conv2D"]}
})");
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 4);
  const MixlistEntry& softmax = (*entries)[0];
  CHECK(softmax.move.opType == "Softmax");
  CHECK(softmax.move.colour == ListColour::gray);
  CHECK(softmax.removedFrom == ListColour::black);
  CHECK(softmax.onlyRemoved);
  CHECK(softmax.move.origin == "modify_mixlist, line 3");
  const MixlistEntry& exp = (*entries)[1];
  CHECK(exp.move.opType == "Exp");
  CHECK(exp.move.colour == ListColour::white);
  CHECK(exp.removedFrom == ListColour::black);
  CHECK_FALSE(exp.onlyRemoved);
  CHECK(exp.move.origin == "modify_mixlist, line 6");
  const MixlistEntry& conv = (*entries)[2];
  CHECK(conv.move.opType == "Conv2D");
  CHECK(conv.move.colour == ListColour::black);
  CHECK(conv.removedFrom == ListColour::gray);
  CHECK(conv.move.origin == "modify_mixlist, line 4");
  const MixlistEntry& pow = (*entries)[3];
  CHECK(pow.move.opType == "Pow");
  CHECK(pow.move.colour == ListColour::gray);
  CHECK_FALSE(pow.removedFrom.has_value());
}

TEST_CASE("a mixlist without moves is fine, with or without a byte order mark and CRLF", "[mixlist]") {
  for (std::string_view text :
       {"{}", "\xEF\xBB\xBF{}", "{\r\n}\r\n", R"({"black-list": {}, "white-list": {"to-add": []}})"}) {
    const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(text);
    REQUIRE(entries.ok());
    CHECK(entries->empty());
  }
}

TEST_CASE("brackets nested without end are refused at a fixed depth", "[mixlist]") {
  const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(std::string(1000000, '['));
  REQUIRE_FALSE(entries.ok());
  CHECK(entries.status().code() == absl::StatusCode::kResourceExhausted);
}

/// What applyMixlist makes of `text`, and the messages that it gives.
struct Applied {
  std::vector<ListMove> moves;
  std::vector<std::string> messages;
};

Applied apply(std::string_view text) {
  constexpr std::string_view table = R"({
    "Conv2D": {"precision_reduce": {"flag": "true"}, "input0": {"name": "x", "dtype": "float16"}},
    "Softmax": {"precision_reduce": {"flag": "false"}, "input0": {"name": "x", "dtype": "float16,float"}},
    "Relu": {"input0": {"name": "x", "dtype": "float16,float"}}})";
  const absl::StatusOr<Target> target = Target::fromOpsInfo(table, "table.json");
  REQUIRE(target.ok());
  const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(text);
  REQUIRE(entries.ok());
  Applied applied;
  applied.moves = applyMixlist(*entries, *target, [&](const Diagnostic& diagnostic) {
    CHECK(diagnostic.severity == Severity::warning);
    applied.messages.push_back(std::string(diagnostic.id) + ": " + diagnostic.message);
  });
  return applied;
}

TEST_CASE("moves that agree with the target pass without a word", "[mixlist]") {
  const Applied applied = apply(R"({"black-list": {"to-remove": ["Softmax"], "to-add": ["Conv2D", "Relu"]},
                                    "white-list": {"to-remove": ["Conv2D"]}})");
  CHECK(applied.messages.empty());
  REQUIRE(applied.moves.size() == 3);
  CHECK(applied.moves[0].opType == "Softmax");
  CHECK(applied.moves[0].colour == ListColour::gray);
  CHECK(applied.moves[1].colour == ListColour::black);
  CHECK(applied.moves[2].colour == ListColour::black);
}

TEST_CASE("removing an operator from a list in which it is not is a warning and moves nothing", "[mixlist]") {
  const Applied applied = apply(R"({"black-list": {"to-remove": ["Conv2D"]}})");
  CHECK(applied.moves.empty());
  REQUIRE(applied.messages.size() == 1);
  CHECK(applied.messages[0].find(
            "mixlist-not-in-list: modify_mixlist, line 1: 'Conv2D' is removed from the black-list, but "
            "target '") == 0);
  CHECK(applied.messages[0].find("' has it in the white-list") != std::string::npos);
}

TEST_CASE("a wrong removal does not hinder the addition beside it", "[mixlist]") {
  const Applied applied = apply(R"({"black-list": {"to-remove": ["Conv2D"]}, "gray-list": {"to-add": ["Conv2D"]}})");
  REQUIRE(applied.moves.size() == 1);
  CHECK(applied.moves[0].colour == ListColour::gray);
  CHECK(applied.messages.size() == 1);
}

TEST_CASE("removing an operator from the gray list alone leaves it gray, with a warning", "[mixlist]") {
  const Applied applied = apply(R"({"gray-list": {"to-remove": ["Relu"]}})");
  REQUIRE(applied.messages.size() == 1);
  CHECK(applied.messages[0] ==
        "mixlist-stays-gray: modify_mixlist, line 1: 'Relu' is removed from the gray-list and added to no "
        "other list; it stays gray");
}

TEST_CASE("an operator type that the target does not know is a warning with the nearest name", "[mixlist]") {
  const Applied applied = apply(R"({"black-list": {"to-add": ["SoftMax", "Quux"]}})");
  CHECK(applied.moves.size() == 2);
  REQUIRE(applied.messages.size() == 2);
  CHECK(applied.messages[0].find("does not know operator type 'SoftMax', nearest is 'Softmax'") != std::string::npos);
  CHECK(applied.messages[1].find("does not know operator type 'Quux'") != std::string::npos);
  CHECK(applied.messages[1].find("nearest") == std::string::npos);
}

TEST_CASE("on an Ascend target both the Ascend type and the ONNX type are known", "[mixlist]") {
  const absl::StatusOr<Target> target = Target::forSoc("Ascend310");
  REQUIRE(target.ok());
  const absl::StatusOr<std::vector<MixlistEntry>> entries =
      parse(R"({"white-list": {"to-add": ["BNInfer", "Conv", "Resize"]}})");
  REQUIRE(entries.ok());
  std::vector<std::string> messages;
  applyMixlist(*entries, *target, [&](const Diagnostic& diagnostic) { messages.push_back(diagnostic.message); });
  CHECK(messages.empty());
}

}  // namespace
}  // namespace precast
