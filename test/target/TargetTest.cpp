#include "precast/Target.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "target/BuiltinTarget.h"
#include "target/EmbeddedFiles.h"

namespace precast {
namespace {

using test::builtin;

OpKind kind(std::string type, int sinceVersion = 13, bool hasSchema = true, std::string variant = "") {
  OpKind result;
  result.type = std::move(type);
  result.variant = std::move(variant);
  result.sinceVersion = sinceVersion;
  result.hasSchema = hasSchema;
  return result;
}

TEST_CASE("the built-in targets", "[target]") {
  CHECK(Target::builtinNames() == std::vector<std::string_view>{"ascend310", "ascend310b", "ascend310p", "ascend610",
                                                                "ascend910", "ascend910b", "onnx", "ort-cpu",
                                                                "ort-cuda", "ort-dml", "ort-webgpu", "tensorrt"});

  const Target onnx = builtin("onnx");
  CHECK(onnx.name() == "onnx");
  CHECK(onnx.keepsUnknownOps());
  CHECK_FALSE(onnx.hasOpMap());
  REQUIRE(onnx.libraries().size() == 1);

  const absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(ascend.ok());
  CHECK(ascend->name() == "ascend310");
  CHECK_FALSE(ascend->keepsUnknownOps());
  CHECK(ascend->hasOpMap());
  REQUIRE(ascend->libraries().size() == 2);
  CHECK(ascend->libraries()[0].name == "aicore");
  CHECK(ascend->libraries()[1].name == "aicpu");
}

TEST_CASE("a target that does not exist is not found, and the message lists those that do and the nearest",
          "[target]") {
  const auto [status, begin, end] = GENERATE(table<absl::Status, std::string, std::string>({
      {Target::builtin("tpu").status(), "no target 'tpu'; known are ascend310, ascend310b, ", ", tensorrt"},
      {Target::builtin("").status(), "no target ''; known are ascend310, ", ", tensorrt"},
      {Target::builtin("ort-cud").status(), "no target 'ort-cud'; known are ascend310, ",
       ", tensorrt; the nearest is 'ort-cuda'"},
      {Target::forSoc("Pentium").status(), "no SoC version 'Pentium'; known are Ascend310, ", ", Ascend910B4-1"},
      {Target::forSoc("ascend310p3").status(), "no SoC version 'ascend310p3'; known are Ascend310, ",
       "; the nearest is 'Ascend310P3'"},
      {Target::forSoc("310P3").status(), "no SoC version '310P3'; known are Ascend310, ",
       "; the nearest is 'Ascend310P3'"},
      // Targets are called like this; 'Ascend910B' is of another.
      {Target::forSoc("ascend910b").status(), "no SoC version 'ascend910b'; known are Ascend310, ",
       "; target 'ascend910b' is for Ascend910B1, Ascend910B2, Ascend910B2C, Ascend910B3, Ascend910B4, Ascend910B4-1"},
      {Target::forSoc("Ascend310P").status(), "no SoC version 'Ascend310P'; known are Ascend310, ",
       "; target 'ascend310p' is for Ascend310P1, Ascend310P2, Ascend310P3, Ascend310P4, Ascend310P5, Ascend310P7"},
      {Target::builtin("Ascend910B").status(), "no target 'Ascend910B'; known are ascend310, ",
       "; SoC version 'Ascend910B' has target 'ascend910'"},
      {Target::builtin("Ascend910b").status(), "no target 'Ascend910b'; known are ascend310, ",
       "; the nearest is 'ascend910b'"},
      {Target::forSoc("").status(), "no SoC version ''; known are Ascend310, ", ", Ascend910B4-1"},
  }));
  CHECK(status.code() == absl::StatusCode::kNotFound);
  CHECK_THAT(std::string(status.message()), Catch::StartsWith(begin) && Catch::EndsWith(end));
}

TEST_CASE("classes of operators that need no kernel row", "[target]") {
  const auto [type, expected] = GENERATE(table<std::string, OpClass>({
      {"Constant", OpClass::keepOwn},
      {"Shape", OpClass::keepOwn},
      {"SplitToSequence", OpClass::keepOwn},
      {"OptionalGetElement", OpClass::keepOwn},
      {"If", OpClass::controlFlow},
      {"Loop", OpClass::controlFlow},
      {"Scan", OpClass::controlFlow},
      {"Cast", OpClass::cast},
      {"CastLike", OpClass::cast},
      {"Identity", OpClass::dataMover},
      {"Reshape", OpClass::dataMover},
      {"Squeeze", OpClass::dataMover},
      {"Unsqueeze", OpClass::dataMover},
      {"Flatten", OpClass::dataMover},
      {"Conv", OpClass::compute},
  }));
  CAPTURE(type);
  for (std::string_view name : Target::builtinNames()) {
    const Target target = builtin(name);
    const TargetOp op = target.resolve(kind(type));
    CHECK(op.opClass == expected);
    CHECK(op.known);
  }
}

TEST_CASE("another domain's operator of the same name is another operator", "[target]") {
  OpKind custom = kind("Reshape");
  custom.domain = "my.domain";
  const TargetOp op = builtin("ascend310").resolve(custom);
  CHECK(op.opClass == OpClass::compute);
  CHECK_FALSE(op.known);
}

TEST_CASE("target onnx: colours, movers, operands to keep, and a gray entry for whatever has a schema", "[target]") {
  const Target onnx = builtin("onnx");
  const auto [type, colour, opClass] = GENERATE(table<std::string, ListColour, OpClass>({
      {"Conv", ListColour::white, OpClass::compute},
      {"MatMul", ListColour::white, OpClass::compute},
      {"Softmax", ListColour::black, OpClass::compute},
      {"Exp", ListColour::black, OpClass::compute},
      {"Relu", ListColour::gray, OpClass::compute},
      {"Transpose", ListColour::gray, OpClass::dataMover},
      {"Concat", ListColour::gray, OpClass::dataMover},
  }));
  CAPTURE(type);
  const TargetOp op = onnx.resolve(kind(type));
  CHECK(op.colour == colour);
  CHECK(op.opClass == opClass);
  CHECK(op.known);
  REQUIRE(op.entries.size() == 1);
  REQUIRE(op.entries[0] != nullptr);
  CHECK(op.entries[0]->rows == RowSource::schema);
}

TEST_CASE("target onnx keeps the operands whose precision decides shapes and scales", "[target]") {
  const Target onnx = builtin("onnx");
  const TargetOp resize = onnx.resolve(kind("Resize"));
  REQUIRE(resize.entries.at(0) != nullptr);
  REQUIRE(resize.entries[0]->inputs.size() == 3);
  CHECK_FALSE(resize.entries[0]->inputs[0].keep);
  CHECK(resize.entries[0]->inputs[1].keep);
  CHECK(resize.entries[0]->inputs[2].keep);
  CHECK(onnx.resolve(kind("QuantizeLinear")).entries.at(0)->inputs.at(0).keep);
  CHECK(onnx.resolve(kind("QuantizeLinear")).entries.at(0)->inputs.at(1).keep);
  CHECK(onnx.resolve(kind("DequantizeLinear")).entries.at(0)->outputs.at(0).keep);
  CHECK_FALSE(onnx.resolve(kind("NoSuchOperator", 0, false)).known);
}

TEST_CASE("a literal entry wins over the op map where there is no schema", "[target]") {
  const Target ascend = builtin("ascend310");
  const TargetOp onnx = ascend.resolve(kind("Pad"));
  CHECK(onnx.targetType == "PadV3");
  REQUIRE(onnx.mapping != nullptr);
  const TargetOp literal = ascend.resolve(kind("Pad", 0, false));
  CHECK(literal.mapping == nullptr);
  CHECK(literal.targetType.empty());
  CHECK(literal.entries.at(0)->type == "Pad");
  const TargetOp mapped = ascend.resolve(kind("Conv", 0, false));  // no Ascend operator has this name
  CHECK(mapped.targetType == "Conv2D");
}

TEST_CASE("entries are one per library, and the first library's colour counts", "[target]") {
  const Target ascend = builtin("ascend310");
  const TargetOp nonZero = ascend.resolve(kind("NonZero"));
  REQUIRE(nonZero.entries.size() == 2);
  CHECK(nonZero.entries[0] == nullptr);
  REQUIRE(nonZero.entries[1] != nullptr);
  CHECK(nonZero.entries[1]->rows == RowSource::sets);
  CHECK(nonZero.known);
  const TargetOp conv = ascend.resolve(kind("Conv"));
  CHECK(conv.colour == ListColour::white);
  CHECK(conv.colourStated);
  CHECK(conv.entries[0]->cube);
}

TEST_CASE("a copy of a target keeps what it resolved alive", "[target]") {
  TargetOp op;
  const Target copy = [&] {
    const Target target = builtin("ascend310");
    op = target.resolve(kind("Conv"));
    return target;
  }();
  CHECK(op.targetType == "Conv2D");
  CHECK(op.entries[0]->type == "Conv2D");
}

TEST_CASE("a target of one's own has one library and refuses unknown operators", "[target]") {
  const absl::StatusOr<Target> target =
      Target::fromOpsInfo(R"({"Conv2D":{"input0":{"dtype":"float16"}}})", "mine.json");
  REQUIRE(target.ok());
  CHECK(target->libraries().size() == 1);
  CHECK_FALSE(target->keepsUnknownOps());
  CHECK_FALSE(target->hasOpMap());
  CHECK(target->resolve(kind("Conv2D", 0, false)).known);
  CHECK_FALSE(target->resolve(kind("Conv")).known);
  const absl::Status status = Target::fromOpsInfo("{", "mine.json").status();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(status.message().substr(0, 13) == "mine.json:1:2");
}

TEST_CASE("since_version picks the newest entry that serves the operator", "[target]") {
  const absl::StatusOr<Target> target = Target::fromOpsInfo(
      R"({"A":{"precision_reduce":{"flag":"false"}},"d:A":{"domain":"d","precision_reduce":{"flag":"true"}},"B":{"since_version":9}})",
      "mine.json");
  REQUIRE(target.ok());
  CHECK(target->resolve(kind("A")).colour == ListColour::black);
  OpKind other = kind("A");
  other.domain = "d";
  CHECK(target->resolve(other).colour == ListColour::white);
  CHECK_FALSE(target->resolve(kind("B", 8)).known);
  CHECK(target->resolve(kind("B", 9)).known);
}

TEST_CASE("an overlay replaces and adds entries of the first library and leaves the original alone", "[target]") {
  const Target ascend = builtin("ascend310");
  const absl::StatusOr<Target> changed = ascend.withOpsInfo(
      R"({"SoftmaxV2":{"input0":{"dtype":"float"},"output0":{"dtype":"float"},"precision_reduce":{"flag":"false"}},
          "MyOp":{"input0":{"dtype":"float16"},"output0":{"dtype":"float16"}}})",
      "aic.json");
  REQUIRE(changed.ok());
  const TargetOp softmax = changed->resolve(kind("Softmax"));
  CHECK(softmax.colour == ListColour::black);
  CHECK(softmax.entries[0]->rowCount == 1);
  CHECK(softmax.entries[0]->source == "aic.json");
  CHECK(changed->resolve(kind("MyOp", 0, false)).known);
  CHECK(changed->hasOpMap());
  CHECK(ascend.resolve(kind("Softmax")).entries[0]->rowCount == 2);
  CHECK_FALSE(ascend.resolve(kind("MyOp", 0, false)).known);
}

TEST_CASE(
    "an entry without versions replaces all versions of its operator and one with versions those that it includes",
    "[target]") {
  const Target cuda = builtin("ort-cuda");
  const auto rowsAt = [](const Target& target, int version) {
    const OpEntry* entry = target.resolve(kind("Conv", version)).entries.at(0);
    return entry == nullptr ? std::string() : entry->source;
  };
  const auto over = [&](std::string_view json) {
    absl::StatusOr<Target> changed = cuda.withOpsInfo(json, "mine.json");
    REQUIRE(changed.ok());
    return *std::move(changed);
  };
  REQUIRE(rowsAt(cuda, 1) == "ort/cuda-ops-info.json");
  const Target all = over(R"({"Conv":{"input0":{"dtype":"float"}}})");
  CHECK(rowsAt(all, 1) == "mine.json");
  CHECK(rowsAt(all, 22) == "mine.json");
  const Target newer = over(R"({"Conv@22":{"since_version":22,"input0":{"dtype":"float"}}})");
  CHECK(rowsAt(newer, 1) == "ort/cuda-ops-info.json");
  CHECK(rowsAt(newer, 11) == "ort/cuda-ops-info.json");
  CHECK(rowsAt(newer, 22) == "mine.json");
  CHECK(newer.resolve(kind("Conv", 11)).entries.at(0)->rowCount == cuda.resolve(kind("Conv", 11)).entries[0]->rowCount);
}

TEST_CASE("an overlay with a last version holds up to it and what it overlays goes on behind", "[target]") {
  const auto first = [](const Target& target, int version) {
    const OpEntry* entry = target.resolve(kind("A", version)).entries.at(0);
    return entry == nullptr ? std::string("-") : entry->source;
  };
  const absl::StatusOr<Target> base =
      Target::fromOpsInfo(R"({"A@6":{"since_version":6,"until_version":13},"A@14":{"since_version":14}})", "base");
  REQUIRE(base.ok());
  struct Row {
    const char* json;
    const char* sources;  // for versions 1, 6, 7, 12, 13, 14, 20
  };
  for (const Row& row : {Row{R"({"A":{"until_version":12}})", "over over over over base base base"},
                         Row{R"({"A@7":{"since_version":7,"until_version":12}})", "- base over over base base base"},
                         Row{R"({"A@7":{"since_version":7,"until_version":14}})", "- base over over over over base"},
                         Row{R"({"A@1":{"since_version":1,"until_version":5}})", "over base base base base base base"},
                         Row{R"({"A@7":{"since_version":7}})", "- base over over over over over"}}) {
    CAPTURE(row.json);
    const absl::StatusOr<Target> over = base->withOpsInfo(row.json, "over");
    REQUIRE(over.ok());
    std::string sources;
    for (int version : {1, 6, 7, 12, 13, 14, 20}) sources += (sources.empty() ? "" : " ") + first(*over, version);
    CHECK(sources == row.sources);
  }
}

TEST_CASE("until_version ends an entry", "[target]") {
  const absl::StatusOr<Target> target = Target::fromOpsInfo(
      R"({"A@7":{"since_version":7,"until_version":12},"A@14":{"since_version":14},"B":{"since_version":1,"until_version":1}})",
      "mine.json");
  INFO(target.status());
  REQUIRE(target.ok());
  CHECK_FALSE(target->resolve(kind("A", 6)).known);
  CHECK(target->resolve(kind("A", 7)).known);
  CHECK(target->resolve(kind("A", 12)).known);
  CHECK_FALSE(target->resolve(kind("A", 13)).known);
  CHECK(target->resolve(kind("A", 14)).known);
  CHECK(target->resolve(kind("A", 20)).known);
  CHECK(target->resolve(kind("A", 0, false)).known);
  CHECK_FALSE(target->resolve(kind("B", 2)).known);
}

TEST_CASE("dynamicFormat without columns takes the rows that it overlays, and alone it is uniform with a warning",
          "[target]") {
  constexpr std::string_view kJson =
      R"({"Conv2D":{"dynamicFormat":{"flag":"true"},"input0":{"name":"x"},"precision_reduce":{"flag":"false"}}})";
  std::vector<std::string> messages;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) { messages.push_back(diagnostic.message); };

  const Target ascend = builtin("ascend310");
  const absl::StatusOr<Target> over = ascend.withOpsInfo(kJson, "aic.json", sink);
  REQUIRE(over.ok());
  const TargetOp conv = over->resolve(kind("Conv"));
  CHECK(conv.colour == ListColour::black);
  CHECK(conv.entries[0]->rows == RowSource::columns);
  CHECK(conv.entries[0]->rowCount == ascend.resolve(kind("Conv")).entries[0]->rowCount);
  CHECK(messages == std::vector<std::string>{"aic.json replaces Conv2D of ascend310/aic-ascend310-ops-info.json"});

  messages.clear();
  const absl::StatusOr<Target> alone = Target::fromOpsInfo(kJson, "aic.json", sink);
  REQUIRE(alone.ok());
  CHECK(alone->resolve(kind("Conv2D", 0, false)).entries[0]->rows == RowSource::uniform);
  CHECK(messages == std::vector<std::string>{"aic.json:1:2: operator 'Conv2D' has dynamicFormat and no dtype columns; "
                                             "taken as float16 or float32 throughout"});
}

TEST_CASE("an entry without rows is a warning wherever its rows are guessed", "[target]") {
  std::vector<std::string> messages;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) {
    if (diagnostic.id == "ops-info-no-rows") messages.push_back(diagnostic.message);
  };
  constexpr std::string_view kJson = R"({
  "Quux":{"input0":{"name":"x","dtype":""}},
  "MatMul":{"precision_reduce":{"flag":"true"}},
  "Mover":{"opFile":{"value":"Null"}}})";
  REQUIRE(Target::fromOpsInfo(kJson, "aic.json", sink).ok());
  CHECK(messages ==
        std::vector<std::string>{
            "aic.json:2:3: operator 'Quux' has no dtype columns; taken as float16 or float32 throughout",
            "aic.json:3:3: operator 'MatMul' has no dtype columns; taken as float16 or float32 throughout"});
  messages.clear();
  REQUIRE(builtin("ascend310").withOpsInfo(kJson, "aic.json", sink).ok());
  REQUIRE(messages.size() == 2);
  CHECK(messages[1] ==
        "aic.json:3:3: operator 'MatMul' has no dtype columns; taken as float16 or float32 throughout; with "
        "\"dynamicFormat\":{\"flag\":\"true\"} it would keep the rows that it replaces");
  // The schema has the rows there.
  messages.clear();
  REQUIRE(builtin("onnx").withOpsInfo(kJson, "aic.json", sink).ok());
  CHECK(messages.empty());
}

TEST_CASE("the built-in tables load without a word where they are given as files", "[target]") {
  std::size_t tables = 0;
  for (const target::EmbeddedFile& file : target::embeddedFiles()) {
    if (file.path.find("ops-info.json") == std::string_view::npos) continue;
    ++tables;
    std::vector<std::string> messages;
    const auto alone = Target::fromOpsInfo(
        file.text, file.path, [&](const Diagnostic& diagnostic) { messages.push_back(diagnostic.message); });
    CHECK(alone.ok());
    CHECK(messages == std::vector<std::string>());
  }
  CHECK(tables == 13);
}

TEST_CASE("a kernel that CANN describes without operands needs no rows, unless it takes the place of some",
          "[target]") {
  std::vector<std::string> messages;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) {
    if (diagnostic.severity == Severity::warning) messages.push_back(diagnostic.message);
  };
  constexpr std::string_view kJson = R"({
  "Quux":{"rows":"none"},
  "AtomicAddrClean":{"attr":{"list":"automic_add_mem_size"},"opFile":{"value":"atomic_addr_clean"}},
  "MatMulV2":{"opFile":{"value":"mat_mul"}}})";
  REQUIRE(Target::fromOpsInfo(kJson, "aic.json", sink).ok());
  CHECK(messages.empty());
  REQUIRE(builtin("ascend310").withOpsInfo(kJson, "aic.json", sink).ok());
  REQUIRE(messages.size() == 1);
  CHECK_THAT(messages[0], Catch::StartsWith("aic.json:4:3: operator 'MatMulV2' has no dtype columns"));
}

TEST_CASE("the table of target onnx decides as a file what it decides as built in", "[target]") {
  const auto* file = target::findEmbedded("onnx/onnx-ops-info.json");
  REQUIRE(file != nullptr);
  const absl::StatusOr<Target> target = Target::fromOpsInfo(file->text, "onnx.json");
  REQUIRE(target.ok());
  for (const char* type : {"Conv", "Softmax", "Resize"}) {
    const TargetOp op = target->resolve(kind(type));
    REQUIRE(op.entries.at(0) != nullptr);
    CHECK(op.entries[0]->rows == RowSource::schema);
  }
  CHECK(target->computesIn(DType::bfloat16));
}

TEST_CASE("an overlay of many operators replaces every one", "[target]") {
  std::string json = "{";
  constexpr int kEntries = 50'000;
  for (int i = 0; i < kEntries; ++i)
    json += (i == 0 ? "\"Op" : ",\"Op") + std::to_string(i) + "\":{\"input0\":{\"dtype\":\"float\"}}";
  json += "}";
  const absl::StatusOr<Target> target = Target::fromOpsInfo(json, "first.json");
  REQUIRE(target.ok());
  const absl::StatusOr<Target> twice = target->withOpsInfo(json, "again.json");
  REQUIRE(twice.ok());
  CHECK(twice->libraries()[0].entries.size() == kEntries);
  CHECK(twice->resolve(kind("Op49999", 0, false)).entries[0]->source == "again.json");
}

}  // namespace
}  // namespace precast
