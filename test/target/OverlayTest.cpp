// Which library the entries of an op-info file reach. What they replace there: TargetTest, ReplacementsTest.
#include "target/Overlay.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "target/BuiltinTarget.h"
#include "target/EmbeddedFiles.h"

namespace precast {
namespace {

using test::builtin;

std::string text(const std::vector<KernelOperand>& operands) {
  std::string all;
  for (const KernelOperand& operand : operands) {
    all += fmt::format(" {}{}{}{}:", operand.name, operand.optional ? "?" : "", operand.variadic ? "*" : "",
                       operand.keep ? "!" : "");
    for (DType dtype : operand.column) all += fmt::format("{},", toString(dtype));
    all += fmt::format("{:x}", operand.set.bits());
  }
  return all;
}

// What decides of the entries of every library, in an order of their own.
std::vector<std::vector<std::string>> contents(const Target& target) {
  std::vector<std::vector<std::string>> all;
  for (const KernelLibrary& library : target.libraries()) {
    std::vector<std::string>& entries = all.emplace_back();
    for (const OpEntry& entry : library.entries) {
      entries.push_back(fmt::format("{}:{}@{}-{} colour {}/{} class {} rows {}/{} cube {} modes {} in{} out{}",
                                    entry.domain, entry.type, entry.sinceVersion, entry.untilVersion,
                                    static_cast<int>(entry.colour), entry.colourStated, static_cast<int>(entry.opClass),
                                    static_cast<int>(entry.rows), entry.rowCount, entry.cube,
                                    fmt::join(entry.implModes, ","), text(entry.inputs), text(entry.outputs)));
    }
    std::sort(entries.begin(), entries.end());
  }
  return all;
}

std::vector<std::string> libraryNames(const Target& target) {
  std::vector<std::string> names;
  for (const KernelLibrary& library : target.libraries()) names.push_back(library.name);
  return names;
}

class Messages {
 public:
  DiagnosticSink sink() {
    return [this](const Diagnostic& d) {
      if (d.severity == Severity::warning) warnings.push_back(d.message);
      if (d.severity == Severity::note) notes.push_back(d.message);
    };
  }
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

const std::vector<std::string> kSocs = {"ascend310", "ascend310b", "ascend310p",
                                        "ascend610", "ascend910",  "ascend910b"};

std::string_view tableOf(const std::string& file) {
  const target::EmbeddedFile* found = target::findEmbedded(file);
  REQUIRE(found != nullptr);
  return found->text;
}

std::string aiCoreOf(const std::string& soc) { return fmt::format("{0}/aic-{0}-ops-info.json", soc); }

TEST_CASE("the tables of a SoC as files decide what they decide built in, over their target and as one of their own",
          "[overlay]") {
  const std::string& soc = GENERATE(from_range(kSocs));
  const Target known = builtin(soc);
  CAPTURE(soc);
  for (const std::string& file : {aiCoreOf(soc), std::string("ascend/aicpu-ops-info.json")}) {
    Messages messages;
    const auto again = known.withOpsInfo(tableOf(file), "again.json", messages.sink());
    REQUIRE(again.ok());
    CHECK(messages.warnings == std::vector<std::string>());
    REQUIRE(messages.notes.size() == 1);
    CHECK_THAT(messages.notes[0], Catch::EndsWith("of " + file));
    CHECK(contents(*again) == contents(known));
  }
  Messages messages;
  const auto core = Target::fromOpsInfo(tableOf(aiCoreOf(soc)), "own.json", messages.sink());
  REQUIRE(core.ok());
  const auto own = core->withOpsInfo(tableOf("ascend/aicpu-ops-info.json"), "aicpu.json", messages.sink());
  REQUIRE(own.ok());
  CHECK(messages.warnings == std::vector<std::string>());
  CHECK(messages.notes == std::vector<std::string>());
  CHECK(contents(*own) == contents(known));
  CHECK(libraryNames(*own) == std::vector<std::string>{"ops_info", "aicpu"});
}

TEST_CASE("an entry reaches the library of its engine and leaves the others alone", "[overlay]") {
  const Target ascend = builtin("ascend310");
  OpKind relu;
  relu.type = "Relu";
  for (const auto& [engine, library] : std::map<std::string, std::size_t>{{"", 0},
                                                                          {"AIcoreEngine", 0},
                                                                          {"VectorEngine", 0},
                                                                          {"aicore", 0},
                                                                          {"DNN_VM_AICPU", 1},
                                                                          {"DNN_VM_AICPU_ASCEND", 1},
                                                                          {"aicpu", 1}}) {
    CAPTURE(engine);
    Messages messages;
    const auto changed =
        ascend.withOpsInfo(fmt::format(R"({{"Relu":{{"opInfo":{{"engine":"{}"}},"input0":{{"type":"DT_FLOAT"}},)"
                                       R"("output0":{{"type":"DT_FLOAT"}}}}}})",
                                       engine),
                           "mine.json", messages.sink());
    REQUIRE(changed.ok());
    CHECK(messages.warnings == std::vector<std::string>());
    const TargetOp op = changed->resolve(relu);
    REQUIRE(op.entries.size() == 2);
    CHECK(op.entries[library]->source == "mine.json");
    const OpEntry* other = op.entries[1 - library];
    CHECK((other == nullptr || other->source != "mine.json"));
    CHECK((op.entries[library]->implModes == ascend.resolve(relu).entries[0]->implModes || library == 1));
  }
}

TEST_CASE("an engine for which a target has no library gets one behind the others, with a warning", "[overlay]") {
  const Target cuda = builtin("ort-cuda");
  Messages messages;
  const auto changed = cuda.withOpsInfo(
      R"({"Relu":{"opInfo":{"engine":"DNN_VM_AICPU"},"input0":{"type":"DT_FLOAT"},"output0":{"type":"DT_FLOAT"}},
          "Sin":{"opInfo":{"engine":"DNN_VM_AICPU"},"input0":{"type":"DT_FLOAT"},"output0":{"type":"DT_FLOAT"}},
          "Abs":{"opInfo":{"engine":"cpu"},"input0":{"type":"DT_FLOAT"},"output0":{"type":"DT_FLOAT"}}})",
      "mine.json", messages.sink());
  REQUIRE(changed.ok());
  CHECK(libraryNames(*changed) == std::vector<std::string>{"cuda", "cpu", "aicpu"});
  CHECK(messages.warnings ==
        std::vector<std::string>{
            "mine.json:1:2: operator 'Relu' is of engine 'DNN_VM_AICPU', but target 'ort-cuda' has no library of that "
            "name, only cuda, cpu; what is of this engine is tried behind these"});
  CHECK(changed->libraries()[2].entries.size() == 2);
  CHECK(libraryNames(cuda) == std::vector<std::string>{"cuda", "cpu"});
  // A target of one's own has the libraries that its files name.
  Messages own;
  const auto mine = Target::fromOpsInfo(
      R"({"A":{"opInfo":{"engine":"npu"},"input0":{"type":"DT_FLOAT"},"output0":{"type":"DT_FLOAT"}},
          "B":{"input0":{"dtype":"float16"},"output0":{"dtype":"float16"}}})",
      "mine.json", own.sink());
  REQUIRE(mine.ok());
  CHECK(own.warnings == std::vector<std::string>());
  CHECK(libraryNames(*mine) == std::vector<std::string>{"ops_info", "npu"});
}

TEST_CASE("more libraries than a decision can name are refused, with the entry that asks for one too many",
          "[overlay]") {
  const auto withEngines = [](int count) {
    std::string json = "{";
    for (int i = 0; i < count; ++i) {
      json += fmt::format("{}\"Op{}\":{{\"opInfo\":{{\"engine\":\"engine{}\"}},\"input0\":{{\"type\":\"DT_FLOAT\"}},"
                          "\"output0\":{{\"type\":\"DT_FLOAT\"}}}}\n",
                          i == 0 ? "" : ",", i, i);
    }
    return Target::fromOpsInfo(json + "}", "own.json");
  };
  const auto most = withEngines(254);  // and "ops_info"
  REQUIRE(most.ok());
  CHECK(most->libraries().size() == 255);
  const absl::Status status = withEngines(300).status();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(
      std::string(status.message()) ==
      "own.json:255:2: operator 'Op254' is of engine 'engine254', but target 'own.json' has 255 libraries already, and "
      "more there cannot be");
}

}  // namespace
}  // namespace precast
