#include "Lowering.h"

#include "precast/Half.h"

namespace xnn_engine {

absl::Status unsupported(const Layer& layer, const std::string& what) {
  return absl::UnimplementedError(layer.op + " '" + layer.output + "': " + what);
}

void Lowering::defineInput(const std::vector<std::int64_t>& shape) {
  const auto extent = [&](std::size_t i) { return static_cast<std::size_t>(shape[i]); };
  engine_.input_ = temporary(precast::DType::float32, {extent(0), extent(2), extent(3), extent(1)});
  values_[{network_.input, precast::DType::float32}] = engine_.input_;
  dtypes_[network_.input] = precast::DType::float32;
}

absl::Status Lowering::defineOutput() {
  auto output = at(network_.output, precast::DType::float32);  // as the model declares it
  if (!output.ok()) return output.status();
  engine_.output_ = *output;
  return absl::OkStatus();
}

absl::StatusOr<Tensor*> Lowering::operand(const Layer& layer, std::size_t slot) {
  if (slot >= layer.inputs.size()) return unsupported(layer, "operand " + std::to_string(slot) + " is missing");
  const precast::DType dtype = precisions_.input(layer, slot);
  const Constant* fixed = constant(layer, slot);
  if (fixed == nullptr) return at(layer.inputs[slot], dtype);
  // A scalar or one number per channel means the same in NCHW and NHWC; other constants do not come here.
  if (fixed->floats.size() != 1 && fixed->dims.size() != 1) return unsupported(layer, "a constant of this shape");
  return weights(dtype, {fixed->floats.size()}, fixed->floats);
}

absl::StatusOr<Tensor*> Lowering::at(const std::string& value, precast::DType dtype) {
  if (const auto found = values_.find({value, dtype}); found != values_.end()) return found->second;
  const auto made = dtypes_.find(value);
  if (made == dtypes_.end()) return absl::UnimplementedError("no layer makes '" + value + "'");
  Tensor* source = values_[{value, made->second}];
  Tensor* converted = temporary(dtype, source->dims);
  if (absl::Status s = append(convert(*source, *converted), *converted); !s.ok()) return s;
  ++engine_.conversions_;
  values_[{value, dtype}] = converted;
  return converted;
}

Tensor* Lowering::result(const Layer& layer, Dims dims) {
  const precast::DType dtype = precisions_.output(layer);
  Tensor* tensor = temporary(dtype, std::move(dims));
  values_[{layer.output, dtype}] = tensor;
  dtypes_[layer.output] = dtype;
  return tensor;
}

Tensor* Lowering::temporary(precast::DType dtype, Dims dims) {
  engine_.tensors_.push_back(std::make_unique<Tensor>(dtype, std::move(dims)));
  return engine_.tensors_.back().get();
}

Tensor* Lowering::weights(precast::DType dtype, Dims dims, const std::vector<float>& values) {
  Tensor* tensor = temporary(dtype, std::move(dims));
  precast::ConversionStats stats;
  precast::convertElements(precast::DType::float32, reinterpret_cast<const std::byte*>(values.data()), dtype,
                           tensor->bytes.data(), values.size(), precast::Overflow::saturate, stats);
  return tensor;
}

const Constant* Lowering::constant(const Layer& layer, std::size_t slot) const {
  const auto found = network_.constants.find(layer.inputs[slot]);
  return found == network_.constants.end() ? nullptr : &found->second;
}

absl::Status Lowering::append(absl::StatusOr<Operator> op, const Tensor& result) {
  if (!op.ok()) return op.status();
  engine_.operators_.push_back(*std::move(op));
  if (result.half()) ++engine_.halfOperators_;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Engine>> lower(const Network& network, const Precisions& precisions,
                                              const std::vector<std::int64_t>& shape) {
  if (shape.size() != 4) return absl::InvalidArgumentError("the input has the dimensions N, C, H, W");
  auto engine = std::make_unique<Engine>();
  Lowering lowering(network, precisions, *engine);
  lowering.defineInput(shape);
  for (const Layer& layer : network.layers) {
    if (absl::Status s = lowering.lower(layer); !s.ok()) return s;
  }
  if (absl::Status s = lowering.defineOutput(); !s.ok()) return s;
  return engine;
}

}  // namespace xnn_engine
