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

TEST_CASE("a mixlist without moves is read with a warning, with or without a byte order mark and CRLF", "[mixlist]") {
  for (std::string_view text :
       {"{}", "\xEF\xBB\xBF{}", "{\r\n}\r\n", R"({"black-list": {}, "white-list": {"to-add": []}})"}) {
    std::string messages;
    const absl::StatusOr<std::vector<MixlistEntry>> entries =
        parseMixlist(text, "mix.json", [&](const Diagnostic& d) { messages += d.message; });
    REQUIRE(entries.ok());
    CHECK(entries->empty());
    CHECK(messages == "mix.json: modify_mixlist: the file names nothing");
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
  absl::StatusOr<std::vector<ListMove>> moves = applyMixlist(*entries, *target, [&](const Diagnostic& diagnostic) {
    CHECK(diagnostic.severity == Severity::warning);
    applied.messages.push_back(std::string(diagnostic.id) + ": " + diagnostic.message);
  });
  REQUIRE(moves.ok());
  applied.moves = *std::move(moves);
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
            "mixlist-not-in-list: mix.json:1:31: modify_mixlist: 'Conv2D' is removed from the black-list, but "
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
        "mixlist-stays-gray: mix.json:1:30: modify_mixlist: 'Relu' is removed from the gray-list and added to no "
        "other list; it stays gray");
}

TEST_CASE("an operator type that the target does not know is a warning with the nearest name", "[mixlist]") {
  const Applied applied = apply(R"({"black-list": {"to-add": ["SoftMax", "Quux"]}})");
  CHECK(applied.moves.size() == 2);
  REQUIRE(applied.messages.size() == 2);
  CHECK(applied.messages[0] == "mixlist-unknown-op: mix.json:1:28: modify_mixlist entry 'SoftMax' matches no operator "
                               "type of target 'table.json', nearest is 'Softmax'");
  CHECK(applied.messages[1] ==
        "mixlist-unknown-op: mix.json:1:39: modify_mixlist entry 'Quux' matches no operator type "
        "of target 'table.json'");
}

TEST_CASE("on an Ascend target both the Ascend type and the ONNX type are known", "[mixlist]") {
  const absl::StatusOr<Target> target = Target::forSoc("Ascend310");
  REQUIRE(target.ok());
  const absl::StatusOr<std::vector<MixlistEntry>> entries =
      parse(R"({"white-list": {"to-add": ["BNInfer", "Conv", "Resize"]}})");
  REQUIRE(entries.ok());
  std::vector<std::string> messages;
  CHECK(applyMixlist(*entries, *target, [&](const Diagnostic& d) { messages.push_back(d.message); }).ok());
  CHECK(messages.empty());
}

/// What applyMixlist says on Ascend, where ONNX's Conv is Conv2D: an error, else the moves "Conv:black Conv2D:gray ".
std::string onAscend(std::string_view text) {
  const absl::StatusOr<Target> target = Target::forSoc("Ascend310");
  REQUIRE(target.ok());
  const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(text);
  REQUIRE(entries.ok());
  const absl::StatusOr<std::vector<ListMove>> moves = applyMixlist(*entries, *target, {});
  if (!moves.ok()) {
    CHECK(moves.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(moves.status().message());
  }
  std::string shown;
  for (const ListMove& move : *moves) {
    shown += move.opType;
    shown += move.colour == ListColour::black ? ":black " : move.colour == ListColour::white ? ":white " : ":gray ";
  }
  return shown;
}

TEST_CASE("one operator put on two lists under its two names is refused with both places", "[mixlist]") {
  const std::string same = ", which is the same operator on target 'ascend310', is ";
  CHECK(onAscend("{\"black-list\": {\"to-add\": [\"Conv\"]},\n \"white-list\": {\"to-add\": [\"Conv2D\"]}}") ==
        "mix.json:2:28: operator type 'Conv2D' is added to the white-list, but 'Conv' (mix.json:1:28)" + same +
            "added to the black-list");
  CHECK(onAscend("{\"black-list\": {\"to-add\": [\"Conv2D\"]},\n \"gray-list\": {\"to-add\": [\"Conv\"]}}") ==
        "mix.json:2:27: operator type 'Conv' is added to the gray-list, but 'Conv2D' (mix.json:1:28)" + same +
            "added to the black-list");
  CHECK(onAscend("{\"white-list\": {\"to-add\": [\"Conv\"],\n  \"to-remove\": [\"Conv2D\"]}}") ==
        "mix.json:2:17: operator type 'Conv2D' is removed from the white-list, but 'Conv' (mix.json:1:28)" + same +
            "added to the white-list");
  CHECK(onAscend("{\"white-list\": {\"to-remove\": [\"Conv\"]}, \"black-list\": {\"to-remove\": [\"Conv2D\"]}}")
            .find("is removed from the black-list, but 'Conv' (mix.json:1:31)" + same) != std::string::npos);
}

TEST_CASE("one operator that its two names agree about is one move, whichever name comes first", "[mixlist]") {
  CHECK(onAscend(R"({"black-list": {"to-add": ["Conv", "Conv2D"]}})") == "Conv:black Conv2D:black ");
  // Off one list under the one name, onto another under the other: what is added counts, so it comes last.
  CHECK(onAscend(R"({"black-list": {"to-add": ["Conv2D"]}, "white-list": {"to-remove": ["Conv"]}})") ==
        "Conv:gray Conv2D:black ");
  CHECK(onAscend(R"({"white-list": {"to-remove": ["Conv2D"]}, "black-list": {"to-add": ["Conv"]}})") ==
        "Conv2D:gray Conv:black ");
  // Other operators are nobody's alias; Gather is a name of Ascend's own, and what ONNX calls so becomes GatherV2.
  CHECK(onAscend(R"({"black-list": {"to-add": ["Conv"]}, "white-list": {"to-add": ["Relu", "MatMul"]}})") ==
        "Conv:black Relu:white MatMul:white ");
  CHECK(onAscend(R"({"black-list": {"to-add": ["Gather"]}, "white-list": {"to-add": ["GatherV2"]}})") ==
        "Gather:black GatherV2:white ");
}

TEST_CASE("the nearest name is the model's where the target's is as near", "[mixlist]") {
  const absl::StatusOr<Target> target = Target::forSoc("Ascend310");
  REQUIRE(target.ok());
  const absl::StatusOr<std::vector<MixlistEntry>> entries =
      parse(R"({"white-list": {"to-add": ["Sofmax", "SoftmaxV3", "ai.onnx:softmax"]}})");
  REQUIRE(entries.ok());
  std::string messages;
  CHECK(applyMixlist(*entries, *target, [&](const Diagnostic& d) { messages += d.message + '\n'; }).ok());
  CHECK(messages ==
        "mix.json:1:28: modify_mixlist entry 'Sofmax' matches no operator type of target 'ascend310', nearest "
        "is 'Softmax'\n"
        "mix.json:1:38: modify_mixlist entry 'SoftmaxV3' matches no operator type of target 'ascend310', "
        "nearest is 'SoftmaxV2'\n"
        "mix.json:1:51: modify_mixlist entry 'ai.onnx:softmax' matches no operator type of target 'ascend310', "
        "nearest is 'ai.onnx:Softmax'\n");
}

TEST_CASE("an operator that one list names twice is a warning with both places", "[mixlist]") {
  std::string messages;
  const auto entries =
      parseMixlist("{\"black-list\": {\"to-add\": [\"Exp\", \"Log\",\n\"Exp\"], \"to-remove\": [\"Pow\", \"Pow\"]}}",
                   "mix.json", [&](const Diagnostic& d) {
                     CHECK(d.severity == Severity::warning);
                     messages += std::string(d.id) + ": " + d.message + '\n';
                   });
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 3);
  CHECK(entries->front().move.origin == "modify_mixlist, line 1");
  CHECK(messages ==
        "duplicate-entry: mix.json:2:1: modify_mixlist: operator type 'Exp' is added to the black-list twice "
        "(first at line 1)\n"
        "duplicate-entry: mix.json:2:30: modify_mixlist: operator type 'Pow' is removed from the black-list "
        "twice (first at line 2)\n");
}

TEST_CASE("an operator that one list names twice by two names is a warning with both places", "[mixlist]") {
  const auto said = [](std::string_view text) {
    const absl::StatusOr<Target> target = Target::forSoc("Ascend310");
    REQUIRE(target.ok());
    const absl::StatusOr<std::vector<MixlistEntry>> entries = parse(text);
    REQUIRE(entries.ok());
    std::string messages;
    const auto moves = applyMixlist(*entries, *target, [&](const Diagnostic& d) {
      if (d.id == "duplicate-entry") messages += d.message + '\n';
    });
    return moves.ok() ? messages : std::string(moves.status().message());
  };
  const std::string later = "mix.json:2:1: modify_mixlist: operator type ";
  CHECK(said("{\"black-list\": {\"to-add\": [\"Conv\",\n\"Conv2D\"]}}") ==
        later + "'Conv2D' is added to the black-list twice (first as 'Conv', mix.json:1:28)\n");
  CHECK(said("{\"white-list\": {\"to-remove\": [\"Conv2D\",\n\"ai.onnx:Conv\"]}}") ==
        later + "'ai.onnx:Conv' is removed from the white-list twice (first as 'Conv2D', mix.json:1:31)\n");
  CHECK(said("{\"black-list\": {\"to-add\": [\"Relu\",\n\"ai.onnx:Relu\"]}}") ==
        later + "'ai.onnx:Relu' is added to the black-list twice (first as 'Relu', mix.json:1:28)\n");
  CHECK(said("{\"black-list\": {\"to-add\": [\"Gelu\",\n\"com.microsoft:Gelu\"]}}") ==
        later + "'com.microsoft:Gelu' is added to the black-list twice (first as 'Gelu', mix.json:1:28)\n");
  CHECK(said("{\"black-list\": {\"to-add\": [\"AccumulateNV2\",\n\"Sum\"]}}") ==
        later + "'Sum' is added to the black-list twice (first as 'AccumulateNV2', mix.json:1:28)\n");
  // Of three names the last is told of once.
  CHECK(said("{\"black-list\": {\"to-add\": [\"Conv2D\",\n\"Conv\",\n\"ai.onnx:Conv\"]}}") ==
        later + "'Conv' is added to the black-list twice (first as 'Conv2D', mix.json:1:28)\n" +
            "mix.json:3:1: modify_mixlist: operator type 'ai.onnx:Conv' is added to the black-list twice (first as "
            "'Conv2D', mix.json:1:28)\n");
  // What is told later of more operators is needed for the others.
  for (const char* more : {R"(["com.microsoft:Gelu","Gelu"])", R"(["ai.onnx:Gelu","com.microsoft:Gelu","Gelu"])",
                           R"(["Sum","AccumulateNV2"])"}) {
    CAPTURE(more);
    CHECK(said("{\"black-list\": {\"to-add\": " + std::string(more) + "}}").empty());
  }
  CHECK(
      said("{\"black-list\": {\"to-add\": [\"Gelu\"]}, \"white-list\": {\"to-add\": [\n\"com.microsoft:Gelu\"]}}") ==
      "mix.json:2:1: operator type 'com.microsoft:Gelu' is added to the white-list, but 'Gelu' (mix.json:1:28), which "
      "is the same operator on target 'ascend310', is added to the black-list");
  // Two domains are two operators, and so are Ascend's Gather and ONNX's, which becomes GatherV2.
  for (const char* others : {R"(["com.microsoft:Gelu","ai.onnx:Gelu"])", R"(["com.acme:Relu","com.microsoft:Relu"])",
                             R"(["Gather","ai.onnx:Gather"])", R"(["Conv","com.microsoft:Conv2D"])"}) {
    CAPTURE(others);
    CHECK(said("{\"black-list\": {\"to-add\": " + std::string(others) + "}}").empty());
  }
}

TEST_CASE("two names of ONNX are two operators, also where the target serves both as one", "[mixlist]") {
  const auto [one, other] = GENERATE(table<std::string, std::string>({{"GlobalAveragePool", "ReduceMean"},
                                                                      {"Dropout", "Identity"},
                                                                      {"ai.onnx:Dropout", "Identity"},
                                                                      {"Sum", "Mean"},
                                                                      {"CastLike", "Cast"},
                                                                      {"GlobalMaxPool", "ReduceMax"},
                                                                      {"ReduceLogSum", "ReduceSum"}}));
  CAPTURE(one, other);
  const absl::StatusOr<Target> target = Target::builtin("ascend310p");
  REQUIRE(target.ok());
  for (const bool swaps : {false, true}) {
    const std::string& first = swaps ? other : one;
    const std::string& second = swaps ? one : other;
    const std::string both = R"({"white-list":{"to-add":[")" + first + R"("]},"black-list":{"to-add":[")" + second;
    CHECK(applyMixlist(*parse(both + R"("]}})"), *target, {}).ok());
    const auto silent = [](const Diagnostic& d) { CHECK(d.id != "duplicate-entry"); };
    CHECK(applyMixlist(*parse(R"({"white-list":{"to-add":[")" + first + R"(",")" + second + R"("]}})"), *target, silent)
              .ok());
  }
}

}  // namespace
}  // namespace precast
