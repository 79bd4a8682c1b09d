#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "GraphText.h"
#include "precast/Report.h"
#include "report/HandBuiltPlan.h"

namespace precast {
namespace {

ReportInput inputOf(const HandBuiltPlan& built) {
  ReportInput input;
  input.model = "m.onnx";
  input.graph = &built.graph;
  input.result = &built.result;
  input.bytesBefore = 100;
  return input;
}

/// A constant, a white and a gray node, an If with a node in its then branch, and an integer node.
HandBuiltPlan smallPlan() {
  HandBuiltPlan built;
  const ValueId x = built.value("x"), w = built.value("w"), y = built.value("y"), z = built.value("z");
  const ValueId i = built.value("i", DType::int64), j = built.value("j", DType::int64);
  built.constantNode("c", w);
  const NodeId conv = built.node("conv", "Conv", {x, w, ValueId::none}, {y}, DType::float16, Reason::whiteList,
                                 NodeId::none, "line \"3\"");
  built.node("", "Relu", {y}, {z}, DType::float16, Reason::grayFollows, conv);
  const NodeId branch = built.node("If_3", "If", {i}, {}, DType::undefined, Reason::notFloat);
  const absl::StatusOr<RegionId> body = built.graph.addRegion(branch, "then_branch");
  REQUIRE(body.ok());
  built.node("exp", "Exp", {z}, {built.value("e", DType::float32, *body)}, DType::float32, Reason::userPass,
             NodeId::none, "my-rule", *body);
  built.node("add", "Add", {i, i}, {j}, DType::undefined, Reason::notFloat);
  built.result.plan.targetTypes[index(built.graph.nodeKind(conv))] = "Conv2D";
  RewriteSummary& rewrite = built.result.rewrite;
  rewrite.casts = {{x, DType::float32, DType::float16, 1, 24, RegionId::main},
                   {z, DType::float16, DType::float32, 2, -1, *body}};
  rewrite.castsRemoved = 4;
  rewrite.constants.resize(1);
  rewrite.constants[0].value = built.result.graph.addValue("w", DType::float16);
  rewrite.constants[0].from = DType::float32;
  rewrite.constants[0].to = DType::float16;
  return built;
}

TEST_CASE("the report has the keys of its schema in their order", "[report]") {
  const HandBuiltPlan built = smallPlan();
  ReportInput input = inputOf(built);
  const ConversionStats stats{8, 1, 2, 9.8e7};
  const std::vector<Diagnostic> diagnostics = {
      {Severity::warning, "weight-out-of-range", static_cast<NodeId>(1), "conv", "conv: constant 'w' saturates"},
      {Severity::note, "gray", static_cast<NodeId>(2), "", "follows"},
      {Severity::note, "policy", NodeId::none, "", "about no node"}};
  input.bytesAfter = 60;
  input.conversions = {&stats, 1};
  input.diagnostics = diagnostics;
  CHECK(writeReportJson(input) == R"json({
"schema":"precast.report/1",
"model":"m.onnx",
"target":"ascend310",
"precision_mode":"force_fp16",
"summary":{"nodes":5,"float16_nodes":2,"float32_nodes":1,"bfloat16_nodes":0,"other_nodes":2,"casts_inserted":2,"casts_removed":4,"cast_bytes":24,"constants_converted":1,"bytes_before":100,"bytes_after":60},
"nodes":[
{"name":"c","op_type":"Constant","target_op":"Constant","domain":"","region":"","dtype":"float32","inputs":[],"outputs":["float32"],"library":"aicore","impl_mode":null,"reason":"kept-origin","because":null,"text":"c is float32: its own dtype"},
{"name":"conv","op_type":"Conv","target_op":"Conv2D","domain":"","region":"","dtype":"float16","inputs":["float16","float16",""],"outputs":["float16"],"library":"aicore","impl_mode":null,"reason":"white-list","because":null,"text":"conv is float16: white list (line \"3\")"},
{"name":"","op_type":"Relu","target_op":"Relu","domain":"","region":"","dtype":"float16","inputs":["float16"],"outputs":["float16"],"library":"aicore","impl_mode":null,"reason":"gray-follows","because":"conv","text":"#2 (Relu) is float16: gray, follows conv; conv is float16: white list (line \"3\")"},
{"name":"If_3","op_type":"If","target_op":"If","domain":"","region":"","dtype":null,"inputs":["int64"],"outputs":[],"library":"graph","impl_mode":null,"reason":"not-float","because":null,"text":"If_3 has no float operand"},
{"name":"exp","op_type":"Exp","target_op":"Exp","domain":"","region":"If_3/then_branch","dtype":"float32","inputs":["float32"],"outputs":["float32"],"library":"aicore","impl_mode":null,"reason":"user-pass:my-rule","because":null,"text":"exp is float32: pass 'my-rule'"},
{"name":"add","op_type":"Add","target_op":"Add","domain":"","region":"","dtype":null,"inputs":["int64","int64"],"outputs":["int64"],"library":"graph","impl_mode":null,"reason":"not-float","because":null,"text":"add has no float operand"}
],
"casts":[
{"value":"x","region":"","from":"float32","to":"float16","users":1,"bytes":24},
{"value":"z","region":"If_3/then_branch","from":"float16","to":"float32","users":2,"bytes":null}
],
"constants":[
{"name":"w","from":"float32","to":"float16","saturated":1,"underflowed":2,"max_abs":98000000}
],
"diagnostics":[
{"severity":"warning","id":"weight-out-of-range","node":"conv","message":"conv: constant 'w' saturates"},
{"severity":"note","id":"gray","node":"#2 (Relu)","message":"follows"},
{"severity":"note","id":"policy","node":null,"message":"about no node"}
]
}
)json");
}

TEST_CASE("a dry run has null where nothing was written", "[report]") {
  const HandBuiltPlan built = smallPlan();
  const auto report = nlohmann::json::parse(writeReportJson(inputOf(built)));
  CHECK(report["summary"]["bytes_after"].is_null());
  for (const char* key : {"saturated", "underflowed", "max_abs"}) CHECK(report["constants"][0][key].is_null());
}

TEST_CASE("an infinite magnitude and names that are no text still give JSON", "[report]") {
  HandBuiltPlan built = smallPlan();
  built.result.rewrite.constants[0].value = built.result.graph.addValue("a\xFF\"\n\x01", DType::float16);
  ReportInput input = inputOf(built);
  const ConversionStats stats{1, 0, 0, std::numeric_limits<double>::infinity()};
  input.conversions = {&stats, 1};
  const auto report = nlohmann::json::parse(writeReportJson(input));
  CHECK(report["constants"][0]["max_abs"] == "inf");
  CHECK(report["constants"][0]["name"] == "a\xEF\xBF\xBD\"\n\x01");
}

TEST_CASE("a constant with infinities and NaN gives JSON: they are neither saturated nor underflowed", "[report]") {
  const Graph graph =
      test::graphOfText("in x; const w = inf nan 70000; const v = nan nan; a = Mul(x, w); b = Add(a, v); "
                        "out b",
                        17);
  const absl::StatusOr<CompileResult> result = compile(graph);
  REQUIRE(result.ok());
  std::vector<ConversionStats> stats;
  for (const ConvertedConstant& constant : result->rewrite.constants) {
    std::vector<std::byte> bytes(*tensorBytes(result->graph, constant.value));
    stats.push_back(*convertTensor(result->graph, constant.value, absl::MakeSpan(bytes)));
  }
  ReportInput input;
  input.graph = &graph;
  input.result = &*result;
  input.conversions = stats;
  const auto constants = nlohmann::json::parse(writeReportJson(input))["constants"];
  REQUIRE(constants.size() == 2);
  CHECK(constants[0]["max_abs"] == "inf");
  CHECK(constants[0]["saturated"] == 1);
  CHECK(constants[1]["max_abs"] == 0);
  CHECK(constants[1]["saturated"] == 0);
  CHECK(constants[1]["underflowed"] == 0);
}

TEST_CASE("the pieces of a large report are the report, and the first error of the sink ends it", "[report]") {
  HandBuiltPlan built;
  for (int i = 0; i < 20000; ++i) {
    built.node("node" + std::to_string(i), "Relu", {built.value("")}, {}, DType::float32, Reason::keptOrigin);
  }
  const ReportInput input = inputOf(built);
  std::string joined;
  std::size_t pieces = 0;
  REQUIRE(writeReportJson(input, [&](std::string_view piece) {
            joined += piece;
            ++pieces;
            return absl::OkStatus();
          }).ok());
  CHECK(pieces > 2);
  CHECK(joined == writeReportJson(input));
  CHECK(nlohmann::json::parse(joined)["nodes"].size() == 20000);
  std::size_t calls = 0;
  const absl::Status status = writeReportJson(input, [&](std::string_view) {
    ++calls;
    return absl::ResourceExhaustedError("no space");
  });
  CHECK(status.message() == "no space");
  CHECK(calls == 1);
}

}  // namespace
}  // namespace precast
