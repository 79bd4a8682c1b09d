// What a C++ user does with the library: every public header, a graph by hand, a pass of its own, a compilation, an
// explanation. Returns 0 if the answers are right.
#include <memory>
#include <string>

#include "precast/precast.h"

namespace {

class KeepSoftmax final : public precast::PrecisionPass {
 public:
  std::string_view name() const override { return "keep-softmax"; }
  std::optional<precast::PrecisionRequest> decide(const precast::NodeContext& node) const override {
    if (node.op().type != "Softmax") return std::nullopt;
    return precast::PrecisionRequest::uniform(precast::Want::own, precast::Reason::userPass);
  }
};

bool compiles() {
  precast::Graph graph;
  const auto value = [&](const char* name) { return graph.addValue(name, precast::DType::float32); };
  const auto node = [&](const char* type, precast::ValueId in, precast::ValueId out) {
    precast::OpKind kind;
    kind.type = type;
    return graph.addNode(graph.addOpKind(kind), type, {in}, {out}).ok();
  };
  const precast::ValueId x = value("x"), a = value("a"), y = value("y");
  if (!graph.addInput(x).ok() || !node("Relu", x, a) || !node("Softmax", a, y) || !graph.addOutput(y).ok())
    return false;

  absl::StatusOr<precast::Target> target = precast::Target::forSoc("Ascend310");
  precast::PassPipeline passes = precast::PassPipeline::standard();
  if (!target.ok() || !passes.insertBefore("mode", std::make_shared<KeepSoftmax>()).ok()) return false;
  int messages = 0;
  precast::CompileOptions options;
  options.target = &*target;
  options.passes = &passes;
  options.diagnostics = [&](const precast::Diagnostic&) { ++messages; };
  const absl::StatusOr<precast::CompileResult> result = precast::compile(graph, options);
  if (!result.ok() || result->rewrite.casts.size() != 2) return false;
  const std::string why = precast::explain(graph, result->plan, static_cast<precast::NodeId>(1));
  return why.find("keep-softmax") != std::string::npos && result->graph.nodeCount() == 4;
}

bool refuses() {
  const absl::StatusOr<precast::onnx::Model> model = precast::onnx::readFile("/nonexistent/model.onnx");
  const auto graph = precast::parseGraphJson("{", "text");
  return absl::IsNotFound(model.status()) && absl::IsInvalidArgument(graph.status());
}

}  // namespace

int main() {
  const std::string headers = std::to_string(PRECAST_VERSION_MAJOR) + "." + std::to_string(PRECAST_VERSION_MINOR) +
                              "." + std::to_string(PRECAST_VERSION_PATCH);
  if (precast::version() != headers) return 1;
  if (precast::floatToHalf(1.0F) != 0x3C00) return 2;
  if (!compiles()) return 3;
  return refuses() ? 0 : 4;
}
