// Layer by layer from the engine's IR to operators of XNNPACK. NCHW becomes NHWC here, once, for the weights and in the
// order of dimensions; only the input itself is turned at run time.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "Engine.h"

namespace xnn_engine {

class Lowering {
 public:
  using Dims = std::vector<std::size_t>;
  Lowering(const Network& network, const Precisions& precisions, Engine& engine)
      : network_(network), precisions_(precisions), engine_(engine) {}

  void defineInput(const std::vector<std::int64_t>& shape);
  absl::Status lower(const Layer& layer);
  absl::Status defineOutput();

 private:
  absl::Status convolution(const Layer& layer);
  absl::Status normalization(const Layer& layer);
  absl::Status hardSigmoid(const Layer& layer);
  absl::Status matMul(const Layer& layer);
  absl::Status binary(const Layer& layer);
  absl::Status pooling(const Layer& layer);
  absl::Status elementwise(const Layer& layer);
  absl::Status reshape(const Layer& layer);
  /// Shapes are known here, so what computes them is computed while lowering.
  absl::Status integers(const Layer& layer);

  /// The tensor of operand `slot` at the dtype that the plan gives it there: the value itself, its conversion, which
  /// all users share, or a constant.
  absl::StatusOr<Tensor*> operand(const Layer& layer, std::size_t slot);
  absl::StatusOr<Tensor*> at(const std::string& value, precast::DType dtype);
  Tensor* result(const Layer& layer, Dims dims);
  Tensor* temporary(precast::DType dtype, Dims dims);
  Tensor* weights(precast::DType dtype, Dims dims, const std::vector<float>& values);
  const Constant* constant(const Layer& layer, std::size_t slot) const;
  absl::Status append(absl::StatusOr<Operator> op, const Tensor& result);

  const Network& network_;
  const Precisions& precisions_;
  Engine& engine_;
  std::map<std::pair<std::string, precast::DType>, Tensor*> values_;
  std::map<std::string, precast::DType> dtypes_;  // of the values as their layers make them
  std::map<std::string, std::vector<std::int64_t>> integers_;
};

absl::Status unsupported(const Layer& layer, const std::string& what);
Window windowOf(const Layer& layer);

}  // namespace xnn_engine
