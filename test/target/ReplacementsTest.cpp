// Op-info files of a user's own: several merge, the later wins, and a note says which entries gave way. They decide
// exactly as a built-in table of the same content.
#include "target/Replacements.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "Command.h"
#include "GraphBuilder.h"
#include "Places.h"
#include "Setup.h"
#include "Snapshot.h"

namespace precast {
namespace {

using test::Setup;

std::string notesOf(const Target& base, std::string_view json, std::string_view source) {
  std::string lines;
  const auto made = base.withOpsInfo(json, source, [&](const Diagnostic& message) {
    lines += std::string(toString(message.severity)) + " " + std::string(message.id) + ": " + message.message + "\n";
  });
  REQUIRE(made.ok());
  return lines;
}

TEST_CASE("a later op-info file wins and says what it replaces") {
  const auto first =
      Target::fromOpsInfo(test::opsInfoOf("Relu (f16 -> f16)\nSub (f16 f16 -> f16)\nMine (f16 -> f16)"), "one.json");
  REQUIRE(first.ok());
  const std::string two = test::opsInfoOf("Sub (f32 f32 -> f32)\nRelu (f32 -> f32)\nNew (f32 -> f32)");
  CHECK(notesOf(*first, two, "two.json") == "note ops-info-replaces: two.json replaces Sub, Relu of one.json\n");
  const Target both = *first->withOpsInfo(two, "two.json");
  Setup setup(both, PrecisionMode::forceFp16);
  CHECK(setup.decided("in x; a = Relu(x); b = Mine(a); c = New(b); out c", "a, b, c") ==
        "f32 -> f32; f16 -> f16; f32 -> f32");
  // Each file that gives way is named; what only adds says nothing.
  const std::string three = test::opsInfoOf("Mine (f32 -> f32)\nNew (f16 -> f16)");
  CHECK(notesOf(both, three, "three.json") == "note ops-info-replaces: three.json replaces Mine of one.json\n"
                                              "note ops-info-replaces: three.json replaces New of two.json\n");
  CHECK(notesOf(both, test::opsInfoOf("Other (f16 -> f16)"), "four.json").empty());
  CHECK_THAT(notesOf(*Target::builtin("ascend310"), two, "two.json"),
             Catch::Contains("two.json replaces Sub, Relu of ascend310/aic-ascend310-ops-info.json"));
}

TEST_CASE("of many operators that are replaced the first are named") {
  std::string rows;
  for (int i = 0; i < 30; ++i) rows += "Op" + std::to_string(100 + i) + " (f16 -> f16)\n";
  const auto base = Target::fromOpsInfo(test::opsInfoOf(rows), "one.json");
  REQUIRE(base.ok());
  const std::string notes = notesOf(*base, test::opsInfoOf(rows), "two.json");
  CHECK_THAT(notes, Catch::Contains("Op118, Op119 and 10 more of one.json\n"));
  CHECK(notes.find("Op120") == std::string::npos);
}

// A graph with every operator of the table that has one or two inputs, each behind the last.
std::string graphOf(const Target& target) {
  std::string text = "in x\n";
  std::string last = "x";
  std::string outputs;
  int number = 0;
  for (const OpEntry& entry : target.libraries()[0].entries) {
    if (entry.opClass != OpClass::compute || entry.inputs.empty() || entry.inputs.size() > 2 || entry.outputs.empty() ||
        entry.type == "If" || !entry.domain.empty()) {
      continue;
    }
    const std::string name = "n" + std::to_string(number++);
    text += name + " = " + entry.type + "(" + last + (entry.inputs.size() == 2 ? ", x" : "") + ")\n";
    last = name;
  }
  return text + "out " + last;
}

TEST_CASE("an op-info file given by the user decides as the built-in table of the same content") {
  for (const char* name : {"ascend310", "ascend910", "ascend910b"}) {
    CAPTURE(name);
    const Target builtin = *Target::builtin(name);
    std::ifstream file(test::sourceFile(std::string("ops_info/") + name + "/aic-" + name + "-ops-info.json"));
    std::ostringstream json;
    json << file.rdbuf();
    REQUIRE_FALSE(json.str().empty());
    // Over the target itself: every entry is replaced by its equal. Over another one it hides what that one has.
    const Target same = *builtin.withOpsInfo(json.str(), "mine.json");
    const Graph graph = test::graphOfText(graphOf(builtin));
    CHECK(graph.nodeCount() > 200);
    for (PrecisionMode mode : allPrecisionModes()) {
      CAPTURE(toString(mode));
      CompileOptions options;
      options.policy.mode = mode;
      const auto decide = [&](const Target& target) {
        options.target = &target;
        const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
        return made.ok() ? test::snapshotOf(*made) : std::string(made.status().message());
      };
      CHECK(decide(same) == decide(builtin));
    }
  }
}

}  // namespace
}  // namespace precast
