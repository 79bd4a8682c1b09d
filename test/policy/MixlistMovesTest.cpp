// What a mixlist amounts to where one operator has two names: every pair of entries, against a list of what one name
// may be told. Files and their places: MixlistTest.
#include <catch2/catch.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "precast/PolicyFiles.h"
#include "precast/Target.h"

namespace precast {
namespace {

constexpr ListColour kLists[] = {ListColour::black, ListColour::white, ListColour::gray};

Target ascend() {
  absl::StatusOr<Target> target = Target::forSoc("Ascend310");
  REQUIRE(target.ok());
  return *std::move(target);
}

MixlistEntry entry(std::string type, std::optional<ListColour> to, std::optional<ListColour> from) {
  MixlistEntry made;
  made.move.opType = std::move(type);
  made.move.colour = to.value_or(ListColour::gray);
  made.removedFrom = from;
  made.onlyRemoved = !to.has_value();
  return made;
}

/// All that an entry may say: to a list, off a list, or both.
std::vector<MixlistEntry> everyEntry(const std::string& type) {
  std::vector<MixlistEntry> all;
  for (ListColour list : kLists) {
    all.push_back(entry(type, list, std::nullopt));
    all.push_back(entry(type, std::nullopt, list));
    for (ListColour other : kLists) {
      if (other != list) all.push_back(entry(type, list, other));
    }
  }
  return all;
}

// Whether one operator may be told all this: onto one list at most, off one at most, and not both of one.
bool agree(const std::vector<MixlistEntry>& entries) {
  std::set<ListColour> to;
  std::set<ListColour> from;
  for (const MixlistEntry& each : entries) {
    if (!each.onlyRemoved) to.insert(each.move.colour);
    if (each.removedFrom.has_value()) from.insert(*each.removedFrom);
  }
  return to.size() <= 1 && from.size() <= 1 && (to.empty() || from.count(*to.begin()) == 0);
}

TEST_CASE("what leaves the gray list under one name and goes to another under its other does not stay gray") {
  for (const char* text : {R"({"gray-list":{"to-remove":["Softmax"]},"black-list":{"to-add":["SoftmaxV2"]}})",
                           R"({"gray-list":{"to-remove":["SoftmaxV2"]},"black-list":{"to-add":["Softmax"]}})",
                           // Ascend serves ONNX's Gather by GatherV2, and has a Gather as well.
                           R"({"gray-list":{"to-remove":["GatherV2"]},"black-list":{"to-add":["Gather"]}})",
                           R"({"gray-list":{"to-remove":["Gather"]},"black-list":{"to-add":["GatherV2"]}})"}) {
    CAPTURE(text);
    const auto entries = parseMixlist(text, "m.json");
    REQUIRE(entries.ok());
    std::string said;
    const auto moves = applyMixlist(*entries, *Target::builtin("ascend310p"),
                                    [&](const Diagnostic& diagnostic) { said += diagnostic.message; });
    REQUIRE(moves.ok());
    CHECK(said.empty());
    CHECK(moves->back().colour == ListColour::black);
  }
}

TEST_CASE("two entries for one operator pass if and only if one entry could say both, in either order", "[mixlist]") {
  const Target target = ascend();
  for (const MixlistEntry& onnx : everyEntry("Conv")) {
    for (const MixlistEntry& own : everyEntry("Conv2D")) {
      CAPTURE(onnx.move.colour, onnx.onlyRemoved, onnx.removedFrom.has_value(), own.move.colour, own.onlyRemoved);
      const absl::Status expected = agree({onnx, own}) ? absl::OkStatus() : absl::InvalidArgumentError("");
      CHECK(applyMixlist({onnx, own}, target, {}).status().code() == expected.code());
      CHECK(applyMixlist({own, onnx}, target, {}).status().code() == expected.code());
    }
    // Another operator may be told anything, and so may this one where its other name is nobody's.
    for (const MixlistEntry& other : everyEntry("Relu")) CHECK(applyMixlist({onnx, other}, target, {}).ok());
    const absl::StatusOr<Target> plain =
        Target::fromOpsInfo(R"({"Conv2D": {"input0": {"name": "x", "dtype": "float"}}})", "table.json");
    REQUIRE(plain.ok());
    for (const MixlistEntry& own : everyEntry("Conv2D")) CHECK(applyMixlist({onnx, own}, *plain, {}).ok());
  }
}

TEST_CASE("an entry moves its operator to its list, and off a list only if it is in that one", "[mixlist]") {
  const Target target = ascend();
  OpKind kind;
  kind.type = "Conv2D";
  const ListColour is = target.resolve(kind).colour;
  for (const MixlistEntry& each : everyEntry("Conv2D")) {
    CAPTURE(each.move.colour, each.onlyRemoved, each.removedFrom.has_value());
    std::vector<std::string> messages;
    const absl::StatusOr<std::vector<ListMove>> moves =
        applyMixlist({each}, target, [&](const Diagnostic& diagnostic) { messages.emplace_back(diagnostic.id); });
    REQUIRE(moves.ok());
    const bool isWrong = each.removedFrom.has_value() && *each.removedFrom != is;
    CHECK(moves->size() == (each.onlyRemoved && isWrong ? 0 : 1));
    if (!moves->empty()) CHECK(moves->front().colour == each.move.colour);
    const bool staysGray = each.onlyRemoved && is == ListColour::gray && !isWrong;
    CHECK(messages == (isWrong     ? std::vector<std::string>{"mixlist-not-in-list"}
                       : staysGray ? std::vector<std::string>{"mixlist-stays-gray"}
                                   : std::vector<std::string>{}));
  }
}

TEST_CASE("an operator of ONNX is in the list of what serves it, also where the target has another of its name",
          "[mixlist]") {
  // Ascend's own Einsum is gray; ONNX's becomes BatchMatMulV2, which is white.
  const Target target = ascend();
  const auto said = [&](const char* type, ListColour from) {
    std::string ids;
    const auto moves = applyMixlist({entry(type, std::nullopt, from)}, target,
                                    [&](const Diagnostic& diagnostic) { ids += std::string(diagnostic.id) + " "; });
    REQUIRE(moves.ok());
    return ids + (moves->empty() ? "stays" : "leaves");
  };
  CHECK(said("Einsum", ListColour::white) == "leaves");
  CHECK(said("Einsum", ListColour::black) == "mixlist-not-in-list stays");
  CHECK(said("ai.onnx:Einsum", ListColour::white) == "leaves");
  CHECK(said("com.acme:Einsum", ListColour::white) == "mixlist-unknown-op stays");
  CHECK(said("Relu", ListColour::white) == "mixlist-not-in-list stays");
  const auto message = [&](const char* type) {
    std::string text;
    REQUIRE(applyMixlist({entry(type, std::nullopt, ListColour::black)}, target, [&](const Diagnostic& diagnostic) {
              text += diagnostic.message;
            }).ok());
    return text;
  };
  CHECK_THAT(message("Einsum"), Catch::EndsWith("has it in the gray-list or white-list"));
  CHECK_THAT(message("ai.onnx:Einsum"), Catch::EndsWith("has it in the white-list"));
}

TEST_CASE("removals come before additions, each in the order of the entries", "[mixlist]") {
  const Target target = ascend();
  std::vector<MixlistEntry> entries;
  for (const char* type : {"Conv2D", "Relu", "SoftmaxV2", "Add"}) {
    OpKind kind;
    kind.type = type;
    const ListColour is = target.resolve(kind).colour;
    const bool leaves = entries.size() % 2 == 1;
    entries.push_back(entry(type, leaves ? std::nullopt : std::optional(ListColour::black),
                            leaves ? std::optional(is) : std::nullopt));
  }
  const absl::StatusOr<std::vector<ListMove>> moves = applyMixlist(entries, target, {});
  REQUIRE(moves.ok());
  std::string order;
  for (const ListMove& move : *moves) order += move.opType + " ";
  CHECK(order == "Relu Add Conv2D SoftmaxV2 ");
}

TEST_CASE("a target that keeps what it does not know takes any operator type without a word", "[mixlist]") {
  const absl::StatusOr<Target> onnx = Target::builtin("onnx");
  REQUIRE(onnx.ok());
  std::vector<std::string> messages;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) { messages.emplace_back(diagnostic.message); };
  const MixlistEntry unknown = entry("Quux", ListColour::white, std::nullopt);
  REQUIRE(applyMixlist({unknown}, *onnx, sink).ok());
  CHECK(messages.empty());
  REQUIRE(applyMixlist({unknown}, ascend(), sink).ok());
  CHECK(messages ==
        std::vector<std::string>{"modify_mixlist entry 'Quux' matches no operator type of target 'ascend310'"});
}

TEST_CASE("a type without a domain is known where the target has it of some domain", "[mixlist]") {
  const auto table = Target::builtin("ascend310p")
                         ->withOpsInfo(R"({"Own":{"domain":"my.dom","precision_reduce":{"flag":"true"},
                             "input0":{"dtype":"float"},"output0":{"dtype":"float"}}})",
                                       "o.json");
  REQUIRE(table.ok());
  const DiagnosticSink sink = [](const Diagnostic& diagnostic) { FAIL(diagnostic.message); };
  CHECK(applyMixlist({entry("Own", ListColour::black, std::nullopt)}, *table, sink)->size() == 1);
  CHECK(applyMixlist({entry("Own", std::nullopt, ListColour::white)}, *table, sink)->size() == 1);
}

TEST_CASE("an operator of ONNX for which the target has no kernel is not shown itself as the nearest", "[mixlist]") {
  std::string said;
  REQUIRE(applyMixlist({entry("RandomNormal", ListColour::black, std::nullopt)}, *Target::builtin("ascend310p"),
                       [&](const Diagnostic& diagnostic) { said += diagnostic.message; })
              .ok());
  CHECK(said == "modify_mixlist entry 'RandomNormal' matches no operator type of target 'ascend310p'");
}

}  // namespace
}  // namespace precast
