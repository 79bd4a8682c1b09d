// Why a node has its dtype: the chain of causes from the node to its root, the warnings, and the report.
#include <cstdio>
#include <string>

#include "precast/precast.h"

namespace {

constexpr const char* kGraph = R"({"schema":"precast.graph/1",
  "inputs":[{"name":"x","dtype":"float32","shape":[1,8]}],
  "constants":[{"name":"w","dtype":"float32","shape":[8,8]}],
  "nodes":[{"name":"dense","op":"MatMul","inputs":["x","w"],"outputs":[{"name":"a","dtype":"float32","shape":[1,8]}]},
           {"name":"relu","op":"Relu","inputs":["a"],"outputs":[{"name":"b","dtype":"float32","shape":[1,8]}]},
           {"name":"norm","op":"Softmax","inputs":["b"],"outputs":[{"name":"c","dtype":"float32","shape":[1,8]}]},
           {"name":"scale","op":"Mul","inputs":["c","x"],"outputs":[{"name":"y","dtype":"float32","shape":[1,8]}]}],
  "outputs":["y"]})";

constexpr const char* kMixlist = R"({
  "white-list": {"to-add": ["MatMul"]},
  "black-list": {"to-add": ["Softmax", "Sofmax"]}})";

absl::Status run() {
  const auto graph = precast::parseGraphJson(kGraph, "Explain");
  if (!graph.ok()) return graph.status();
  const auto target = precast::Target::forSoc("Ascend310P3");
  if (!target.ok()) return target.status();

  precast::CompileOptions options;
  options.target = &*target;
  options.diagnostics = [](const precast::Diagnostic& diagnostic) {
    std::printf("%s [%s]: %s\n", std::string(toString(diagnostic.severity)).c_str(), std::string(diagnostic.id).c_str(),
                diagnostic.message.c_str());
  };
  options.policy.mode = precast::PrecisionMode::allowMixPrecision;
  const auto mixlist = precast::parseMixlist(kMixlist, "mixlist.json");
  if (!mixlist.ok()) return mixlist.status();
  auto moves = precast::applyMixlist(*mixlist, *target, options.diagnostics);
  if (!moves.ok()) return moves.status();
  options.policy.listMoves = *std::move(moves);

  const auto result = precast::compile(*graph, options);
  if (!result.ok()) return result.status();
  for (const precast::NodeId node : result->plan.order) {
    std::printf("%s\n", precast::explain(*graph, result->plan, node).c_str());
  }
  precast::ReportInput report;
  report.model = "example";
  report.graph = &*graph;
  report.result = &*result;
  report.mode = options.policy.mode;
  std::printf("%s", precast::writeReportTable(report).c_str());
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
