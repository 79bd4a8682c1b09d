#include "Engine.h"

namespace xnn_engine {

Precisions::Precisions(const precast::Graph& graph, const precast::PrecisionPlan& plan) : graph_(graph), plan_(plan) {
  for (std::uint32_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<precast::NodeId>(i);
    for (const precast::ValueId value : graph.outputs(node)) byOutput_[std::string(graph.valueName(value))] = node;
  }
}

precast::DType Precisions::input(const Layer& layer, std::size_t slot) const {
  const auto found = byOutput_.find(layer.output);
  return found == byOutput_.end() ? precast::DType::undefined : plan_.inputs(graph_, found->second)[slot];
}

precast::DType Precisions::output(const Layer& layer) const {
  const auto found = byOutput_.find(layer.output);
  return found == byOutput_.end() ? precast::DType::undefined : plan_.outputs(graph_, found->second)[0];
}

absl::StatusOr<std::vector<float>> Engine::run(const std::vector<float>& input) {
  if (input.size() != input_->elements()) return absl::InvalidArgumentError("the input has another size");
  const std::size_t channels = input_->channels();
  const std::size_t pixels = input_->dims[1] * input_->dims[2];
  for (std::size_t i = 0; i < input.size(); ++i) {
    const std::size_t image = i / (channels * pixels);
    const std::size_t channel = i / pixels % channels;
    input_->data()[(image * pixels + i % pixels) * channels + channel] = input[i];
  }
  for (const Operator& op : operators_) {
    if (xnn_run_operator(op.get(), nullptr) != xnn_status_success) return absl::InternalError("an operator failed");
  }
  return std::vector<float>(output_->data(), output_->data() + output_->elements());
}

}  // namespace xnn_engine
