// precision-semantics, section 3, as properties of the real PP-OCR models: the order of the modes, the order of the
// lists, and that neither names nor the order of independent nodes matter. Random graphs: passes/ModePropertiesTest.
#include "RealModels.h"

#include "precast/precast.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace precast {
namespace {

onnx::Model read(const test::RealModel& model) {
  absl::StatusOr<onnx::Model> read = onnx::readFile(model.path);
  REQUIRE(read.ok());
  return *std::move(read);
}

// By node; empty if the mode refuses the model.
std::vector<DType> decide(const Graph& graph, const Target& target, PrecisionMode mode,
                          std::vector<ListMove> moves = {}) {
  CompileOptions options;
  options.target = &target;
  options.policy.mode = mode;
  options.policy.listMoves = std::move(moves);
  options.policy.numericGuard = NumericGuard::off;
  const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  std::vector<DType> dtypes;
  for (std::size_t n = 0; made.ok() && n < graph.nodeCount(); ++n)
    dtypes.push_back(made->leadingDType(graph, static_cast<NodeId>(n)));
  return dtypes;
}

// The same network with other names, its nodes in another topological order; `places` says where each node went.
Graph shuffled(const Graph& graph, std::mt19937& random, std::vector<std::size_t>& places) {
  REQUIRE(graph.regionCount() == 1);
  Graph copy;
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    copy.addValue("value" + std::to_string(graph.valueCount() - v), graph.dtype(value), graph.shape(value));
  }
  const Region& main = graph.region(RegionId::main);
  for (ValueId input : main.inputs) REQUIRE(copy.addInput(input).ok());
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (graph.isConstant(value) && graph.producer(value) == NodeId::none)
      REQUIRE(copy.setConstant(value, graph.tensor(graph.tensorOf(value))).ok());
  }
  places.assign(graph.nodeCount(), 0);
  std::vector<bool> made(graph.valueCount());
  for (std::size_t v = 0; v < graph.valueCount(); ++v)
    made[v] = graph.producer(static_cast<ValueId>(v)) == NodeId::none;
  std::vector<std::size_t> open(graph.nodeCount());
  for (std::size_t n = 0; n < open.size(); ++n) open[n] = n;
  while (!open.empty()) {
    std::vector<std::size_t> ready;
    for (std::size_t n : open) {
      const auto inputs = graph.inputs(static_cast<NodeId>(n));
      if (std::all_of(inputs.begin(), inputs.end(),
                      [&](ValueId input) { return input == ValueId::none || made[index(input)]; })) {
        ready.push_back(n);
      }
    }
    const std::size_t next = ready[random() % ready.size()];
    open.erase(std::find(open.begin(), open.end(), next));
    const auto node = static_cast<NodeId>(next);
    places[next] = copy.nodeCount();
    const OpKindId kind = copy.addOpKind(graph.nodeOp(node));
    const auto outputs = graph.outputs(node);
    const std::string name = "node" + std::to_string(open.size());
    if (outputs.size() == 1 && graph.isConstant(outputs[0])) {
      REQUIRE(copy.addConstantNode(kind, name, outputs[0], graph.tensor(graph.tensorOf(outputs[0]))).ok());
    } else {
      REQUIRE(copy.addNode(kind, name, graph.inputs(node), outputs).ok());
    }
    for (ValueId output : outputs) {
      if (output != ValueId::none) made[index(output)] = true;
    }
  }
  for (ValueId output : main.outputs) REQUIRE(copy.addOutput(output).ok());
  return copy;
}

// Nodes that hold constants follow their users and are not counted.
std::size_t halves(const Graph& graph, const std::vector<DType>& dtypes) {
  std::size_t count = 0;
  for (std::size_t n = 0; n < dtypes.size(); ++n)
    count += dtypes[n] == DType::float16 && graph.nodeOp(static_cast<NodeId>(n)).type != "Constant" ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("float16 nodes of real models never get fewer from force_fp32 to force_fp16") {
  for (const char* name : {"onnx", "ort-cuda", "tensorrt"}) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    for (const test::RealModel& ocr : test::ocrModels()) {
      const onnx::Model model = read(ocr);
      std::size_t last = 0;
      for (PrecisionMode mode :
           {PrecisionMode::forceFp32, PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowFp32ToFp16,
            PrecisionMode::allowMixPrecision, PrecisionMode::forceFp16}) {
        CAPTURE(name, ocr.name, toString(mode));
        const std::vector<DType> dtypes = decide(model.graph, *target, mode);
        REQUIRE(dtypes.size() == model.graph.nodeCount());
        CHECK(halves(model.graph, dtypes) >= last);
        last = halves(model.graph, dtypes);
      }
      CHECK(last > 50);
    }
  }
}

TEST_CASE("moving an operator of a real model from black to gray to white never raises its nodes") {
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  REQUIRE(target.ok());
  for (const test::RealModel& ocr : test::ocrModels()) {
    const onnx::Model model = read(ocr);
    const Graph& graph = model.graph;
    std::set<std::string> types;
    for (std::size_t k = 0; k < graph.opKindCount(); ++k) types.insert(graph.opKind(static_cast<OpKindId>(k)).type);
    types.erase("Constant");
    for (const std::string& type : types) {
      std::vector<std::vector<DType>> answers;
      for (ListColour colour : {ListColour::black, ListColour::gray, ListColour::white})
        answers.push_back(decide(graph, *target, PrecisionMode::allowMixPrecision, {{type, colour, ""}}));
      for (std::size_t step = 1; step < answers.size(); ++step) {
        REQUIRE(answers[step].size() == graph.nodeCount());
        std::size_t back = 0;
        for (std::size_t n = 0; n < graph.nodeCount(); ++n) {
          if (graph.nodeOp(static_cast<NodeId>(n)).type != type) continue;
          back += answers[step - 1][n] == DType::float16 && answers[step][n] == DType::float32 ? 1U : 0U;
        }
        CAPTURE(ocr.name, type);
        CHECK(back == 0);
      }
    }
  }
}

TEST_CASE("neither names nor the order of independent nodes change a decision on a real model") {
  std::mt19937 random(5);
  for (const char* name : {"onnx", "ascend310"}) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    for (const test::RealModel& ocr : test::ocrModels()) {
      const onnx::Model model = read(ocr);
      std::vector<std::size_t> places;
      const Graph copy = shuffled(model.graph, random, places);
      for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::forceFp32, PrecisionMode::allowFp32ToFp16,
                                 PrecisionMode::allowMixPrecision}) {
        CAPTURE(name, ocr.name, toString(mode));
        const std::vector<DType> expected = decide(model.graph, *target, mode);
        const std::vector<DType> got = decide(copy, *target, mode);
        REQUIRE(got.size() == expected.size());
        std::size_t different = 0;
        for (std::size_t n = 0; n < expected.size(); ++n) different += got[places[n]] != expected[n] ? 1U : 0U;
        CHECK(different == 0);
        CHECK(std::count(got.begin(), got.end(), DType::float16) > (mode == PrecisionMode::forceFp16 ? 50 : -1));
      }
    }
  }
}

}  // namespace precast
