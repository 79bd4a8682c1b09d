#include "Network.h"

#include <cstring>

#include "onnx-ml.pb.h"

namespace xnn_engine {

namespace {

template <typename T, typename Repeated>
std::vector<T> elements(const std::string& raw, const Repeated& typed) {
  if (raw.empty()) return std::vector<T>(typed.begin(), typed.end());
  std::vector<T> result(raw.size() / sizeof(T));
  std::memcpy(result.data(), raw.data(), result.size() * sizeof(T));
  return result;
}

absl::StatusOr<Constant> readConstant(const onnx::TensorProto& tensor) {
  Constant constant;
  constant.dims.assign(tensor.dims().begin(), tensor.dims().end());
  switch (tensor.data_type()) {
  case onnx::TensorProto::FLOAT:
    constant.floats = elements<float>(tensor.raw_data(), tensor.float_data());
    return constant;
  case onnx::TensorProto::INT64:
    constant.integers = elements<std::int64_t>(tensor.raw_data(), tensor.int64_data());
    return constant;
  case onnx::TensorProto::INT32:
    for (const std::int32_t each : elements<std::int32_t>(tensor.raw_data(), tensor.int32_data())) {
      constant.integers.push_back(each);
    }
    return constant;
  default:
    return absl::UnimplementedError("constant '" + tensor.name() + "' has dtype " + std::to_string(tensor.data_type()));
  }
}

Layer readLayer(const onnx::NodeProto& node) {
  Layer layer;
  layer.op = node.op_type();
  layer.inputs.assign(node.input().begin(), node.input().end());
  layer.output = node.output(0);
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.type() == onnx::AttributeProto::FLOAT) layer.floats[attribute.name()] = attribute.f();
    if (attribute.type() == onnx::AttributeProto::INT) layer.integers[attribute.name()] = {attribute.i()};
    if (attribute.type() == onnx::AttributeProto::INTS) {
      layer.integers[attribute.name()].assign(attribute.ints().begin(), attribute.ints().end());
    }
  }
  return layer;
}

}  // namespace

std::int64_t Layer::integer(const std::string& name, std::size_t at, std::int64_t otherwise) const {
  const auto found = integers.find(name);
  return found == integers.end() || at >= found->second.size() ? otherwise : found->second[at];
}

float Layer::real(const std::string& name, float otherwise) const {
  const auto found = floats.find(name);
  return found == floats.end() ? otherwise : found->second;
}

absl::StatusOr<Network> readNetwork(const std::string& bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) return absl::InvalidArgumentError("this is no ONNX model");
  const onnx::GraphProto& graph = model.graph();
  Network network;
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    auto constant = readConstant(tensor);
    if (!constant.ok()) return constant.status();
    network.constants[tensor.name()] = *std::move(constant);
  }
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.output_size() != 1) return absl::UnimplementedError("node '" + node.name() + "' has not one output");
    if (node.op_type() != "Constant") {
      network.layers.push_back(readLayer(node));
      continue;
    }
    auto constant = readConstant(node.attribute(0).t());
    if (!constant.ok()) return constant.status();
    network.constants[node.output(0)] = *std::move(constant);
  }
  if (graph.input_size() != 1 || graph.output_size() != 1) {
    return absl::UnimplementedError("the engine takes models with one input and one output");
  }
  network.input = graph.input(0).name();
  network.output = graph.output(0).name();
  return network;
}

}  // namespace xnn_engine
