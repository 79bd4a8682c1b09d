// A table of the hardware's own, in the format of Ascend's aic-<soc>-ops-info.json: which dtypes each operator's
// kernels take, and the list it is on. Here a chip that multiplies in float16, adds in both, and has Softmax in float32
// alone.
#include <cstdio>
#include <string>

#include "precast/precast.h"

namespace {

constexpr const char* kChip = R"({
  "MatMul":  {"input0": {"name": "a", "dtype": "float16,float16"},
              "input1": {"name": "b", "dtype": "float16,float16"},
              "output0": {"name": "y", "dtype": "float16,float"},
              "precision_reduce": {"flag": "true"}},
  "Add":     {"input0": {"name": "a", "dtype": "float16,float"},
              "input1": {"name": "b", "dtype": "float16,float"},
              "output0": {"name": "y", "dtype": "float16,float"}},
  "Softmax": {"input0": {"name": "x", "dtype": "float"},
              "output0": {"name": "y", "dtype": "float"},
              "precision_reduce": {"flag": "false"}}})";

constexpr const char* kGraph = R"({"schema":"precast.graph/1",
  "inputs":[{"name":"x","dtype":"float32"}],
  "constants":[{"name":"w","dtype":"float32"},{"name":"b","dtype":"float32"}],
  "nodes":[{"name":"matmul","op":"MatMul","inputs":["x","w"],"outputs":[{"name":"a","dtype":"float32"}]},
           {"name":"add","op":"Add","inputs":["a","b"],"outputs":[{"name":"c","dtype":"float32"}]},
           {"name":"softmax","op":"Softmax","inputs":["c"],"outputs":[{"name":"y","dtype":"float32"}]}],
  "outputs":["y"]})";

absl::Status show(const precast::Graph& graph, const precast::Target& target, precast::PrecisionMode mode) {
  precast::CompileOptions options;
  options.target = &target;
  options.policy.mode = mode;
  const auto plan = precast::plan(graph, options);
  std::printf("%s\n", std::string(toString(mode)).c_str());
  if (!plan.ok()) {
    const std::string message(plan.status().message());  // the other lines name the nodes and what would help
    std::printf("  %s\n", message.substr(0, message.find('\n')).c_str());
    return absl::OkStatus();
  }
  for (const precast::NodeId node : plan->order) {
    std::printf("  %s\n", precast::explain(graph, *plan, node).c_str());
  }
  return absl::OkStatus();
}

absl::Status run() {
  const auto graph = precast::parseGraphJson(kGraph, "OwnTarget");
  if (!graph.ok()) return graph.status();
  const auto chip = precast::Target::fromOpsInfo(kChip, "my-chip.json");
  if (!chip.ok()) return chip.status();
  for (const auto mode : {precast::PrecisionMode::allowMixPrecision, precast::PrecisionMode::allowFp32ToFp16,
                          precast::PrecisionMode::mustKeepOriginDtype}) {
    if (absl::Status s = show(*graph, *chip, mode); !s.ok()) return s;
  }

  const auto wrong = precast::Target::fromOpsInfo(
      R"({"Add": {"input0": {"name": "a", "dtype": "float16,float"}, "output0": {"name": "y", "dtype": "float16"}}})",
      "wrong.json");
  std::printf("%s\n", std::string(wrong.status().message()).c_str());
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
