// The flags of ATC that have a say in precision, from the command line to the output.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "Command.h"
#include "ModelBuilder.h"
#include "Places.h"

namespace precast {
namespace {

using nlohmann::json;

// x -> Softmax "soft" -> Relu "relu" -> y, as an ONNX model at opset 17.
class Run {
 public:
  Run() {
    write("m.onnx", test::model(test::graph(
                        {test::node("Softmax", {"x"}, {"s"}, {}, "soft"), test::node("Relu", {"s"}, {"y"}, {}, "relu")},
                        {}, {test::info("x")}, {test::info("y")})));
  }
  std::string at(const std::string& name) const { return folder_.file(name); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
    return at(name);
  }
  test::CommandResult operator()(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "--soc_version=Ascend310");
    return compile(at("m.onnx"), flags);
  }
  test::CommandResult compile(const std::string& model, const std::vector<std::string>& flags) {
    std::vector<std::string> command = {test::toolPath(), "compile", "--model=" + model, "--output=" + at("out.onnx"),
                                        "--report=" + at("report.json")};
    command.insert(command.end(), flags.begin(), flags.end());
    test::CommandResult result = test::runCommand(command);
    report_ = result.exitCode == 0 ? json::parse(test::readBytes(at("report.json"))) : json();
    return result;
  }
  // What the report says of a node.
  std::string of(const char* node, const char* key) const {
    for (const json& each : report_.value("nodes", json::array())) {
      if (each.at("name") == node) return each.at(key).is_null() ? "null" : each.at(key).get<std::string>();
    }
    return "no such node";
  }
  std::string mode() const { return report_.value("precision_mode", ""); }
  std::string output() const { return test::readBytes(at("out.onnx")); }

 private:
  test::ScratchFolder folder_;
  json report_;
};

TEST_CASE("both flags of the mode say the same, and both at once are an error") {
  Run run;
  for (const auto& [flag, mode] : {std::pair("--precision_mode_v2=fp16", "force_fp16"),
                                   {"--precision_mode_v2=mixed_float16", "allow_mix_precision"},
                                   {"--precision_mode_v2=cube_fp16in_fp32out", "cube_fp16in_fp32out"},
                                   {"--precision_mode_v2=origin", "must_keep_origin_dtype"},
                                   {"--precision_mode=allow_mix_precision_fp16", "allow_mix_precision"},
                                   {"--precision_mode=force_fp32", "force_fp32"}}) {
    CAPTURE(flag);
    CHECK(run({flag, "--quiet"}).exitCode == 0);
    CHECK(run.mode() == mode);
  }
  CHECK(run({"--precision_mode=force_fp16", "--precision_mode_v2=fp16"}).errors ==
        "precast: error: --precision_mode and --precision_mode_v2 exclude each other\n");
  CHECK_THAT(run({"--precision_mode_v2=mixed_bfloat16"}).errors,
             Catch::Contains("allow_mix_precision_bf16 needs bfloat16, in which target 'ascend310' does not compute"));
  CHECK_THAT(run({"--precision_mode_v2=force_fp16"}).errors, Catch::Contains("known are fp16, origin, mixed_float16"));
}

TEST_CASE("files of overrides reach the nodes that they name") {
  Run run;
  CHECK(run({"--keep_dtype=" + run.write("keep.txt", "# one\r\nOpType::SoftmaxV2\r\n")}).exitCode == 0);
  CHECK(run.of("soft", "reason") == "keep-dtype");
  CHECK(run.of("relu", "dtype") == "float16");
  CHECK_THAT(run.of("soft", "text"), Catch::Contains("(keep_dtype, line 2)"));
  CHECK(run({"--customize_dtypes=" + run.write("c.txt", "relu::InputDtype:float32,OutputDtype:float32\n")}).exitCode ==
        0);
  CHECK(run.of("relu", "reason") == "customized");
  CHECK(run({"--precision_mode=allow_mix_precision",
             "--modify_mixlist=" + run.write("mix.json", "{\"white-list\": {\"to-add\": [\"Softmax\"]}}")})
            .exitCode == 0);
  CHECK(run.of("soft", "reason") == "white-list");
  CHECK(run.of("soft", "target_op") == "SoftmaxV2");
  CHECK(run.of("soft", "op_type") == "Softmax");
  CHECK_THAT(run.of("relu", "text"), Catch::EndsWith("white list (modify_mixlist, line 1)"));
  // Wrong ones stop the run with their place.
  CHECK_THAT(run({"--keep_dtype=" + run.write("bad.txt", "a\nOpType::\n")}).errors,
             Catch::Contains("bad.txt:2:1: 'OpType::' is not followed by an operator type"));
  CHECK_THAT(run({"--modify_mixlist=" + run.at("mix.json")}).errors,
             Catch::Contains("--modify_mixlist needs a mixed precision mode, not force_fp16"));
}

TEST_CASE("implementation modes are resolved in the documented order and written down") {
  Run run;
  const std::string all = run.write("all.ini", "[ByOpType]\nSoftmaxV2=high_precision\n");
  const std::string named = run.write("named.ini", "[ByOpType]\nSoftmaxV2=high_precision\n[ByNodeName]\n"
                                                   "soft=high_performance\n");
  const std::string key = "precast.impl_mode";
  struct Row {
    std::vector<std::string> flags;
    const char* mode;
    bool written;
  };
  const Row rows[] = {
      {{}, "high_performance", false},
      {{"--op_precision_mode=" + all}, "high_precision", true},
      {{"--op_precision_mode=" + named}, "high_performance", true},
      // The file wins over the flags.
      {{"--op_precision_mode=" + all, "--op_select_implmode=high_performance"}, "high_precision", true},
      {{"--op_select_implmode=high_precision_for_all"}, "high_precision", true},
      {{"--op_select_implmode=high_precision"}, "high_precision", true},
      // Those types only.
      {{"--op_select_implmode=high_precision", "--optypelist_for_implmode=SoftmaxV2"}, "high_precision", true},
      {{"--op_select_implmode=high_precision", "--optypelist_for_implmode=Pooling"}, "high_performance", false},
      // What a flag chooses is written, be it the default; what nobody chose is not.
      {{"--op_select_implmode=high_performance"}, "high_performance", true},
      {{"--op_select_implmode=high_performance_for_all"}, "high_performance", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.flags);
    const test::CommandResult result = run(row.flags);
    CAPTURE(result.errors);
    REQUIRE(result.exitCode == 0);
    CHECK(run.of("soft", "impl_mode") == row.mode);
    CHECK(run.of("relu", "impl_mode") == "null");
    CHECK((run.output().find(key) != std::string::npos) == row.written);
    if (row.written) CHECK(run.output().find(row.mode) != std::string::npos);
  }
  CHECK(run({"--op_precision_mode=" + run.at("none.ini")}).exitCode == 1);
  CHECK_THAT(run({"--op_precision_mode=" + run.at("none.ini")}).errors, Catch::Contains("none.ini': No such file"));
  CHECK_THAT(run({"--optypelist_for_implmode=SoftmaxV2"}).errors,
             Catch::Contains("error: --optypelist_for_implmode is given without --op_select_implmode"));
  CHECK_THAT(run({"--op_select_implmode=fast"}).errors,
             Catch::Contains("error: --op_select_implmode: unknown value 'fast'"));
  CHECK_THAT(
      run({"--op_select_implmode=high_precision", "--optypelist_for_implmode=Sofmax"}).errors,
      Catch::Contains("warning: --optypelist_for_implmode: entry 'Sofmax' matches no node, nearest is 'Softmax'"));
  // An operator whose kernel does not offer the mode: a warning, ignored.
  const test::CommandResult other =
      run({"--op_precision_mode=" + run.write("other.ini", "[ByOpType]\nRelu=high_precision\n")});
  CHECK(other.exitCode == 0);
  CHECK_THAT(other.errors, Catch::Contains("other.ini:2:1: node 'relu' (Relu): high_precision is not offered"));
}

TEST_CASE("what an earlier compilation wrote of implementation modes does not contradict the report of this one") {
  Run run;
  const std::string key = "precast.impl_mode";
  REQUIRE(run({"--op_select_implmode=high_precision"}).exitCode == 0);
  REQUIRE(run.output().find(key) != std::string::npos);
  const std::string precise = run.write("precise.onnx", run.output());
  struct Row {
    std::vector<std::string> flags;
    const char* mode;  // of "soft"
    const char* written;
  };
  const Row rows[] = {
      {{"--soc_version=Ascend310"}, "high_performance", ""},
      {{"--target=onnx"}, "null", ""},
      {{"--soc_version=Ascend310", "--op_select_implmode=high_performance"}, "high_performance", "high_performance"},
      {{"--soc_version=Ascend310", "--op_select_implmode=high_precision"}, "high_precision", "high_precision"}};
  for (const Row& row : rows) {
    CAPTURE(row.flags);
    std::string first;
    for (const std::string& model : {precise, run.at("first.onnx")}) {
      CAPTURE(model);
      const test::CommandResult result = run.compile(model, row.flags);
      CAPTURE(result.errors);
      REQUIRE(result.exitCode == 0);
      CHECK(run.of("soft", "impl_mode") == row.mode);
      const std::string output = run.output();
      CHECK((output.find(key) != std::string::npos) == (*row.written != '\0'));
      if (*row.written != '\0') CHECK(output.find(row.written) == output.find(key) + key.size() + 2);
      CHECK(output.find(key) == output.rfind(key));
      if (!first.empty()) CHECK(output == first);
      first = output;
      run.write("first.onnx", output);
    }
  }
}

TEST_CASE("flags of implementation modes say once that a target has none") {
  Run run;
  const std::string file = run.write("impl.ini", "[ByOpType]\nSoftmax=high_precision\n[ByNodeName]\nrelu=keep_fp16\n");
  const auto said = [&](const std::string& target, const std::vector<std::string>& flags) {
    std::vector<std::string> all = {target};
    all.insert(all.end(), flags.begin(), flags.end());
    const test::CommandResult result = run.compile(run.at("m.onnx"), all);
    CHECK(result.exitCode == 0);
    return result.errors;
  };
  for (const char* name : {"onnx", "ort-cpu", "ort-cuda", "tensorrt"}) {
    CAPTURE(name);
    const std::string target = std::string("--target=") + name;
    const std::string rest =
        std::string(" has no effect: no kernel of target '") + name + "' offers implementation modes\n";
    CHECK(said(target, {"--op_select_implmode=high_precision"}) == "precast: warning: --op_select_implmode" + rest);
    CHECK(said(target, {"--op_select_implmode=high_performance_for_all"}) ==
          "precast: warning: --op_select_implmode" + rest);
    CHECK(said(target, {"--op_select_implmode=high_precision", "--optypelist_for_implmode=Softmax,Relu"}) ==
          "precast: warning: --op_select_implmode with --optypelist_for_implmode" + rest);
    CHECK(said(target, {"--op_precision_mode=" + file}) == "precast: warning: --op_precision_mode" + rest);
    CHECK(said(target, {}).empty());
  }
  CHECK(said("--soc_version=Ascend310", {"--op_select_implmode=high_precision"}).empty());
  // A table of one's own has operators of Ascend's, whose modes are known, or it has not.
  const std::string rows = R"({"input0":{"dtype":"float16"},"output0":{"dtype":"float16"}})";
  const std::string names = "{\"Relu\":" + rows + ",\"Softmax\":" + rows;
  const std::string plain = run.write("plain.json", names + "}");
  CHECK_THAT(said("--ops_info=" + plain, {"--op_select_implmode=high_precision"}),
             Catch::Contains("no kernel of target '" + plain + "' offers implementation modes"));
  CHECK(said("--ops_info=" + run.write("ascend.json", names + ",\"SoftmaxV2\":" + rows + "}"),
             {"--op_select_implmode=high_precision"})
            .empty());
  // A file with a mistake stops the run all the same.
  CHECK_THAT(run.compile(run.at("m.onnx"), {"--target=onnx", "--op_precision_mode=" + run.write("bad.ini", "x=fast\n")})
                 .errors,
             Catch::Contains("bad.ini:1:3: unknown implementation mode 'fast'"));
}

TEST_CASE("the model's borders and weights obey their flags") {
  Run run;
  CHECK(run({"--output_type=FP16", "--input_fp16_nodes=x", "--quiet"}).exitCode == 0);
  const onnx::Model model = test::modelOf(run.output());
  CHECK(model.graph.dtype(model.graph.region(RegionId::main).inputs[0]) == DType::float16);
  CHECK(model.graph.dtype(model.graph.region(RegionId::main).outputs[0]) == DType::float16);
  CHECK(run({"--output_type=relu:0:FP16", "--quiet"}).exitCode == 0);
  CHECK_THAT(run({"--output_type=FP17"}).errors, Catch::Contains("error: --output_type: unknown output type 'FP17'"));
  CHECK_THAT(run({"--input_fp16_nodes=x;"}).errors, Catch::Contains("error: --input_fp16_nodes: item 2 of"));
  for (const char* word : {"0", "1", "true", "false"})
    CHECK(run({std::string("--weight_clip=") + word, "--quiet"}).exitCode == 0);
  CHECK_THAT(run({"--weight_clip=2"}).errors, Catch::Contains("--weight_clip: unknown value '2'; known are 1, 0"));
  CHECK(run({"--is_weight_clip=0", "--quiet"}).exitCode == 0);
  CHECK_THAT(run({"--is_weight_clip=2"}).errors, Catch::Contains("error: --is_weight_clip: unknown value '2'; known"));
}

}  // namespace
}  // namespace precast
