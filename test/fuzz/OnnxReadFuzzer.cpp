// ONNX models: whatever the bytes, the reader gives a graph or an error with one of its codes and some words, reads
// twice alike, and asks for no more than its limits.
#include "fuzz/Reader.h"
#include "precast/precast.h"

namespace precast::fuzz {
namespace {

bool isReadersCode(absl::StatusCode code) {
  switch (code) {
  case absl::StatusCode::kInvalidArgument:
  case absl::StatusCode::kDataLoss:
  case absl::StatusCode::kResourceExhausted:
  case absl::StatusCode::kUnimplemented:
  case absl::StatusCode::kFailedPrecondition:  // external data: a model in memory has no directory
    return true;
  default:
    return false;
  }
}

void check(absl::Span<const std::byte> bytes) {
  onnx::ReadOptions options;
  options.limits.inlinedNodes = 5000;
  options.limits.inlinedBytes = std::uint64_t{1} << 20;
  const auto model = onnx::read(bytes, nullptr, options);
  const auto again = onnx::read(bytes, nullptr, options);
  require(model.status() == again.status(), "reading twice gives the same status");
  if (!model.ok()) {
    require(isReadersCode(model.status().code()), "an error of the reader is about the bytes");
    require(!model.status().message().empty(), "an error says something");
    return;
  }
  const Graph& graph = model->graph;
  require(graph.nodeCount() == again->graph.nodeCount() && graph.valueCount() == again->graph.valueCount(),
          "reading twice gives the same graph");
  require(graph.nodeCount() <= bytes.size() + options.limits.inlinedNodes, "a node stands in the file or is inlined");
  const absl::Status verified = verify(graph);
  require(verified.ok() || verified.code() == absl::StatusCode::kInvalidArgument, "the verifier knows what it sees");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
