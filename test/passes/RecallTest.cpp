// Nodes in the situation of one before are not asked again; that must not show. A pass that never answers switches the
// short way off.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "GraphText.h"
#include "Setup.h"
#include "precast/precast.h"

namespace precast {
namespace {

class Silent final : public PrecisionPass {
 public:
  std::string_view name() const override { return "silent"; }
  std::optional<PrecisionRequest> decide(const NodeContext&) const override { return std::nullopt; }
};

// A net of few operators over many values: float32 and float16, constants, results of all lists, omitted operands.
std::string randomGraph(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string> wide = {"x", "w"};
  std::vector<std::string> narrow = {"h", "k"};
  std::string text = "in x:f32[2]\nin h:f16[2]\nconst w:f32[2] = 1 2\nconst k:f16[2] = 1 2\n";
  const auto any = [&](const std::vector<std::string>& names) { return names[random() % names.size()]; };
  for (int i = 0; i < 60; ++i) {
    const bool isNarrow = random() % 4 == 0;
    std::vector<std::string>& names = isNarrow ? narrow : wide;
    const std::string name = "n" + std::to_string(i);
    const std::string result = name + (isNarrow ? ":f16[2]" : ":f32[2]");
    switch (random() % 7) {
    case 0:
      text += result + " = MatMul(" + any(names) + ", " + any(names) + ")\n";
      break;
    case 1:
    case 2:
      text += result + " = Add(" + any(names) + ", " + any(names) + ")\n";
      break;
    case 3:
      text += result + " = Relu(" + any(names) + ")\n";
      break;
    case 4:
      text += result + " = Softmax(" + any(names) + ")\n";
      break;
    case 5:
      text += result + " = Clip(" + any(names) + ", -, " + any(names) + ")\n";
      break;
    default:
      text += result + " = Identity(" + any(names) + ")\n";
      break;
    }
    names.push_back(name);
  }
  return text + "out n59\n";
}

struct Outcome {
  std::string what;
  std::string messages;
};

Outcome outcomeOf(const Graph& graph, CompileOptions options) {
  Outcome outcome;
  options.diagnostics = [&](const Diagnostic& diagnostic) { outcome.messages += diagnostic.message + '\n'; };
  const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  if (!made.ok()) return {std::string(made.status().message()), outcome.messages};
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    outcome.what += explain(graph, *made, node) + " | " + std::string(made->library(node));
    for (DType dtype : made->inputs(graph, node)) outcome.what += " " + std::string(toString(dtype));
    for (DType dtype : made->outputs(graph, node)) outcome.what += " " + std::string(toString(dtype));
    outcome.what += '\n';
  }
  return outcome;
}

TEST_CASE("the short way decides, explains and warns as asking every node does") {
  PassPipeline asking = PassPipeline::standard();
  REQUIRE(asking.insertBefore("mode", std::make_shared<Silent>()).ok());
  for (const char* name : {"onnx", "ascend310", "ort-cpu"}) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    for (PrecisionMode mode :
         {PrecisionMode::forceFp16, PrecisionMode::forceFp32, PrecisionMode::allowFp32ToFp16,
          PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowMixPrecision, PrecisionMode::cubeFp16InFp32Out}) {
      for (unsigned seed = 0; seed < 20; ++seed) {
        CAPTURE(name, toString(mode), seed);
        const Graph graph = test::graphOfText(randomGraph(seed), 17);
        CompileOptions options;
        options.target = &*target;
        options.policy.mode = mode;
        if (seed % 3 == 0) options.policy.keepDtype.push_back({NodeSelector::Kind::node, "n7", "test"});
        if (seed % 3 == 1) options.policy.keepDtype.push_back({NodeSelector::Kind::type, "Relu", "test"});
        const Outcome quick = outcomeOf(graph, options);
        options.passes = &asking;
        const Outcome asked = outcomeOf(graph, options);
        CHECK(quick.what == asked.what);
        CHECK(quick.messages == asked.messages);
      }
    }
  }
}

TEST_CASE("a pass of the host's own is asked of every node, however alike they are") {
  class Chosen final : public PrecisionPass {
   public:
    std::string_view name() const override { return "chosen"; }
    std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
      std::optional<PrecisionRequest> request;
      if (node.graph().nodeName(node.id()) != "b") return request;
      request.emplace();
      request->inputs = request->constants = request->outputs = Want::float32;
      request->reason = Reason::userPass;
      return request;
    }
  };
  test::Setup setup("Op (f16 -> f16) (f32 -> f32)", PrecisionMode::forceFp16);
  PassPipeline pipeline = PassPipeline::standard();
  REQUIRE(pipeline.insertBefore("mode", std::make_shared<Chosen>()).ok());
  setup.options.passes = &pipeline;
  CHECK(setup.decided("in x; a = Op(x); b = Op(x); c = Op(x); out a, b, c", "a, b, c") ==
        "f16 -> f16; f32 -> f32; f16 -> f16");
}

TEST_CASE("two nodes that differ in the own dtype of an input alone are two situations") {
  // What reaches both is float16, and what both make are integers.
  const test::Setup setup("Half (f16 -> f16)\nBoth (f16 -> i64) (f32 -> i64)", PrecisionMode::allowFp32ToFp16);
  constexpr const char* kWide = "in x, y:f16; p = Half(x); q:f16 = Half(y); a:i64 = Both(p); b:i64 = Both(q); out a, b";
  constexpr const char* kNarrow =
      "in x, y:f16; p = Half(x); q:f16 = Half(y); b:i64 = Both(q); a:i64 = Both(p); out a, b";
  CHECK(setup.decided(kWide, "a, b") == "f32 -> i64; f16 -> i64");
  CHECK(setup.decided(kNarrow, "a, b") == "f32 -> i64; f16 -> i64");
}

}  // namespace
}  // namespace precast
