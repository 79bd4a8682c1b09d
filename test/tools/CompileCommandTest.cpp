// The tool over bad command lines and bad files: exit status, one line that names the thing, and nothing left behind.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "Command.h"
#include "ModelBuilder.h"
#include "Places.h"

namespace precast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGraph = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"constants":[],
"nodes":[{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["y"]})";

class Folder {
 public:
  Folder() {
    write("g.json", kGraph);
    write("empty.onnx", "");
    write("blank.onnx", " \t\r\n");
    write("lines.onnx", std::string(1000, '\n'));
    write("text.onnx", "hello world\n");
    write("gzip.onnx", "\x1f\x8b\x08");
    write("mix.json", "{\n}");
    write("bad_mix.json", "{\n  \"blacklist\": {}\n}");
    write("bad_keep.txt", "OpType::\n");
    write("bad_ops.json",
          R"({"Relu":{"input0":{"name":"x","dtype":"float16,float"},"output0":{"name":"y","dtype":"float16"}}})");
  }
  std::string at(const std::string& name) const { return folder_.file(name); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
  }
  auto fileCount() const { return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()); }

 private:
  test::ScratchFolder folder_;
};

TEST_CASE("each mistake gets its exit status, one line that names it, and leaves no file") {
  const Folder folder;
  struct Row {
    std::vector<std::string> arguments;
    int status;
    const char* names;
  };
  const std::string model = "--model=" + folder.at("g.json");
  const std::string output = "--output=" + folder.at("out.onnx");
  const std::vector<Row> rows = {
      {{model, output, "--precision_mod=force_fp16"}, 2, "'--precision_mod', did you mean '--precision_mode'?"},
      {{model, output, "--precision_mode=force_fp8"}, 2, "unknown mode 'force_fp8'"},
      {{model, output, "--precision_mode=mixed_float16"},
       2,
       "--precision_mode: unknown mode 'mixed_float16', which is a word of --precision_mode_v2; known are "
       "force_fp16, "},
      {{model, output, "--precision_mode_v2=force_fp16"},
       2,
       "--precision_mode_v2: unknown mode 'force_fp16', which is a word of --precision_mode; known are fp16, "},
      {{model, output, "--precision_mode_v2=mixed_hif8"},
       2,
       "--precision_mode_v2: mode 'mixed_hif8' is not supported, no operator is lowered to 8 bits; known are fp16, "},
      {{model, output, "--precision_mode_v2=mixed_flaot16"}, 2, "unknown mode 'mixed_flaot16'; known are fp16, "},
      {{model, output, "--numeric_guard=maybe"}, 2, "unknown value 'maybe'"},
      {{model, output, "--target=tpu"}, 2, "--target: no target 'tpu'"},
      {{model, output, "--soc_version=Ascend311"}, 2, "--soc_version: no SoC version 'Ascend311'"},
      {{model, output, "--soc_version=ascend310p"}, 2, "target 'ascend310p' is for Ascend310P1, "},
      {{model, output, "--target=onnx", "--soc_version=Ascend310"}, 2, "--target and --soc_version"},
      {{model, output, "--modify_mixlist=" + folder.at("mix.json")}, 2, "needs a mixed precision mode"},
      {{model, output, "--quiet=maybe"}, 2, "maybe"},
      {{model, output, "--threads=0"}, 2, "--threads: '0' is not a number from 1 to 256"},
      {{model, output, "--threads=2x"}, 2, "--threads: '2x'"},
      {{model, output, "--external_data=no"}, 2, "unknown value 'no'; known are auto, inline, external"},
      {{model, output, model}, 2, "--model is given twice"},
      {{model, output, "--quiet", "--quiet"}, 2, "--quiet is given twice"},
      {{model, output, "--report="}, 2, "--report needs a value, what follows '=' is empty"},
      {{model, output, "--report", ""}, 2, "--report needs a value, the next word is empty"},
      {{"--model=", output}, 2, "--model needs a value, what follows '=' is empty"},
      {{model, output, ""}, 2, "unexpected word ''"},
      {{model, output, "--precision_mode"}, 2, "--precision_mode needs a value, the command line ends there"},
      {{"--model", output}, 2, "--model needs a value, the next word is the flag '--output="},
      {{model, output, "extra"}, 2, "unexpected word 'extra'"},
      {{model, output, "-x"}, 2, "unknown flag '-x'\n"},
      {{"-m", "x"}, 2, "unknown flag '-m', did you mean '--model'?\n"},
      {{"-m=x"}, 2, "unknown flag '-m', did you mean '--model'?\n"},
      {{model, "-o", "x"}, 2, "unknown flag '-o', did you mean '--output'?\n"},
      {{model, "--o", "x"}, 2, "unknown flag '--o', did you mean '--output'?\n"},
      {{model, "-outputt", "x"}, 2, "unknown flag '-outputt', did you mean '--output'?\n"},
      {{model, "--", "-output=x"}, 2, "unknown flag '--'\n"},
      {{"-model", "-output=x"}, 2, "--model needs a value, the next word is the flag '--output=x'\n"},
      {{model, "-output=x", "--output=y"}, 2, "--output is given twice\n"},
      {{model, output, "--"}, 2, "unknown flag '--'\n"},
      {{model, output, "--weight_clip=1", "--is_weight_clip=0"},
       2,
       "--weight_clip and --is_weight_clip are one flag, which is given twice\n"},
      {{model, output, "--is_weight_clip=1", "--weight_clip=0"},
       2,
       "--is_weight_clip and --weight_clip are one flag, which is given twice\n"},
      {{model, output, "--is_weight_clip", "1", "--is_weight_clip=1"}, 2, "--is_weight_clip is given twice\n"},
      {{model, output, "--frobnicate=1"}, 2, "unknown flag '--frobnicate'\n"},
      {{model, output, "--inser_op_conf=1"}, 2, "unknown flag '--inser_op_conf', did you mean '--insert_op_conf'?\n"},
      {{model, output, "--insert_op_conf"}, 2, "--insert_op_conf needs a value, the command line ends there"},
      {{model, output, "--report=" + folder.at("./out.onnx")}, 2, "--report and --output name the same file"},
      {{model, output, "--report=" + folder.at("g.json")}, 2, "--report and --model name the same file"},
      {{model, "--output=new.onnx", "--report=./new.onnx"}, 2, "--report and --output name the same file"},
      {{model, output, "--report=" + folder.at("out.onnx.data")},
       2,
       "--report and the data file of --output name the same file"},
      {{model, "--output=" + folder.at("bad_ops.json"), "--ops_info=" + folder.at("bad_ops.json")},
       2,
       "--output and --ops_info name the same file"},
      {{output}, 2, "--model"},
      {{model}, 2, "--output"},
      {{"--model=" + folder.at("missing.onnx"), output}, 1, "missing.onnx': No such file"},
      {{"--model=" + folder.at("empty.onnx"), output}, 1, "empty.onnx: the file is empty\n"},
      {{"--model=" + folder.at("blank.onnx"), output}, 1, "blank.onnx: the file holds nothing but white space\n"},
      {{"--model=" + folder.at("lines.onnx"), output}, 1, "lines.onnx: the file holds nothing but white space\n"},
      {{"--model=" + folder.at("text.onnx"), output}, 1, "not an ONNX protobuf (starts like plain text)"},
      {{"--model=" + folder.at("gzip.onnx"), output}, 1, "not an ONNX protobuf (starts like gzip)"},
      {{"--model=" + folder.at(""), output}, 1, "Is a directory"},
      {{model, output, "--keep_dtype=" + folder.at("bad_keep.txt")}, 1, "bad_keep.txt:1:1"},
      {{model, output, "--keep_dtype=" + folder.at("none.txt")}, 1, "none.txt': No such file"},
      {{model, output, "--precision_mode=allow_mix_precision", "--modify_mixlist=" + folder.at("bad_mix.json")},
       1,
       "bad_mix.json:2:3"},
      {{model, output, "--ops_info=" + folder.at("bad_ops.json")}, 1, "output0 lists 1 dtypes but input0 lists 2"},
      {{model, "--quiet", "--output=" + folder.at("no/such/out.onnx")}, 1, "no/such/out.onnx': No such file"},
      {{model, "--quiet", "--output=" + folder.at("")}, 1, "Is a directory"},
      {{model, output, "--quiet", "--report=" + folder.at("no/such/report.json")}, 1, "report.json': No such file"},
  };
  const auto before = folder.fileCount();
  for (const Row& row : rows) {
    std::vector<std::string> command = {test::toolPath(), "compile"};
    command.insert(command.end(), row.arguments.begin(), row.arguments.end());
    const test::CommandResult result = test::runCommand(command);
    CAPTURE(row.arguments, result.errors);
    CHECK(result.exitCode == row.status);
    CHECK(result.errors.find(row.names) != std::string::npos);
    CHECK(result.errors.find("precast: error: ") == 0);
    CHECK(result.errors.find('\n') == result.errors.size() - 1);
    CHECK(folder.fileCount() == before);
  }
}

TEST_CASE("whatever is wrong with a model, the error begins with its file", "[tool]") {
  const test::ScratchFolder folder;
  const std::string relu = test::node("Relu", {"x"}, {"y"}, {}, "r");
  const auto modelOf = [](const std::string& node, const std::string& input) {
    return test::model(test::graph({node}, {}, {input}, {test::info("y")}));
  };
  const std::string valid = modelOf(relu, test::info("x"));
  const std::string frob = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],
"nodes":[{"name":"f","op":"Frob","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["y"]})";
  const struct {
    const char* what;
    std::string bytes;
    std::vector<std::string> flags;
    const char* words;
  } rows[] = {
      {"a broken file", valid.substr(0, valid.size() - 3), {}, "ends"},
      {"a dtype that a value_info contradicts", modelOf(relu, test::info("x", DType::float16)), {}, "value_info says"},
      {"a dtype that the operator does not take",
       test::model(test::graph({relu}, {}, {test::info("x", DType::boolean)}, {test::info("y", DType::boolean)})),
       {},
       "does not allow"},
      {"too few inputs", modelOf(test::node("Add", {"x"}, {"y"}), test::info("x")), {}, "has 1 input"},
      {"a cycle", modelOf(test::node("Add", {"x", "y"}, {"y"}), test::info("x")), {}, "cycle"},
      {"a node that the target refuses", frob, {"--soc_version=Ascend310"}, "Frob"},
      {"JSON with a mistake", frob.substr(0, 40), {}, "ends"},
  };
  for (const auto& row : rows) {
    const std::string path = folder.file("m.model");
    test::writeBytes(path, row.bytes);
    std::vector<std::string> command = {test::toolPath(), "compile", "--model=" + path,
                                        "--output=" + folder.file("out.onnx")};
    command.insert(command.end(), row.flags.begin(), row.flags.end());
    const test::CommandResult result = test::runCommand(command);
    CAPTURE(row.what, result.errors);
    CHECK(result.exitCode == 1);
    CHECK(result.errors.find("precast: error: " + path + ":") == 0);
    CHECK_THAT(result.errors, Catch::Contains(row.words));
  }
}

TEST_CASE("what stands before the flags is a command", "[tool]") {
  struct Row {
    std::vector<std::string> arguments;
    const char* errors;
  };
  const Row rows[] = {
      {{}, "precast: error: no command; known are compile, targets, ops\n"},
      {{"compil"}, "precast: error: unknown command 'compil', did you mean 'compile'?\n"},
      {{"frobnicate"}, "precast: error: unknown command 'frobnicate'; known are compile, targets, ops\n"},
      {{"--verson"}, "precast: error: unknown flag '--verson', did you mean '--version'?\n"},
      {{"--version=1"}, "precast: error: --version takes no value, but has '1'\n"},
      // ATC has no commands.
      {{"--model=a.onnx", "--output=b.onnx"},
       "precast: error: unknown flag '--model', which is one of 'precast compile'\n"},
      {{"--insert_op_conf=a.cfg", "compile"},
       "precast: error: unknown flag '--insert_op_conf', which is one of 'precast compile'\n"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> command = {test::toolPath()};
    command.insert(command.end(), row.arguments.begin(), row.arguments.end());
    const test::CommandResult result = test::runCommand(command);
    CHECK(result.exitCode == 2);
    CHECK(result.errors == row.errors);
  }
}

TEST_CASE("help and version go to standard output", "[tool]") {
  CHECK(test::runCommand({test::toolPath(), "--version"}).output.find("precast ") == 0);
  const test::CommandResult help = test::runCommand({test::toolPath(), "compile", "--help"});
  CHECK(help.exitCode == 0);
  for (const char* flag : {"-h", "--h"}) {
    CAPTURE(flag);
    CHECK(test::runCommand({test::toolPath(), "compile", flag}).output == help.output);
    CHECK(test::runCommand({test::toolPath(), flag}).output == test::runCommand({test::toolPath(), "--help"}).output);
    CHECK(test::runCommand({test::toolPath(), "ops", "--target=onnx", flag}).exitCode == 0);
  }
  for (const char* flag : {"--model", "--output", "--target", "--soc_version", "--ops_info", "--precision_mode",
                           "--keep_dtype", "--modify_mixlist", "--numeric_guard", "--report", "--quiet", "--dry_run"}) {
    CAPTURE(flag);
    CHECK(help.output.find(flag) != std::string::npos);
  }
}

TEST_CASE("a dry run reports and writes no model, and a report that cannot be written leaves none either", "[tool]") {
  const Folder folder;
  const auto run = [&](std::vector<std::string> rest) {
    std::vector<std::string> command = {test::toolPath(), "compile", "--model=" + folder.at("g.json"),
                                        "--output=" + folder.at("out.json"), "--soc_version=Ascend310"};
    command.insert(command.end(), rest.begin(), rest.end());
    return test::runCommand(command);
  };
  const test::CommandResult dry = run({"--dry_run", "--report", folder.at("report.json")});
  CHECK(dry.exitCode == 0);
  CHECK(dry.output.find("\n  bytes after                    -\n  time  ") != std::string::npos);
  CHECK_FALSE(fs::exists(folder.at("out.json")));
  CHECK(test::readBytes(folder.at("report.json")).find("\"bytes_after\":null") != std::string::npos);

  fs::create_directory(folder.at("folder"));
  CHECK(run({"--report=" + folder.at("folder")}).exitCode == 1);
  CHECK_FALSE(fs::exists(folder.at("out.json")));

  const test::CommandResult quiet = run({"--quiet", "--report=" + folder.at("report.json")});
  CHECK(quiet.exitCode == 0);
  CHECK(quiet.output.empty());
  CHECK(quiet.errors.empty());
  CHECK(test::readBytes(folder.at("out.json")).find("\"op\":\"Cast\"") != std::string::npos);
  const std::string first = test::readBytes(folder.at("report.json"));
  CHECK(first.find("\"reason\":\"forced-fp16\"") != std::string::npos);
  CHECK(run({"--quiet", "--report=" + folder.at("report.json")}).exitCode == 0);
  CHECK(test::readBytes(folder.at("report.json")) == first);
}

TEST_CASE("names in a model cannot forge a line of the tool's messages", "[tool]") {
  const Folder folder;
  folder.write("forged.json", R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"nodes":[
    {"name":"n\nprecast: error: forged\u001b[2J","op":"Frob","inputs":["x"],"outputs":[]}],"outputs":[]})");
  const test::CommandResult result =
      test::runCommand({test::toolPath(), "compile", "--model", folder.at("forged.json"), "--dry_run"});
  CAPTURE(result.errors);
  CHECK(result.errors.find("precast: warning: ") == 0);
  CHECK(result.errors.find("\nprecast: error") == std::string::npos);
  CHECK(result.errors.find('\x1b') == std::string::npos);
}

TEST_CASE("a name in a model cannot forge a refused node or a hint", "[tool]") {
  const Folder folder;
  folder.write("forged.json", R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"nodes":[
    {"name":"n\nhint: all is well\n  node 'm'","op":"F\n  rob","inputs":["x"],"outputs":[]}],"outputs":[]})");
  const auto linesOf = [&](const std::string& target) {
    const test::CommandResult result = test::runCommand(
        {test::toolPath(), "compile", "--model", folder.at("forged.json"), "--dry_run", "--target=" + target});
    CAPTURE(result.errors);
    CHECK(result.errors.find("\nhint: all") == std::string::npos);
    CHECK(result.errors.find("\n  rob") == std::string::npos);
    return std::count(result.errors.begin(), result.errors.end(), '\n');
  };
  CHECK(linesOf("ascend310") == 3);  // what is refused, the node, the hint
  CHECK(linesOf("onnx") == 1);
}

TEST_CASE("a message is UTF-8 without controls whatever the bytes that it quotes", "[tool]") {
  // CSI as UTF-8, a byte that is no UTF-8, and letters beyond ASCII, which stay.
  const test::CommandResult result = test::runCommand({test::toolPath(), "compile",
                                                       "--model=no \xC2\x9B"
                                                       "2J \xFF \xC3\xA9 \x7F.onnx",
                                                       "--dry_run"});
  CHECK(result.errors == "precast: error: cannot read 'no  2J ? \xC3\xA9  .onnx': No such file or directory\n");
}

TEST_CASE("a message holds no sign that reorders text or ends a line, as a control does") {
  // U+061C, 200E, 200F, 2028 to 202E, 2066 to 2069; their neighbours are letters and marks, which stay.
  for (const char* sign : {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAA",
                           "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6",
                           "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"}) {
    const test::CommandResult result =
        test::runCommand({test::toolPath(), "compile", std::string("--model=a") + sign + "b", "--dry_run"});
    CHECK(result.errors == "precast: error: cannot read 'a b': No such file or directory\n");
  }
  for (const char* sign : {"\xD8\x9B", "\xD8\xA7", "\xE2\x80\xA7", "\xE2\x80\xAF", "\xE2\x81\xA4", "\xE2\x82\xAC"}) {
    const test::CommandResult result =
        test::runCommand({test::toolPath(), "compile", std::string("--model=a") + sign + "b", "--dry_run"});
    CHECK(result.errors == std::string("precast: error: cannot read 'a") + sign + "b': No such file or directory\n");
  }
}

TEST_CASE("a flag takes its value after '=' and as the next word") {
  const Folder folder;
  for (const bool joined : {true, false}) {
    std::vector<std::string> command = {test::toolPath(), "compile"};
    for (const auto& [flag, value] : {std::pair<std::string, std::string>{"--model", folder.at("g.json")},
                                      {"--output", folder.at("out.json")},
                                      {"--soc_version", "Ascend310"}}) {
      if (joined) {
        command.push_back(flag + "=" + value);
      } else {
        command.push_back(flag);
        command.push_back(value);
      }
    }
    const test::CommandResult result = test::runCommand(command);
    CAPTURE(result.errors);
    CHECK(result.exitCode == 0);
    CHECK(fs::exists(folder.at("out.json")));
    fs::remove(folder.at("out.json"));
  }
}

}  // namespace
}  // namespace precast
