#include "SyntheticGraph.h"

#include <map>
#include <string>
#include <vector>

#include "schema/Schema.h"

namespace precast::bench {

namespace {

class Builder {
 public:
  explicit Builder(std::size_t nodes) { graph_.reserve(nodes + 8, 2 * nodes + 8, 3 * nodes, nodes); }

  ValueId input() {
    const ValueId value = graph_.addValue("x", DType::float32);
    (void)graph_.addInput(value);
    return value;
  }
  ValueId weight() {
    const ValueId value = graph_.addValue("w" + std::to_string(count_++), DType::float32);
    (void)graph_.setConstant(value, {DType::float32, {}, 0});
    return value;
  }
  ValueId node(const char* type, std::vector<ValueId> inputs) {
    const std::string name = type + std::string("_") + std::to_string(count_++);
    const ValueId output = graph_.addValue(name + "_out", DType::float32);
    (void)graph_.addNode(kind(type), name, inputs, {output});
    return output;
  }
  std::size_t size() const { return graph_.nodeCount(); }
  Graph finish(ValueId output) {
    (void)graph_.addOutput(output);
    return std::move(graph_);
  }

 private:
  OpKindId kind(const std::string& type) {
    const auto [known, added] = kinds_.try_emplace(type, OpKindId::none);
    if (added) known->second = graph_.addOpKind(onnx::makeOpKind("", type, 17));
    return known->second;
  }

  Graph graph_;
  std::map<std::string, OpKindId> kinds_;
  std::size_t count_ = 0;
};

}  // namespace

Graph syntheticGraph(std::size_t nodes) {
  Builder builder(nodes);
  ValueId x = builder.input();
  while (builder.size() + 7 <= nodes || builder.size() == 0) {
    const ValueId projected = builder.node("Add", {builder.node("MatMul", {x, builder.weight()}), builder.weight()});
    const ValueId attention = builder.node("MatMul", {builder.node("Softmax", {projected}), projected});
    const ValueId residual = builder.node("Add", {x, builder.node("Relu", {attention})});
    x = builder.node("LayerNormalization", {residual, builder.weight(), builder.weight()});
  }
  return builder.finish(x);
}

}  // namespace precast::bench
