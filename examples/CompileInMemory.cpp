// A graph built by hand, compiled, and explained: Conv -> Relu -> Softmax in a mixed precision mode.
#include <cstdio>

#include "precast/precast.h"

namespace {

absl::Status run() {
  precast::Graph graph;
  const auto value = [&](const char* name) { return graph.addValue(name, precast::DType::float32); };
  const auto op = [&](const char* type) {
    precast::OpKind kind;
    kind.type = type;
    return graph.addOpKind(kind);
  };
  const precast::ValueId x = value("x"), w = value("w"), a = value("a"), b = value("b"), y = value("y");
  if (absl::Status s = graph.addInput(x); !s.ok()) return s;
  if (absl::Status s = graph.setConstant(w, {precast::DType::float32, {}, 0}); !s.ok()) return s;
  if (auto n = graph.addNode(op("Conv"), "conv", {x, w}, {a}); !n.ok()) return n.status();
  if (auto n = graph.addNode(op("Relu"), "relu", {a}, {b}); !n.ok()) return n.status();
  if (auto n = graph.addNode(op("Softmax"), "softmax", {b}, {y}); !n.ok()) return n.status();
  if (absl::Status s = graph.addOutput(y); !s.ok()) return s;

  auto target = precast::Target::forSoc("Ascend310");
  if (!target.ok()) return target.status();
  precast::CompileOptions options;
  options.target = &*target;
  options.policy.mode = precast::PrecisionMode::allowMixPrecision;
  auto result = precast::compile(graph, options);
  if (!result.ok()) return result.status();
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    std::printf("%s\n", precast::explain(graph, result->plan, static_cast<precast::NodeId>(i)).c_str());
  }
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
