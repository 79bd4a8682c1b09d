// Models, policies and reports through C: texts in, texts and bytes out. C++ is the oracle.
#include <catch2/catch.hpp>

#include "COwned.h"
#include "Command.h"
#include "GraphBuilder.h"
#include "ModelBuilder.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

std::string smallModel() {
  return model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mm")}, {floatTensor("w", {2}, {1, 70000})}, {info("x")},
                     {info("y")}));
}

void count(void* counter) { ++*static_cast<int*>(counter); }

}  // namespace

TEST_CASE("a model goes through C to the bytes that C++ writes, by file and by memory") {
  const std::string bytes = smallModel();
  const ScratchFolder folder;
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CHECK(precast_model_bytes(read) == bytes.size());
  CResult result;
  REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  CWritten written;
  REQUIRE(precast_onnx_write(read, result, nullptr, written.out(), nullptr) == PRECAST_OK);
  const onnx::Model oracle = modelOf(bytes);
  const absl::StatusOr<CompileResult> compiled = compile(oracle.graph);
  std::string expected;
  REQUIRE(onnx::write(*compiled, *oracle.source, &expected).ok());
  CHECK(textOf(precast_written_data(written)) == expected);
  CHECK(precast_written_bytes(written) == expected.size());
  REQUIRE(precast_written_conversion_count(written) == 1);
  precast_conversion conversion = {};
  REQUIRE(precast_written_conversion(written, 0, &conversion, nullptr) == PRECAST_OK);
  CHECK((conversion.elements == 2 && conversion.saturated == 1));
  CHECK(precast_written_conversion(written, 1, &conversion, nullptr) == PRECAST_INVALID_ARGUMENT);

  const std::string path = folder.file("out.onnx");
  REQUIRE(precast_onnx_write_file(read, result, path.c_str(), nullptr, nullptr, nullptr) == PRECAST_OK);
  CHECK(readBytes(path) == expected);
  REQUIRE(precast_onnx_read_file(path.c_str(), nullptr, read.out(), nullptr) == PRECAST_OK);
  CHECK(precast_graph_node_count(precast_model_graph(read)) == precast_graph_node_count(precast_result_graph(result)));

  CError error;
  CHECK(precast_onnx_read_file(folder.file("none.onnx").c_str(), nullptr, read.out(), error.out()) ==
        PRECAST_NOT_FOUND);
  CHECK(error.message() == onnx::readFile(folder.file("none.onnx")).status().message());
  CHECK(read.get() == nullptr);
}

TEST_CASE("the owner of a model's bytes is released once, after everything that needs them") {
  std::string bytes = smallModel();
  int released = 0;
  CResult result;
  {
    CModel read;
    REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), count, &released, nullptr, read.out(), nullptr) ==
            PRECAST_OK);
    REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  }
  CHECK(released == 0);
  result.out();
  CHECK(released == 1);
  CModel none;
  CHECK(precast_onnx_read("\xFF", 1, count, &released, nullptr, none.out(), nullptr) != PRECAST_OK);
  CHECK(released == 2);
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_keep_alive(graph, &released, count, nullptr) == PRECAST_OK);
  CGraph copy;
  REQUIRE(precast_graph_copy(graph, copy.out(), nullptr) == PRECAST_OK);
  graph.out();
  CHECK(released == 2);
  copy.out();
  CHECK(released == 3);
  CHECK(precast_graph_keep_alive(nullptr, &released, count, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(released == 4);
}

TEST_CASE("every policy file that C++ reads, C reads alike, mistakes included") {
  using Read = precast_status (*)(precast_policy*, const char*, size_t, const char*, precast_error**);
  struct Case {
    Read read;
    std::string text;
    std::function<absl::Status(PrecisionPolicy&)> oracle;
  };
  const auto set = [](auto read, auto& into) {
    if (read.ok()) into = *read;
    return read.status();
  };
  std::vector<Case> cases;
  // Without a sink a warning goes nowhere.
  const Read readKeepDtype = [](auto* policy, auto* text, auto size, auto* source, auto** error) {
    return precast_policy_read_keep_dtype(policy, text, size, source, nullptr, nullptr, error);
  };
  const Read readCustomizeDtypes = [](auto* policy, auto* text, auto size, auto* source, auto** error) {
    return precast_policy_read_customize_dtypes(policy, text, size, source, nullptr, nullptr, error);
  };
  for (const char* text : {"a\n# b\nOpType::Conv\n*x?", "OpType::", "a\na"}) {
    cases.push_back(
        {readKeepDtype, text, [=](auto& policy) { return set(parseKeepDtype(text, "F"), policy.keepDtype); }});
  }
  for (const char* text : {"a::InputDtype:float16,,int32,OutputDtype:float16", "a::InputDtype:nope"}) {
    cases.push_back({readCustomizeDtypes, text,
                     [=](auto& policy) { return set(parseCustomizeDtypes(text, "F"), policy.customizeDtypes); }});
  }
  for (const char* text : {"FP16", "n:0:FP32;m:1:FP16", "n:x:FP32"}) {
    cases.push_back({precast_policy_read_output_type, text,
                     [=](auto& policy) { return set(parseOutputType(text, "F"), policy.outputType); }});
  }
  for (const char* text : {"a;b", "a;;b"}) {
    cases.push_back({precast_policy_read_input_fp16_nodes, text,
                     [=](auto& policy) { return set(parseInputFp16Nodes(text, "F"), policy.inputFp16Nodes); }});
  }
  for (const char* text : {"Softmax=high_precision", "Softmax=nope"}) {
    cases.push_back({precast_policy_read_impl_mode_table, text,
                     [=](auto& policy) { return set(parseImplModeTable(text, "F"), policy.implModes); }});
  }
  for (const Case& each : cases) {
    INFO(each.text);
    CPolicy policy;
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    PrecisionPolicy oracle;
    const absl::Status expected = each.oracle(oracle);
    CError error;
    CHECK(each.read(policy, each.text.data(), each.text.size(), "F", error.out()) ==
          static_cast<precast_status>(expected.raw_code()));
    CHECK(error.message() == expected.message());
    const PrecisionPolicy& read = *c::behind(policy.get());
    CHECK(read.keepDtype.size() == oracle.keepDtype.size());
    CHECK(read.customizeDtypes.size() == oracle.customizeDtypes.size());
    CHECK(read.outputType.all == oracle.outputType.all);
    CHECK(read.outputType.outputs.size() == oracle.outputType.outputs.size());
    CHECK(read.inputFp16Nodes == oracle.inputFp16Nodes);
    CHECK(read.implModes.size() == oracle.implModes.size());
    for (std::size_t i = 0; i < read.keepDtype.size(); ++i) {
      CHECK(read.keepDtype[i].pattern == oracle.keepDtype[i].pattern);
      CHECK(read.keepDtype[i].origin == oracle.keepDtype[i].origin);
    }
  }
}

TEST_CASE("entries that C makes by hand are those that C++ reads from the files") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  const precast_dtype inputs[] = {PRECAST_DTYPE_FLOAT16, PRECAST_DTYPE_UNDEFINED, PRECAST_DTYPE_INT32};
  const precast_dtype output = PRECAST_DTYPE_BFLOAT16;
  REQUIRE(precast_policy_customize_dtypes(policy, PRECAST_SELECT_NODE, "a", inputs, 3, &output, 1, nullptr) == 0);
  REQUIRE(precast_policy_customize_dtypes(policy, PRECAST_SELECT_TYPE, "Conv", nullptr, 0, &output, 1, nullptr) == 0);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_TYPE, "Exp", PRECAST_IMPL_HIGH_PRECISION, nullptr) == 0);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_GLOB, "b*", PRECAST_IMPL_KEEP_FP16, nullptr) == 0);
  REQUIRE(precast_policy_output_type_of(policy, "n", 1, PRECAST_DTYPE_FLOAT16, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_input_fp16(policy, "x", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_input_fp16(policy, "z", nullptr) == PRECAST_OK);
  const auto same = [](const NodeSelector& made, const NodeSelector& read) {
    CHECK(made.kind == read.kind);
    CHECK(made.pattern == read.pattern);
    CHECK(made.origin.empty());
  };
  const PrecisionPolicy& made = *c::behind(policy.get());
  const auto custom =
      parseCustomizeDtypes("a::InputDtype:float16,,int32,OutputDtype:bfloat16\nOpType::Conv:OutputDtype:bfloat16", "F");
  REQUIRE((custom.ok() && custom->size() == made.customizeDtypes.size()));
  for (std::size_t i = 0; i < custom->size(); ++i) {
    same(made.customizeDtypes[i].nodes, (*custom)[i].nodes);
    CHECK(made.customizeDtypes[i].inputs == (*custom)[i].inputs);
    CHECK(made.customizeDtypes[i].outputs == (*custom)[i].outputs);
  }
  const auto modes = parseOpPrecisionMode("Exp=high_precision\n[ByNodeName]\nb*=keep_fp16", "F");
  REQUIRE((modes.ok() && modes->size() == made.implModes.size()));
  for (std::size_t i = 0; i < modes->size(); ++i) {
    same(made.implModes[i].nodes, (*modes)[i].nodes);
    CHECK(made.implModes[i].mode == (*modes)[i].mode);
    CHECK(made.implModes[i].fromUser == (*modes)[i].fromUser);
  }
  const auto outputs = parseOutputType("n:1:FP16", "F");
  REQUIRE((outputs.ok() && made.outputType.outputs.size() == 1));
  CHECK(made.outputType.outputs[0].node == outputs->outputs[0].node);
  CHECK(made.outputType.outputs[0].slot == outputs->outputs[0].slot);
  CHECK(made.outputType.outputs[0].dtype == outputs->outputs[0].dtype);
  CHECK(made.inputFp16Nodes == parseInputFp16Nodes("x;z", "F").value());
}

TEST_CASE("a second policy file adds to the first") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "first", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_read_keep_dtype(policy, "second", 6, "F", nullptr, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_read_keep_dtype(policy, "third", 5, "F", nullptr, nullptr, nullptr) == PRECAST_OK);
  const auto& entries = c::behind(policy.get())->keepDtype;
  REQUIRE(entries.size() == 3);
  CHECK((entries[0].pattern == "first" && entries[1].pattern == "second" && entries[2].pattern == "third"));
}

TEST_CASE("a mixlist and the flags of implementation modes warn through the callback") {
  CTarget target;
  REQUIRE(precast_target_for_soc("Ascend310P3", target.out(), nullptr) == PRECAST_OK);
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  const std::string text = R"({"black-list": {"to-add": ["Relv"]}})";
  REQUIRE(precast_policy_read_mixlist(policy, text.data(), text.size(), "M", target, precast_diagnostics_collect,
                                      diagnostics.get(), nullptr) == PRECAST_OK);
  REQUIRE(precast_diagnostics_count(diagnostics) == 1);
  precast_diagnostic diagnostic = {};
  REQUIRE(precast_diagnostics_get(diagnostics, 0, &diagnostic, nullptr) == PRECAST_OK);
  CHECK((diagnostic.severity == PRECAST_WARNING && diagnostic.node == PRECAST_NONE));
  CHECK(textOf(diagnostic.message).find("Relv") != std::string::npos);
  CHECK(precast_diagnostics_get(diagnostics, 1, &diagnostic, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(c::behind(policy.get())->listMoves.size() == 1);

  precast_impl_mode_flags flags = PRECAST_IMPL_MODE_FLAGS_INIT;
  flags.op_select_implmode = "high_precision";
  flags.optypelist_for_implmode = "Softmax";
  REQUIRE(precast_policy_read_impl_mode_flags(policy, &flags, nullptr, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(c::behind(policy.get())->implModes.size() == 1);
  CHECK(c::behind(policy.get())->implModes[0].mode == ImplMode::highPrecision);
  flags.op_select_implmode = "nope";
  CHECK(precast_policy_read_impl_mode_flags(policy, &flags, nullptr, nullptr, nullptr) == PRECAST_INVALID_ARGUMENT);
}

TEST_CASE("the readers of keep_dtype and customize_dtypes warn through the callback of what C++ warns of") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  std::vector<Diagnostic> oracle;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) { oracle.push_back(diagnostic); };
  for (const std::string text : {"a\nOpType::Conv\na", "# nothing"}) {
    REQUIRE(precast_policy_read_keep_dtype(policy, text.data(), text.size(), "K", precast_diagnostics_collect,
                                           diagnostics.get(), nullptr) == PRECAST_OK);
    REQUIRE(parseKeepDtype(text, "K", sink).ok());
  }
  REQUIRE(precast_policy_read_customize_dtypes(policy, "", 0, "C", precast_diagnostics_collect, diagnostics.get(),
                                               nullptr) == PRECAST_OK);
  REQUIRE(parseCustomizeDtypes("", "C", sink).ok());
  REQUIRE(oracle.size() == 3);
  REQUIRE(precast_diagnostics_count(diagnostics) == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    precast_diagnostic diagnostic = {};
    REQUIRE(precast_diagnostics_get(diagnostics, i, &diagnostic, nullptr) == PRECAST_OK);
    CHECK(textOf(diagnostic.message) == oracle[i].message);
    CHECK(textOf(diagnostic.id) == oracle[i].id);
  }
}

TEST_CASE("words of precision modes are those of the flags") {
  precast_mode mode = -1;
  CHECK(precast_mode_parse("allow_mix_precision_fp16", &mode, nullptr) == PRECAST_OK);
  CHECK(mode == PRECAST_ALLOW_MIX_PRECISION);
  CHECK(textOf(precast_mode_name(mode)) == "allow_mix_precision");
  CHECK(precast_mode_parse_v2("origin", &mode, nullptr) == PRECAST_OK);
  CHECK(mode == PRECAST_MUST_KEEP_ORIGIN_DTYPE);
  CHECK(precast_mode_parse("origin", &mode, nullptr) == PRECAST_NOT_FOUND);
}

TEST_CASE("a fill that float16 cannot hold is told of through C too") {
  const std::string fill = tensorAttribute("value", floatTensor("", {1}, {1e30F}));
  const std::string bytes =
      model(graph({node("ConstantOfShape", {"s"}, {"c"}, {fill}, "f"), node("Mul", {"x", "c"}, {"y"})}, {},
                  {info("x"), info("s", DType::int64, {1})}, {info("y")}));
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CResult result;
  REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  CWritten written;
  REQUIRE(precast_onnx_write(read, result, nullptr, written.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  precast_report report = PRECAST_REPORT_INIT;
  report.graph = precast_model_graph(read);
  report.result = result;
  report.written = written;
  REQUIRE(precast_report_conversions(&report, precast_diagnostics_collect, diagnostics.get(), nullptr) == PRECAST_OK);
  REQUIRE(c::behind(diagnostics.get())->size() == 1);
  CHECK(c::behind(diagnostics.get())->front().nodeName == "f");
}

TEST_CASE("a report through C is the report of C++, and a sink may end it") {
  const std::string bytes = smallModel();
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.on_diagnostic = precast_diagnostics_collect;
  options.user = diagnostics.get();
  CResult result;
  REQUIRE(precast_compile(precast_model_graph(read), &options, result.out(), nullptr) == PRECAST_OK);
  CWritten written;
  REQUIRE(precast_onnx_write(read, result, nullptr, written.out(), nullptr) == PRECAST_OK);
  precast_report report = PRECAST_REPORT_INIT;
  report.model = "small";
  report.graph = precast_model_graph(read);
  report.result = result;
  report.bytes_before = precast_model_bytes(read);
  report.written = written;
  report.diagnostics = diagnostics;
  REQUIRE(precast_report_conversions(&report, precast_diagnostics_collect, diagnostics.get(), nullptr) == PRECAST_OK);
  CHECK(precast_diagnostics_count(diagnostics) == 1);

  ReportInput oracle;
  oracle.model = "small";
  oracle.graph = c::behind(report.graph);
  oracle.result = c::behind(result.get());
  oracle.bytesBefore = bytes.size();
  oracle.bytesAfter = c::behind(written.get())->result.bytes;
  oracle.conversions = c::behind(written.get())->result.conversions;
  oracle.diagnostics = *c::behind(diagnostics.get());
  std::string json;
  REQUIRE(precast_report_json(&report, appendText, &json, nullptr) == PRECAST_OK);
  CHECK(json == writeReportJson(oracle));
  CHECK(json.find("weight-out-of-range") != std::string::npos);
  char table[2000];
  REQUIRE(precast_report_table(&report, table, sizeof(table), nullptr, nullptr) == PRECAST_OK);
  CHECK(std::string(table) == writeReportTable(oracle));
  precast_summary summary = PRECAST_SUMMARY_INIT;
  REQUIRE(precast_report_summary(&report, &summary, nullptr) == PRECAST_OK);
  CHECK((summary.nodes == 1 && summary.float16_nodes == 1 && summary.constants_converted == 1));

  const auto stop = [](const char*, size_t, void*) -> int32_t { return 1; };
  CHECK(precast_report_json(&report, stop, nullptr, nullptr) == PRECAST_CANCELLED);
  CHECK(precast_list_builtin_targets(stop, nullptr, nullptr) == PRECAST_CANCELLED);
}

TEST_CASE("a graph goes through JSON in C") {
  const std::string text = writeGraphJson(graphOf(R"({"schema":"precast.graph/1",
    "inputs":[{"name":"x","dtype":"float32"}],"constants":[],
    "nodes":[{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],
    "outputs":["y"]})"))
                               .value();
  CGraph graph;
  REQUIRE(precast_graph_parse_json(text.data(), text.size(), "G", nullptr, graph.out(), nullptr) == PRECAST_OK);
  std::string again;
  REQUIRE(precast_graph_write_json(graph, appendText, &again, nullptr) == PRECAST_OK);
  CHECK(again == text);
  CError error;
  CHECK(precast_graph_parse_json("{", 1, "G", nullptr, graph.out(), error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message().substr(0, 2) == "G:");
}
