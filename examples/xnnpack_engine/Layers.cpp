// What each operator of ONNX becomes; those with weights have a file of their own.
#include <algorithm>
#include <cmath>

#include "Lowering.h"

namespace xnn_engine {

absl::Status Lowering::lower(const Layer& layer) {
  if (!isFloat(precisions_.output(layer))) return integers(layer);
  if (layer.op == "Conv") return convolution(layer);
  if (layer.op == "BatchNormalization") return normalization(layer);
  if (layer.op == "HardSigmoid") return hardSigmoid(layer);
  if (layer.op == "MatMul") return matMul(layer);
  if (layer.op == "Add" || layer.op == "Mul" || layer.op == "Div") return binary(layer);
  if (layer.op == "MaxPool" || layer.op == "GlobalAveragePool") return pooling(layer);
  if (layer.op == "Relu" || layer.op == "Clip" || layer.op == "Softmax") return elementwise(layer);
  if (layer.op == "Reshape") return reshape(layer);
  return unsupported(layer, "the engine has no such layer");
}

absl::Status Lowering::binary(const Layer& layer) {
  auto a = operand(layer, 0);
  if (!a.ok()) return a.status();
  auto b = operand(layer, 1);
  if (!b.ok()) return b.status();
  if ((*b)->elements() > (*a)->elements() && layer.op != "Div") std::swap(*a, *b);
  if ((*b)->elements() > (*a)->elements()) return unsupported(layer, "the first operand would be broadcast");
  Tensor* y = result(layer, (*a)->dims);
  if (layer.op == "Add") return append(add(**a, **b, *y), *y);
  return layer.op == "Mul" ? append(multiply(**a, **b, *y), *y) : append(divide(**a, **b, *y), *y);
}

absl::Status Lowering::pooling(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const Dims& dims = (*x)->dims;
  if (layer.op == "GlobalAveragePool") {
    Tensor* y = result(layer, {dims[0], 1, 1, dims[3]});
    return append(globalAveragePool(**x, *y), *y);
  }
  const Window window = windowOf(layer);
  Tensor* y = result(layer, {dims[0], window.outputHeight(dims[1]), window.outputWidth(dims[2]), dims[3]});
  return append(maxPool(**x, window, *y), *y);
}

absl::Status Lowering::elementwise(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  Tensor* y = result(layer, (*x)->dims);
  if (layer.op == "Relu") return append(clamp(**x, 0, INFINITY, *y), *y);
  if (layer.op == "Clip") return append(clamp(**x, layer.real("min", -INFINITY), layer.real("max", INFINITY), *y), *y);
  if (layer.integer("axis", 0, -1) != static_cast<std::int64_t>((*x)->dims.size()) - 1) {
    return unsupported(layer, "only over the last dimension");
  }
  return append(softmax(**x, *y), *y);
}

// Between 1 x 1 pictures and rows of a matrix, where NCHW and NHWC are the same bytes: the tensor under another name.
absl::Status Lowering::reshape(const Layer& layer) {
  auto x = operand(layer, 0);
  if (!x.ok()) return x.status();
  const auto target = integers_.find(layer.inputs[1]);
  const Dims& dims = (*x)->dims;
  if (target == integers_.end() || target->second.size() != 2 || dims.size() != 4 || dims[1] * dims[2] != 1 ||
      target->second[0] != static_cast<std::int64_t>(dims[0]) ||
      target->second[1] != static_cast<std::int64_t>(dims[3])) {
    return unsupported(layer, "only from N, C, 1, 1 to N, C");
  }
  (*x)->dims = {dims[0], dims[3]};
  const precast::DType dtype = precisions_.output(layer);
  if (dtype != (*x)->dtype) return unsupported(layer, "it would have to convert");
  values_[{layer.output, dtype}] = *x;
  dtypes_[layer.output] = dtype;
  return absl::OkStatus();
}

absl::Status Lowering::integers(const Layer& layer) {
  std::vector<std::int64_t>& result = integers_[layer.output];
  if (layer.op == "Shape") {
    const auto dtype = dtypes_.find(layer.inputs[0]);
    if (dtype == dtypes_.end()) return unsupported(layer, "no layer makes '" + layer.inputs[0] + "'");
    const Dims& dims = values_[{layer.inputs[0], dtype->second}]->dims;
    for (const std::size_t extent : dims) result.push_back(static_cast<std::int64_t>(extent));
    if (dims.size() == 4) std::rotate(result.begin() + 1, result.end() - 1, result.end());  // back to N, C, H, W
    return absl::OkStatus();
  }
  for (std::size_t slot = 0; slot < layer.inputs.size(); ++slot) {
    const Constant* fixed = constant(layer, slot);
    const std::vector<std::int64_t>& from = fixed != nullptr ? fixed->integers : integers_[layer.inputs[slot]];
    result.insert(result.end(), from.begin(), from.end());
  }
  if (layer.op == "Slice") {
    const std::int64_t begin = layer.integer("starts", 0, 0);
    const std::int64_t end =
        std::min<std::int64_t>(layer.integer("ends", 0, 0), static_cast<std::int64_t>(result.size()));
    if (begin < 0 || end < begin)
      return unsupported(layer, "from " + std::to_string(begin) + " to " + std::to_string(end));
    result = std::vector<std::int64_t>(result.begin() + begin, result.begin() + end);
    return absl::OkStatus();
  }
  if (layer.op == "Concat" || layer.op == "Cast") return absl::OkStatus();
  return unsupported(layer, "the engine has no such layer for integers");
}

}  // namespace xnn_engine
