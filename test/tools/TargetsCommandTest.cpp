// `precast targets` and `precast ops`, run as programs.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "Command.h"
#include "Places.h"
#include "precast/Target.h"

namespace precast {
namespace {

using Catch::Contains;

test::CommandResult run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), test::toolPath());
  return test::runCommand(arguments);
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The line that begins with `word` and a blank; "" if there is none.
std::string lineOf(const std::string& text, const std::string& word) {
  for (const std::string& line : linesOf(text)) {
    if (line.substr(0, word.size() + 1) == word + " ") return line;
  }
  return "";
}

TEST_CASE("targets lists every built-in target with its libraries and SoC versions", "[targets]") {
  const test::CommandResult result = run({"targets"});
  CHECK(result.exitCode == 0);
  CHECK(result.errors.empty());
  CHECK(linesOf(result.output).size() == Target::builtinNames().size() + 1);
  for (std::string_view name : Target::builtinNames()) {
    CAPTURE(name);
    const std::string line = lineOf(result.output, std::string(name));
    CHECK_FALSE(line.empty());
    for (const std::string& soc : Target::socVersions(name)) CHECK_THAT(line, Contains(soc));
  }
  CHECK_THAT(lineOf(result.output, "ort-cuda"), Contains("cuda, cpu"));
  CHECK_THAT(lineOf(result.output, "ascend910"), Contains("aicore, aicpu"));
  CHECK_THAT(lineOf(result.output, "onnx"), Contains("all of ONNX"));
}

TEST_CASE("ops prints the rows and marks of an operator", "[ops]") {
  const auto [flag, op, parts] = GENERATE(table<std::string, std::string, std::vector<std::string>>({
      {"--soc_version=Ascend310",
       "Conv2D",
       {"Conv2D, library aicore: white list, matrix unit, 3 rows", "input   filter     float16  int8   int4\n"}},
      {"--soc_version=Ascend310",
       "Conv",
       {"ONNX Conv is served by Conv2D\n", "Conv2D, library aicore: white list, matrix unit, 3 rows"}},
      {"--target=ascend310p",
       "Resize",
       {"ONNX Resize, mode nearest, version 11+ is served by ResizeNearestNeighborV2\n",
        "ONNX Resize, version 11+ is served by ResizeBilinearV2\n", "Resize, library aicore: gray list, 4 rows"}},
      {"--target=ascend310",
       "Softmax",
       {"SoftmaxV2, library aicore: gray list, modes high_performance high_precision"}},
      {"--target=ascend310", "NonZero", {"NonZero, library aicpu: gray list, a set of dtypes per operand"}},
      {"--target=ascend310", "IsInf", {"ONNX IsInf is served by IsInf, for which this target has no kernel\n"}},
      {"--target=ascend310", "Cast", {"Cast needs no kernel row: it is decided by its users\n"}},
      {"--target=ascend310", "If", {"If needs no kernel row: it keeps the dtypes of its operands"}},
      {"--target=onnx", "Relu", {"Relu, library onnx: gray list, rows of the schema\n"}},
      {"--target=onnx", "ai.onnx:Relu", {"Relu, library onnx: gray list, rows of the schema\n"}},
      {"--target=onnx", "ai.onnx:If", {"If needs no kernel row: it keeps the dtypes of its operands"}},
      {"--target=onnx", "com.microsoft:Gelu", {"com.microsoft:Gelu, library onnx: gray list, rows of the schema\n"}},
      {"--target=ort-cuda", "ai.onnx:Conv", {"Conv, library cuda: white list, version 1+, 2 rows\n"}},
      {"--soc_version=Ascend310", "ai.onnx:Conv", {"ONNX Conv is served by Conv2D\n"}},
      {"--target=onnx", "Transpose", {"Transpose needs no kernel row: it moves data", "onnx: moves data"}},
      {"--target=onnx", "Resize", {"scales  (keeps its dtype)"}},
      {"--target=ort-cuda",
       "Conv",
       {"Conv, library cuda: white list, version 1+, 2 rows\n", "Conv, library cuda: white list, version 22+, 3 rows\n",
        "Conv, library cpu: white list, version 1+, 1 row\n", "input   B?  float32  float16  bfloat16\n"}},
      {"--target=ort-dml", "Acos", {"Acos, library dml: black list, version 7-21, 2 rows\n"}},
      {"--target=ort-cpu",
       "com.microsoft:Attention",
       {"com.microsoft:Attention, library cpu: white list, version 1+, 1 row\n", "mask_index?            any\n"}},
  }));
  CAPTURE(flag, op);
  const test::CommandResult result = run({"ops", flag, op});
  CHECK(result.exitCode == 0);
  CHECK(result.errors.empty());
  for (const std::string& part : parts) CHECK_THAT(result.output, Contains(part));
}

TEST_CASE("ops without an operator lists every entry of every library", "[ops]") {
  const std::string name = GENERATE("ascend910b", "ort-webgpu", "tensorrt", "onnx");
  const absl::StatusOr<Target> target = Target::builtin(name);
  REQUIRE(target.ok());
  std::size_t entries = 0;
  for (const KernelLibrary& library : target->libraries()) entries += library.entries.size();
  const test::CommandResult result = run({"ops", "--target=" + name});
  CHECK(result.exitCode == 0);
  CHECK(linesOf(result.output).size() == entries + 1);
}

TEST_CASE("ops over a file of one's own", "[ops]") {
  const test::ScratchFolder folder;
  const std::string path = folder.file("mine.json");
  std::ofstream(path) << R"({"Mine":{"input0":{"name":"a\nb","dtype":"float16"},
    "input1":{"name":"c\u202e\u009bd","dtype":"float16"}},
    "Re\u202elu":{"input0":{"name":"x","dtype":"float16"}},
    "Add":{"input0":{"name":"x","dtype":"float"},"output0":{"name":"y","dtype":"float"}}})";
  const test::CommandResult alone = run({"ops", "--ops_info=" + path, "Mine"});
  CHECK(alone.exitCode == 0);
  CHECK(alone.output == "Mine, library ops_info: gray list, 1 row\n  input  a b   float16\n  input  c  d  float16\n");
  CHECK_THAT(run({"ops", "--ops_info=" + path, "Re\xE2\x80\xAElu"}).output,
             Catch::StartsWith("Re lu, library ops_info: "));
  const test::CommandResult over = run({"ops", "--soc_version=Ascend910A", "--ops_info=" + path, "Add"});
  CHECK(over.exitCode == 0);
  CHECK_THAT(over.output, Contains("Add, library aicore: gray list, 1 row\n"));
  CHECK_THAT(over.output, Contains("Add, library aicpu: gray list"));
}

TEST_CASE("ops and targets refuse what they do not know", "[ops]") {
  const auto [arguments, status, message] = GENERATE(table<std::vector<std::string>, int, std::string>({
      {{"ops", "--target=ascend310", "Convv"},
       1,
       "precast: error: target 'ascend310' has no operator 'Convv'; the nearest are Conv, "},
      {{"ops", "--target=ascend310", "com.microsoft:Attention"}, 1, "has no operator 'com.microsoft:Attention'"},
      {{"ops", "--target=onnx", "NoSuchOperatorAtAll"}, 1, "target 'onnx' has no operator 'NoSuchOperatorAtAll'\n"},
      {{"ops", "--target=onnx", "ai.onnx:Rellu"}, 1, "target 'onnx' has no operator 'Rellu'; the nearest are Relu"},
      {{"ops", "--target=onnx", "Tanhh"}, 1, "target 'onnx' has no operator 'Tanhh'; the nearest are Tan"},
      {{"ops", "--target=onnx", "com.microsoft:FusedMatMull"}, 1, "the nearest are com.microsoft:FusedMatMul"},
      {{"ops", "--target=onnx", "FusedMatMul"}, 1, "the nearest are com.microsoft:FusedMatMul"},
      {{"ops", "--target=ort-cuda", "fusedmatmul"}, 1, "the nearest are com.microsoft:FusedMatMul"},
      {{"ops", "--target=onnx", "QLinearAdd"}, 1, "the nearest are com.microsoft:QLinearAdd"},
      {{"ops", "--target=onnx", "FusedMatMull"}, 1, "the nearest are com.microsoft:FusedMatMul"},
      {{"ops", "--target=onnx", "my.domain:Relu"}, 1, "target 'onnx' has no operator 'my.domain:Relu'"},
      {{"ops", "--target=onnx", "ai.onnx:"}, 1, "target 'onnx' has no operator 'ai.onnx:'"},
      {{"ops", "--target=onnx", ":Relu"}, 1, "target 'onnx' has no operator ':Relu'; the nearest are "},
      {{"ops", "--ops_info=/nonexistent.json"}, 1, "/nonexistent.json"},
      {{"ops", "--target=ascend31"}, 2, "--target: no target 'ascend31'; known are ascend310, "},
      {{"ops", "--soc_version=Ascend910C"}, 2, "; the nearest is 'Ascend910"},
      {{"ops", "--soc_version=Ascend310", "--target=onnx"}, 2, "--target and --soc_version exclude each other"},
      {{"ops"}, 2, "--target, --soc_version or --ops_info is required"},
      {{"ops", "--target=onnx", "Relu", "Add"}, 2, "unexpected word 'Add'"},
      {{"ops", "--target=onnx", ""}, 2, "unexpected word ''"},
      {{"ops", "--targt=onnx"}, 2, "unknown flag '--targt', did you mean '--target'?"},
      {{"targets", "all"}, 2, "unexpected word 'all'"},
  }));
  CAPTURE(arguments);
  const test::CommandResult result = run(arguments);
  CHECK(result.exitCode == status);
  CHECK(result.output.empty());
  CHECK(linesOf(result.errors).size() == 1);
  CHECK_THAT(result.errors, Contains(message));
}

}  // namespace
}  // namespace precast
