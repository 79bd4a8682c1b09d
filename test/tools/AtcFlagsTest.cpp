// A command line that was written for ATC runs as it stands: flags that have a say in precision are obeyed (see also
// PolicyFlagsTest), the others accepted with a note.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "Command.h"
#include "Places.h"

namespace precast {
namespace {

constexpr const char* kGraph = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"constants":[],
"nodes":[{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["y"]})";

class Run {
 public:
  Run() { std::ofstream(folder_.file("g.json")) << kGraph; }
  test::CommandResult operator()(const std::vector<std::string>& flags) const {
    std::vector<std::string> command = {test::toolPath(), "compile", "--model=" + folder_.file("g.json"),
                                        "--output=" + folder_.file("out.json"),
                                        "--report=" + folder_.file("report.json")};
    command.insert(command.end(), flags.begin(), flags.end());
    return test::runCommand(command);
  }
  std::string output() const { return folder_.file("out.json"); }
  std::string report() const { return test::readBytes(folder_.file("report.json")); }

 private:
  test::ScratchFolder folder_;
};

TEST_CASE("a pasted ATC command line with many flags that have no say runs and notes each") {
  const Run run;
  const test::CommandResult result =
      run({"--framework=5", "--soc_version=Ascend310P3", "--input_shape=x:1,3,224,224", "--input_format=NCHW",
           "--insert_op_conf=aipp.cfg", "--out_nodes=r:0", "--enable_small_channel=1", "--log=info",
           "--precision_mode=allow_mix_precision"});
  CAPTURE(result.errors);
  CHECK(result.exitCode == 0);
  for (const char* flag : {"--input_shape=x:1,3,224,224", "--input_format=NCHW", "--insert_op_conf=aipp.cfg",
                           "--out_nodes=r:0", "--enable_small_channel=1"}) {
    CHECK_THAT(result.errors, Catch::Contains(std::string("precast: note: ") + flag +
                                              " has no say in precision, it has no effect here\n"));
  }
  CHECK_THAT(run.report(), Catch::Contains("\"target\":\"ascend310p\"") &&
                               Catch::Contains("\"precision_mode\":\"allow_mix_precision\"") &&
                               Catch::Contains("--insert_op_conf=aipp.cfg has no say"));
  // Of one that is given twice ATC takes the last, and so may a script that adds to its own.
  const test::CommandResult twice = run({"--input_shape=x:1", "--input_shape=x:2"});
  CHECK(twice.exitCode == 0);
  CHECK_THAT(twice.errors, Catch::Contains("--input_shape=x:2 has no say") && !Catch::Contains("x:1"));
}

TEST_CASE("one dash before a flag is as good as two, as in ATC") {
  const Run run;
  REQUIRE(run({"--soc_version=Ascend310P3", "--input_format=NCHW", "--weight_clip=0"}).exitCode == 0);
  const std::string decided = test::readBytes(run.output());
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-soc_version=Ascend310P3", "-input_format=NCHW", "-weight_clip=0"},
        {"-soc_version", "Ascend310P3", "-input_format", "NCHW", "-is_weight_clip", "0"},
        {"-soc_version=Ascend310P3", "-durable", "-keep_dtype=", "-modify_mixlist", "", "-framework", "5"}}) {
    CAPTURE(words);
    const test::CommandResult result = run(words);
    CAPTURE(result.errors);
    CHECK(result.exitCode == 0);
    CHECK_THAT(run.report(), Catch::Contains("\"target\":\"ascend310p\""));
    CHECK(test::readBytes(run.output()) == decided);
  }
  CHECK_THAT(run({"-quiet", "-dry_run"}).errors, Catch::Equals(""));
  CHECK_THAT(run({"-help"}).output, Catch::Contains("--soc_version"));
  CHECK_THAT(run({"-h"}).output, Catch::Contains("--soc_version"));
  CHECK_THAT(test::runCommand({test::toolPath(), "-version"}).output, Catch::StartsWith("precast "));
  CHECK(test::runCommand({test::toolPath(), "ops", "-target=onnx", "Relu"}).exitCode == 0);
  // A value is no flag.
  CHECK_THAT(run({"--op_name_map=-soc_version"}).errors, Catch::Contains("--op_name_map=-soc_version has no say"));
  CHECK_THAT(run({"-op_name_map", "-other"}).errors, Catch::Contains("--op_name_map=-other has no say"));
}

TEST_CASE("an ATC flag with an empty value is as if it were not given, as in ATC, and is told") {
  const Run run;
  const test::CommandResult plain = run({});
  REQUIRE(plain.exitCode == 0);
  const std::string decided = test::readBytes(run.output());
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--insert_op_conf="},
                                                {"--insert_op_conf", ""},
                                                {"--keep_dtype="},
                                                {"--keep_dtype", ""},
                                                {"--precision_mode="},
                                                {"--modify_mixlist="},
                                                {"--framework="},
                                                {"--op_select_implmode", ""},
                                                {"--is_weight_clip="},
                                                {"--input_shape=", "--input_shape="}}) {
    CAPTURE(words);
    const test::CommandResult result = run(words);
    CHECK(result.exitCode == 0);
    const std::string flag = words[0].substr(0, words[0].find('='));
    CHECK(result.errors ==
          "precast: warning: " + flag + " has no value, it is as if it were not given\n" + plain.errors);
    CHECK_THAT(run.report(), Catch::Contains("\"id\":\"flag-empty\""));
    CHECK(test::readBytes(run.output()) == decided);
  }
  // It takes no other word with it, and what is given as well holds.
  const test::CommandResult both = run({"--insert_op_conf=", "--precision_mode=", "--precision_mode=force_fp32"});
  CHECK(both.exitCode == 0);
  CHECK_THAT(run.report(), Catch::Contains("\"precision_mode\":\"force_fp32\""));
}

TEST_CASE("flags of ATC's newer, older and undocumented ways are accepted too") {
  const Run run;
  for (const char* flag :
       {"--deterministic_level=1", "--atomic_clean_policy=1", "--static_model_ops_lower_limit=4", "--encrypt_mode=0",
        "--encrypt_key=k", "--hardware_key=k", "--certificate=c", "--private_key=k", "--device_id=0",
        "--hccl_sub_comm_config=h.json", "--build_config=make", "--enable_attr_compression=true",
        "--h2d_overlapped_with_compute=1", "--raw_ge_options_ignore_unsupported=true"}) {
    const test::CommandResult result = run({flag});
    CHECK(result.exitCode == 0);
    CHECK_THAT(result.errors, Catch::StartsWith(std::string("precast: note: ") + flag +
                                                " has no say in precision, it has no effect here\n"));
  }
}

TEST_CASE(
    "a flag of ATC that would change how a network computes, and does not here, is a warning that says what does") {
  const Run run;
  for (const auto& [flag, instead] : {std::pair("--fp16_high_prec=1", "--op_select_implmode=high_precision"),
                                      {"--allow_hf32=true", "the tables know no HF32 modes"},
                                      {"--is_output_adjust_hw_layout=false,true", "--output_type=FP16"},
                                      {"--is_input_adjust_hw_layout=true", "--input_fp16_nodes"},
                                      {"--compression_optimize_conf=c.cfg", "no model is quantized"},
                                      {"--cal_conf=c.cfg", "no model is quantized"},
                                      {"--raw_ge_options=o.json", "flags of its own"}}) {
    const test::CommandResult result = run({flag});
    CHECK(result.exitCode == 0);
    CHECK_THAT(result.errors, Catch::StartsWith(std::string("precast: warning: ") + flag + " has no effect here: ") &&
                                  Catch::Contains(instead));
    CHECK_THAT(run.report(), Catch::Contains("flag-not-obeyed"));
  }
  for (const char* flag : {"--fp16_high_prec=0", "--is_output_adjust_hw_layout=false,false"}) {
    CHECK_THAT(run({flag}).errors, Catch::StartsWith(std::string("precast: note: ") + flag + " has no say"));
  }
}

TEST_CASE("a misspelled flag suggests the nearest") {
  const Run run;
  struct Row {
    const char* flag;
    const char* near;
  };
  const Row rows[] = {{"--precison_mode=force_fp16", "--precision_mode"},
                      {"--input_shap=x:1", "--input_shape"},
                      {"--insert_op_config=a", "--insert_op_conf"},
                      {"--op_select_implmod=high_precision", "--op_select_implmode"},
                      {"--socversion=Ascend310", "--soc_version"},
                      {"--keep_dtypes=a", "--keep_dtype"},
                      {"--log_level=info", "--log"},
                      {"--log-level=info", "--log"},
                      {"--soc-version=Ascend310", "--soc_version"},
                      {"--precision-mode=force_fp16", "--precision_mode"},
                      {"--insert-op-conf=a", "--insert_op_conf"},
                      {"--soc=Ascend310", "--soc_version"},
                      {"--weight_compress_conf=a", "--compress_weight_conf"},
                      {"\xE2\x80\x93soc_version=Ascend310", "--soc_version"},  // the dashes that editors make of two
                      {"\xE2\x80\x94soc_version=Ascend310", "--soc_version"},
                      {"\xE2\x80\x93-insert_op_conf=a", "--insert_op_conf"},
                      {"--customise_dtypes=a", "--customize_dtypes"}};
  for (const Row& row : rows) {
    CAPTURE(row.flag);
    const test::CommandResult result = run({row.flag});
    CHECK(result.exitCode == 2);
    CHECK_THAT(result.errors, Catch::EndsWith(std::string("did you mean '") + row.near + "'?\n"));
  }
}

TEST_CASE("a word that begins with a dash of an editor and is near no flag is a word") {
  CHECK(Run()({"\xE2\x80\x93"}).errors == "precast: error: unexpected word '\xE2\x80\x93'\n");
  CHECK(Run()({"\xE2\x80\x93x.onnx"}).errors == "precast: error: unexpected word '\xE2\x80\x93x.onnx'\n");
}

TEST_CASE("a misspelled flag before the command suggests the nearest of the command that has it") {
  for (const auto& [flag, suggested] :
       {std::pair("--keep_dytpe=x", ", did you mean '--keep_dtype' of 'precast compile'?"),
        {"-keep_dytpe=x", ", did you mean '--keep_dtype' of 'precast compile'?"},
        {"--insert_op_cnf=x", ", did you mean '--insert_op_conf' of 'precast compile'?"},
        {"-m", ", did you mean '--model' of 'precast compile'?"},
        {"--versoin", ", did you mean '--version'?"},
        {"--frobnicate", ""}}) {
    const test::CommandResult result = test::runCommand({test::toolPath(), flag, "compile"});
    CHECK(result.exitCode == 2);
    const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
    CHECK(result.errors == "precast: error: unknown flag '" + name + "'" + suggested + "\n");
  }
}

TEST_CASE("every SoC that ATC names has its table, and an unknown one lists the known") {
  const Run run;
  struct Row {
    const char* soc;
    const char* target;
  };
  const Row rows[] = {{"Ascend310", "ascend310"},    {"Ascend310P1", "ascend310p"},  {"Ascend310P3", "ascend310p"},
                      {"Ascend310B1", "ascend310b"}, {"Ascend610", "ascend610"},     {"Ascend910A", "ascend910"},
                      {"Ascend910B", "ascend910"},   {"Ascend910ProA", "ascend910"}, {"Ascend910ProB", "ascend910"},
                      {"Ascend910B1", "ascend910b"}, {"Ascend910B2", "ascend910b"},  {"Ascend910B3", "ascend910b"},
                      {"Ascend910B4", "ascend910b"}};
  for (const Row& row : rows) {
    CAPTURE(row.soc);
    CHECK(run({std::string("--soc_version=") + row.soc, "--quiet"}).exitCode == 0);
    CHECK_THAT(run.report(), Catch::Contains(std::string("\"target\":\"") + row.target + "\""));
  }
  const test::CommandResult unknown = run({"--soc_version=Ascend910C"});
  CHECK(unknown.exitCode == 2);
  for (const Row& row : rows) CHECK_THAT(unknown.errors, Catch::Contains(row.soc));
}

TEST_CASE("only ONNX is read, and the other frameworks are told how to get there") {
  const Run run;
  CHECK(run({"--framework=5", "--quiet"}).exitCode == 0);
  for (const auto& [number, name] : {std::pair("0", "Caffe"), {"1", "MindSpore"}, {"3", "TensorFlow"}}) {
    const test::CommandResult result = run({std::string("--framework=") + number});
    CHECK(result.exitCode == 2);
    CHECK(result.errors == std::string("precast: error: --framework=") + number + " (" + name +
                               ") is not supported, export the model to ONNX (5)\n");
  }
  CHECK(run({"--framework=onnx"}).errors ==
        "precast: error: --framework: unknown value 'onnx'; 5 is ONNX, the only one that is read\n");
}

TEST_CASE("what ATC does other than compile a model is not done instead") {
  const Run run;
  for (const char* mode : {"--mode=0", "--mode=30"}) CHECK(run({mode, "--quiet"}).exitCode == 0);
  struct Row {
    std::vector<std::string> flags;
    const char* message;
  };
  const Row rows[] = {
      {{"--mode=1", "--om=m.om", "--json=m.json"},
       "--mode=1 (a model to JSON) is not supported, models are compiled (0)"},
      {{"--mode=3", "--model=m.onnx"},
       "--mode=3 (a check alone) is not supported, models are compiled (0); --dry_run decides and writes none"},
      {{"--mode=5", "--om=m.txt", "--json=m.json"},
       "--mode=5 (a dump to JSON) is not supported, models are compiled (0)"},
      {{"--mode=6", "--om=m.om"}, "--mode=6 (what a model holds) is not supported, models are compiled (0)"},
      {{"--mode=all"}, "--mode: unknown value 'all'; 0 compiles a model, which is all that is done"},
      {{"--singleop=op.json", "--output=op"}, "--singleop is not supported: single operators are no model"},
      {{"--output=x"}, "--model is required"}};
  for (const Row& row : rows) {
    std::vector<std::string> command = {test::toolPath(), "compile"};
    command.insert(command.end(), row.flags.begin(), row.flags.end());
    const test::CommandResult result = test::runCommand(command);
    CHECK(result.exitCode == 2);
    CHECK(result.errors == std::string("precast: error: ") + row.message + "\n");
  }
}

TEST_CASE("a switch of ATC has a value or none, as in ATC") {
  const Run run;
  struct Row {
    std::vector<std::string> words;
    const char* value;
  };
  for (const Row& row :
       {Row{{"--raw_ge_options_ignore_unsupported"}, "true"},
        Row{{"-raw_ge_options_ignore_unsupported", "--framework=5"}, "true"},
        Row{{"--noraw_ge_options_ignore_unsupported"}, "false"}, Row{{"-noraw_ge_options_ignore_unsupported"}, "false"},
        Row{{"--raw_ge_options_ignore_unsupported=true"}, "true"}}) {
    CAPTURE(row.words);
    const test::CommandResult result = run(row.words);
    CHECK(result.exitCode == 0);
    CHECK_THAT(result.errors, Catch::StartsWith(std::string("precast: note: --raw_ge_options_ignore_unsupported=") +
                                                row.value + " has no say in precision"));
  }
}

TEST_CASE("log says which messages are shown, the report has them all") {
  const Run run;
  struct Row {
    const char* level;
    bool note;
    bool warning;
  };
  // A note: an ignored flag. A warning: an entry that matches no input.
  for (const Row& row : {Row{"debug", true, true}, Row{"info", true, true}, Row{"warning", false, true},
                         Row{"error", false, false}, Row{"null", false, false}}) {
    CAPTURE(row.level);
    const test::CommandResult result =
        run({std::string("--log=") + row.level, "--input_shape=x:1", "--input_fp16_nodes=nothing"});
    CHECK(result.exitCode == 0);
    CHECK((result.errors.find("precast: note: ") != std::string::npos) == row.note);
    CHECK((result.errors.find("precast: warning: ") != std::string::npos) == row.warning);
    CHECK_THAT(run.report(), Catch::Contains("flag-ignored") && Catch::Contains("input-fp16-unmatched"));
  }
  CHECK_THAT(run({"--log=INFO"}).errors, Catch::EndsWith("error, null; the nearest is 'info'\n"));
  CHECK(run({"--log=loud"}).errors ==
        "precast: error: --log: unknown value 'loud'; known are debug, info, warning, error, null\n");
}

}  // namespace
}  // namespace precast
