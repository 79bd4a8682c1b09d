// Reports through C; C++ is the oracle.
#include <catch2/catch.hpp>

#include "CModels.h"
#include "COwned.h"
#include "ModelBuilder.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

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

TEST_CASE("a report refuses what the writing of another result did, even one with as many constants") {
  const std::string bytes = smallModel();
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CResult results[2];
  CWritten written;
  for (CResult& result : results)
    REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_onnx_write(read, results[0], nullptr, written.out(), nullptr) == PRECAST_OK);
  precast_report report = PRECAST_REPORT_INIT;
  report.graph = precast_model_graph(read);
  report.written = written;
  std::string json;
  report.result = results[1];
  CError error;
  CHECK(precast_report_json(&report, appendText, &json, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "report.written did not write report.result");
  report.result = results[0];
  CHECK(precast_report_json(&report, appendText, &json, nullptr) == PRECAST_OK);
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
