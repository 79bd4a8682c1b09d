// A graph built by hand, with weights: y = Relu(x * w). The compiled graph says where the Casts stand, and the weights
// are converted when they are read.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "precast/precast.h"

namespace {

constexpr std::array<float, 4> kWeights{1.0F, 0.1F, 70000.0F, 1e-9F};
constexpr std::array<std::int64_t, 2> kInput{1, 2};
constexpr std::array<std::int64_t, 2> kMatrix{2, 2};

absl::StatusOr<precast::Graph> build() {
  using precast::DType;
  precast::Graph graph;
  // As ONNX's opset 17 means the operator. An operator that ONNX does not have is an OpKind filled in by hand.
  const auto op = [&](const char* type) { return graph.addOpKind(precast::onnx::makeOpKind("", type, 17)); };
  const precast::ValueId x = graph.addValue("x", DType::float32, {true, kInput});
  const precast::ValueId w = graph.addValue("w", DType::float32, {true, kMatrix});
  const precast::ValueId product = graph.addValue("product", DType::float32, {true, kInput});
  const precast::ValueId y = graph.addValue("y", DType::float32, {true, kInput});
  if (absl::Status s = graph.addInput(x); !s.ok()) return s;
  // The graph refers to the weights and does not copy them; keepAlive() would share their ownership.
  const auto* bytes = reinterpret_cast<const std::byte*>(kWeights.data());
  if (absl::Status s = graph.setConstant(w, {DType::float32, {bytes, sizeof kWeights}, 0}); !s.ok()) return s;
  if (auto n = graph.addNode(op("MatMul"), "matmul", {x, w}, {product}); !n.ok()) return n.status();
  if (auto n = graph.addNode(op("Relu"), "relu", {product}, {y}); !n.ok()) return n.status();
  if (absl::Status s = graph.addOutput(y); !s.ok()) return s;
  return graph;
}

std::string describe(const precast::Graph& graph, precast::ValueId value) {
  return std::string(graph.valueName(value)) + " (" + std::string(toString(graph.dtype(value))) + ")";
}

void printNodes(const precast::Graph& graph) {
  for (std::uint32_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<precast::NodeId>(i);
    std::printf("%s:", graph.nodeOp(node).type.c_str());
    for (const precast::ValueId input : graph.inputs(node)) std::printf(" %s", describe(graph, input).c_str());
    std::printf(" -> %s\n", describe(graph, graph.outputs(node)[0]).c_str());
  }
}

absl::Status run() {
  const auto graph = build();
  if (!graph.ok()) return graph.status();
  const auto result = precast::compile(*graph);
  if (!result.ok()) return result.status();
  printNodes(result->graph);
  for (const precast::ConvertedConstant& constant : result->rewrite.constants) {
    const auto size = precast::tensorBytes(result->graph, constant.value);
    if (!size.ok()) return size.status();
    std::vector<std::byte> converted(*size);
    const auto stats = precast::convertTensor(result->graph, constant.value, absl::MakeSpan(converted));
    if (!stats.ok()) return stats.status();
    std::printf("%s: %zu bytes, %llu saturated, %llu became zero, largest %g\n",
                std::string(result->graph.valueName(constant.value)).c_str(), *size,
                static_cast<unsigned long long>(stats->saturated), static_cast<unsigned long long>(stats->underflowed),
                stats->maxAbs);
  }
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
