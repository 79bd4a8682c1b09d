// The same network in every precision mode, on a chip on which the modes differ: what each node computes in, and why.
#include <cstdio>
#include <string>

#include "precast/precast.h"

namespace {

// MatMul is white and on the matrix unit, Softmax is black, Conv has float16 alone, Exp is gray.
constexpr const char* kChip = R"({
  "MatMul":  {"input0": {"name": "a", "dtype": "float16,float16,float,bfloat16"},
              "input1": {"name": "b", "dtype": "float16,float16,float,bfloat16"},
              "output0": {"name": "y", "dtype": "float16,float,float,bfloat16"},
              "precision_reduce": {"flag": "true"}, "cube": {"flag": "true"}},
  "Exp":     {"input0": {"name": "x", "dtype": "float16,float,bfloat16"},
              "output0": {"name": "y", "dtype": "float16,float,bfloat16"}},
  "Conv":    {"input0": {"name": "x", "dtype": "float16"}, "input1": {"name": "w", "dtype": "float16"},
              "output0": {"name": "y", "dtype": "float16"}},
  "Softmax": {"input0": {"name": "x", "dtype": "float16,float"}, "output0": {"name": "y", "dtype": "float16,float"},
              "precision_reduce": {"flag": "false"}}})";

constexpr const char* kGraph = R"({"schema":"precast.graph/1",
  "inputs":[{"name":"x","dtype":"float32"}],
  "constants":[{"name":"w","dtype":"float32"},{"name":"k","dtype":"float32"}],
  "nodes":[{"name":"exp0","op":"Exp","inputs":["x"],"outputs":[{"name":"a","dtype":"float32"}]},
           {"name":"matmul","op":"MatMul","inputs":["a","w"],"outputs":[{"name":"b","dtype":"float32"}]},
           {"name":"exp1","op":"Exp","inputs":["b"],"outputs":[{"name":"c","dtype":"float32"}]},
           {"name":"softmax","op":"Softmax","inputs":["c"],"outputs":[{"name":"d","dtype":"float32"}]},
           {"name":"conv","op":"Conv","inputs":["d","k"],"outputs":[{"name":"y","dtype":"float32"}]}],
  "outputs":["y"]})";

absl::Status run() {
  const auto graph = precast::parseGraphJson(kGraph, "Modes");
  if (!graph.ok()) return graph.status();
  const auto chip = precast::Target::fromOpsInfo(kChip, "chip.json");
  if (!chip.ok()) return chip.status();
  for (const precast::PrecisionMode mode : precast::allPrecisionModes()) {
    precast::CompileOptions options;
    options.target = &*chip;
    options.policy.mode = mode;
    std::printf("%s\n", std::string(toString(mode)).c_str());
    const auto result = precast::compile(*graph, options);
    if (!result.ok()) {
      const std::string message(result.status().message());  // the other lines name the nodes and what would help
      std::printf("  refused: %s\n\n", message.substr(0, message.find('\n')).c_str());
      continue;
    }
    const precast::PrecisionPlan& plan = result->plan;
    for (const precast::NodeId node : plan.order) {
      std::printf("  %-8s %-9s -> %-9s %s\n", std::string(graph->nodeName(node)).c_str(),
                  std::string(toString(plan.inputs(*graph, node)[0])).c_str(),
                  std::string(toString(plan.outputs(*graph, node)[0])).c_str(),
                  std::string(toString(plan.decision(node).reason)).c_str());
    }
    std::printf("  %zu casts\n\n", result->rewrite.casts.size());
  }
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
