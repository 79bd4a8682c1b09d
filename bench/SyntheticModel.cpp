#include "SyntheticModel.h"

#include <string_view>

#include "SyntheticGraph.h"
#include "onnx/Message.h"

namespace precast::bench {

namespace {

using namespace onnx;

// PyTorch's exporter puts the module's path before the name of a node.
constexpr std::string_view kModulePath = "/model/encoder/layer.7/attention/";

std::string named(std::string_view name) { return std::string(kModulePath).append(name); }

std::string infoOf(const Graph& graph, ValueId value) {
  std::string tensor;
  appendNumber(tensor, field::kElemType, static_cast<std::uint64_t>(graph.dtype(value)));
  std::string type;
  appendText(type, field::kTensorType, tensor);
  std::string info;
  appendText(info, field::kValueName, named(graph.valueName(value)));
  appendText(info, field::kValueType, type);
  return info;
}

std::string initializerOf(const Graph& graph, ValueId value) {
  std::string tensor;
  appendNumber(tensor, field::kDims, 1);
  appendNumber(tensor, field::kDataType, static_cast<std::uint64_t>(graph.dtype(value)));
  appendText(tensor, field::kTensorName, named(graph.valueName(value)));
  appendText(tensor, field::kRawData, std::string_view("\0\0\x80\x3f", 4));
  return tensor;
}

std::string nodeOf(const Graph& graph, NodeId node) {
  std::string message;
  for (ValueId value : graph.inputs(node)) appendText(message, field::kInput, named(graph.valueName(value)));
  for (ValueId value : graph.outputs(node)) appendText(message, field::kOutput, named(graph.valueName(value)));
  appendText(message, field::kNodeName, named(graph.nodeName(node)));
  appendText(message, field::kOpType, graph.nodeOp(node).type);
  return message;
}

}  // namespace

std::string syntheticModel(std::size_t nodes) {
  const Graph graph = syntheticGraph(nodes);
  std::string body;
  for (std::size_t n = 0; n < graph.nodeCount(); ++n)
    appendText(body, field::kNode, nodeOf(graph, static_cast<NodeId>(n)));
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (graph.isConstant(value)) appendText(body, field::kInitializer, initializerOf(graph, value));
  }
  for (ValueId value : graph.region(RegionId::main).inputs) appendText(body, field::kGraphInput, infoOf(graph, value));
  for (ValueId value : graph.region(RegionId::main).outputs)
    appendText(body, field::kGraphOutput, infoOf(graph, value));
  std::string opset;
  appendNumber(opset, field::kOpsetVersion, 17);
  std::string model;
  appendNumber(model, field::kIrVersion, 8);
  appendText(model, field::kGraph, body);
  appendText(model, field::kOpsetImport, opset);
  return model;
}

}  // namespace precast::bench
