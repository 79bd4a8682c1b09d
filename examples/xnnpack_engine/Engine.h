// A network lowered onto XNNPACK: every tensor has the dtype that a plan of precast decided, conversions stand where a
// producer and a user differ, and weights are rounded when they are loaded.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "Kernels.h"
#include "Network.h"
#include "absl/status/statusor.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"

namespace xnn_engine {

/// What precast decided, found by the name of a layer's output: all that the engine and precast have in common.
class Precisions {
 public:
  /// Both must outlive this.
  Precisions(const precast::Graph& graph, const precast::PrecisionPlan& plan);
  precast::DType input(const Layer& layer, std::size_t slot) const;
  precast::DType output(const Layer& layer) const;

 private:
  const precast::Graph& graph_;
  const precast::PrecisionPlan& plan_;
  std::unordered_map<std::string, precast::NodeId> byOutput_;
};

/// Owns its tensors and operators; one run at a time.
class Engine {
 public:
  /// Tensors are N, C, H, W, as in the ONNX model.
  absl::StatusOr<std::vector<float>> run(const std::vector<float>& input);

  std::size_t operators() const { return operators_.size(); }
  std::size_t halfOperators() const { return halfOperators_; }
  std::size_t conversions() const { return conversions_; }

 private:
  friend class Lowering;
  std::vector<std::unique_ptr<Tensor>> tensors_;
  std::vector<Operator> operators_;  // in the order in which they run
  std::size_t halfOperators_ = 0;
  std::size_t conversions_ = 0;
  Tensor* input_ = nullptr;
  Tensor* output_ = nullptr;
};

/// `shape` is that of the input, N, C, H, W. xnn_initialize() must have succeeded. kUnimplemented names the layer that
/// the engine cannot lower.
absl::StatusOr<std::unique_ptr<Engine>> lower(const Network& network, const Precisions& precisions,
                                              const std::vector<std::int64_t>& shape);

}  // namespace xnn_engine
