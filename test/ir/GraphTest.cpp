// The builder: what it refuses, that a refusal leaves the graph as it was, and that graphs are values.
#include "precast/Graph.h"

#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <utility>

#include "Snapshot.h"

namespace precast {
namespace {

constexpr auto kBad = static_cast<std::uint32_t>(77);

// x -> Relu "r" -> y, with a constant "w", an If "i" with the body "then_branch" and a value "free" that nothing makes.
struct Sample {
  Graph graph;
  OpKindId relu = OpKindId::none;
  ValueId x = graph.addValue("x", DType::float32);
  ValueId y = graph.addValue("y", DType::float32);
  ValueId w = graph.addValue("w", DType::float32);
  ValueId free = graph.addValue("free", DType::float32);
  NodeId node = NodeId::none;
  NodeId owner = NodeId::none;
  RegionId body = RegionId::none;

  Sample() {
    OpKind kind;
    kind.type = "Relu";
    relu = graph.addOpKind(kind);
    REQUIRE(graph.addInput(x).ok());
    REQUIRE(graph.setConstant(w, {}).ok());
    node = graph.addNode(relu, "r", {x}, {y}).value();
    owner = graph.addNode(relu, "i", {x}, {}).value();
    body = graph.addRegion(owner, "then_branch").value();
  }
};

struct Misuse {
  const char* title;
  std::function<absl::Status(Sample&)> call;
  const char* message;
};

template <typename T>
absl::Status statusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

constexpr std::array<std::byte, 12> kBytes = {};

TensorData bytesOf(DType stored, std::size_t count) {
  TensorData tensor;
  tensor.stored = stored;
  tensor.data = absl::MakeConstSpan(kBytes).first(count);
  return tensor;
}

const std::vector<Misuse>& misuses() {
  const auto badValue = static_cast<ValueId>(kBad);
  const auto badRegion = static_cast<RegionId>(kBad);
  const auto badNode = static_cast<NodeId>(kBad);
  static const std::vector<Misuse> table = {
      {"addInput of an unknown id", [=](Sample& s) { return s.graph.addInput(badValue); },
       "input: value id 77 is not in the graph"},
      {"addInput of none", [](Sample& s) { return s.graph.addInput(ValueId::none); },
       "input: value id 4294967295 is not in the graph"},
      {"addInput of a result", [](Sample& s) { return s.graph.addInput(s.y); },
       "value 'y' is an input of its region and an output of a node"},
      {"addInput of a constant", [](Sample& s) { return s.graph.addInput(s.w); },
       "value 'w' is an input and a constant"},
      {"addInput twice", [](Sample& s) { return s.graph.addInput(s.x); }, "value 'x' is listed twice as an input"},
      {"setConstant of an unknown id", [=](Sample& s) { return s.graph.setConstant(badValue, {}); },
       "constant: value id 77 is not in the graph"},
      {"setConstant of a result", [](Sample& s) { return s.graph.setConstant(s.y, {}); },
       "value 'y' is a constant and an output of a node"},
      {"setConstant of an input", [](Sample& s) { return s.graph.setConstant(s.x, {}); },
       "value 'x' is an input and a constant"},
      {"setConstant twice", [](Sample& s) { return s.graph.setConstant(s.w, {}); }, "value 'w' has contents twice"},
      {"setDefault of an unknown id", [=](Sample& s) { return s.graph.setDefault(badValue, {}); },
       "default: value id 77 is not in the graph"},
      {"setDefault of what is no input", [](Sample& s) { return s.graph.setDefault(s.free, {}); },
       "value 'free' has a default but is not an input"},
      {"addOutput of an unknown id", [=](Sample& s) { return s.graph.addOutput(badValue); },
       "output: value id 77 is not in the graph"},
      {"addOutput of an unknown region", [=](Sample& s) { return s.graph.addOutput(s.y, badRegion); },
       "value 'y': region id 77 is not in the graph"},
      {"addNode of an unknown operator",
       [](Sample& s) { return statusOf(s.graph.addNode(static_cast<OpKindId>(kBad), "n", {s.x}, {s.free})); },
       "node 'n': operator id 77 is not in the graph"},
      {"addNode in an unknown region",
       [=](Sample& s) { return statusOf(s.graph.addNode(s.relu, "n", {s.x}, {s.free}, badRegion)); },
       "node 'n': region id 77 is not in the graph"},
      {"addNode with an unknown input",
       [=](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {s.x, badValue}, {s.free}));
       },
       "node 'n': input value id 77 is not in the graph"},
      {"addNode with an unknown output",
       [=](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {s.x}, {s.free, badValue}));
       },
       "node 'n': output value id 77 is not in the graph"},
      {"addNode with an output twice",
       [](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {s.x}, {s.free, s.free}));
       },
       "node 'n' lists output 'free' twice"},
      {"addNode with another node's output",
       [](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {s.x}, {s.free, s.y}));
       },
       "value 'y' is produced by node 'r' and by node 'n'"},
      {"addNode that produces an input",
       [](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {}, {s.free, s.x}));
       },
       "value 'x' is an input and is produced by node 'n'"},
      {"addNode that produces a constant",
       [](Sample& s) {
         return statusOf(s.graph.addNode(s.relu, "n", {}, {s.free, s.w}));
       },
       "value 'w' is a constant and is produced by node 'n'"},
      {"addConstantNode of an unknown value",
       [=](Sample& s) { return statusOf(s.graph.addConstantNode(s.relu, "n", badValue, {})); },
       "node 'n': value id 77 is not in the graph"},
      {"addConstantNode of an input", [](Sample& s) { return statusOf(s.graph.addConstantNode(s.relu, "n", s.x, {})); },
       "value 'x' is an input and is produced by node 'n'"},
      {"addConstantNode of a constant",
       [](Sample& s) { return statusOf(s.graph.addConstantNode(s.relu, "n", s.w, {})); },
       "value 'w' is a constant and is produced by node 'n'"},
      {"addConstantNode of an unknown operator",
       [](Sample& s) { return statusOf(s.graph.addConstantNode(static_cast<OpKindId>(kBad), "n", s.free, {})); },
       "node 'n': operator id 77 is not in the graph"},
      {"addRegion of an unknown node", [=](Sample& s) { return statusOf(s.graph.addRegion(badNode, "b")); },
       "region 'b': node id 77 is not in the graph"},
      {"attachRegion of a region with an owner", [](Sample& s) { return s.graph.attachRegion(s.node, s.body); },
       "region 'then_branch' belongs to node 'i' already"},
      {"attachRegion of the main graph", [](Sample& s) { return s.graph.attachRegion(s.node, RegionId::main); },
       "region id 0 cannot belong to node id 0"},
      {"attachRegion of an unknown region", [=](Sample& s) { return s.graph.attachRegion(s.node, badRegion); },
       "region id 77 cannot belong to node id 0"},
      {"attachRegion to an unknown node", [=](Sample& s) { return s.graph.attachRegion(badNode, s.body); },
       "region id 1 cannot belong to node id 77"},
  };
  return table;
}

TEST_CASE("every misuse of the builder is an error that leaves the graph as it was") {
  for (const Misuse& misuse : misuses()) {
    Sample sample;
    const std::string before = test::snapshotOf(sample.graph);
    const absl::Status status = misuse.call(sample);
    CAPTURE(misuse.title);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(status.message()) == misuse.message);
    CHECK(test::snapshotOf(sample.graph) == before);
    // Nothing half done is left behind: what was refused can still be done right.
    CHECK(sample.graph.addNode(sample.relu, "after", {sample.x}, {sample.free}).ok());
  }
}

TEST_CASE("contents whose size disagrees with dtype and shape are refused by every way to give contents") {
  const std::int64_t dims[] = {2, 2};
  const std::int64_t huge[] = {std::int64_t{1} << 59};
  const char* const kShort = "tensor 'v' has 12 bytes, dims [2,2] float32 need 16";
  Graph graph;
  OpKind kind;
  kind.type = "Constant";
  const OpKindId constant = graph.addOpKind(kind);
  const ValueId v = graph.addValue("v", DType::float32, {true, dims});
  const ValueId h = graph.addValue("h", DType::float32, {true, huge});
  const std::string before = test::snapshotOf(graph);
  CHECK(graph.setConstant(v, bytesOf(DType::float32, 12)).message() == kShort);
  CHECK(graph.addConstantNode(constant, "c", v, bytesOf(DType::float32, 12)).status().message() == kShort);
  CHECK(graph.setConstant(h, bytesOf(DType::float32, 12)).message() ==
        "tensor 'h': 576460752303423488 elements are too many");
  CHECK(test::snapshotOf(graph) == before);
  REQUIRE(graph.addInput(v).ok());
  CHECK(graph.setDefault(v, bytesOf(DType::float32, 12)).message() == kShort);
  REQUIRE(graph.setDefault(v, bytesOf(DType::float16, 8)).ok());  // stored in another dtype than the value's
  CHECK(graph.setDefault(v, bytesOf(DType::float16, 8)).message() == "value 'v' has two defaults");
  CHECK(graph.isRegionInput(v));
  CHECK_FALSE(graph.isConstant(v));
  // Sub-byte elements are packed: 4 of 4 bits are 2 bytes. An unknown dimension or rank leaves nothing to compare.
  const ValueId packed = graph.addValue("packed", DType::int4, {true, dims});
  CHECK(graph.setConstant(packed, bytesOf(DType::int4, 2)).ok());
  const std::int64_t open[] = {2, -1};
  const ValueId unknown = graph.addValue("unknown", DType::float32, {true, open});
  CHECK(graph.setConstant(unknown, bytesOf(DType::float32, 5)).ok());
}

TEST_CASE("numbers among attributes are found by their node, in whatever order they came") {
  Sample sample;
  const std::string name = "scale";
  sample.graph.addAttributeNumber(sample.owner, "value", 3);
  sample.graph.addAttributeNumber(sample.node, "mean", 1);
  sample.graph.addAttributeNumber(sample.node, std::string(name), 2);
  const Graph copy = sample.graph;
  sample.graph.addAttributeNumber(sample.owner, "other", 4);
  const auto textOf = [](absl::Span<const AttributeNumber> numbers) {
    std::string text;
    for (const AttributeNumber& number : numbers)
      text += std::string(number.name) + "=" + std::to_string(static_cast<int>(number.value)) + " ";
    return text;
  };
  CHECK(textOf(copy.attributeNumbers(sample.node)) == "mean=1 scale=2 ");
  CHECK(textOf(copy.attributeNumbers(sample.owner)) == "value=3 ");
  CHECK(textOf(copy.attributeNumbers()) == "mean=1 scale=2 value=3 ");
  CHECK(textOf(sample.graph.attributeNumbers(sample.owner)) == "value=3 other=4 ");
  CHECK(copy.attributeNumbers(static_cast<NodeId>(99)).empty());
  CHECK(copy.withoutNodes().attributeNumbers().empty());
}

TEST_CASE("a node may take the operands of another, and a value the shape of another, of the same graph") {
  Graph graph;
  std::vector<std::int64_t> dims;
  for (std::int64_t i = 0; i < 40; ++i) dims.push_back(i + 2);
  const ValueId first = graph.addValue("v0", DType::float32, {true, dims});
  std::vector<ValueId> inputs;
  for (int i = 0; i < 40; ++i) inputs.push_back(graph.addValue("i", DType::float32, {}));
  OpKind kind;
  kind.type = "Op";
  const OpKindId op = graph.addOpKind(kind);
  absl::StatusOr<NodeId> node = graph.addNode(op, "n", inputs, {});
  // Until the arrays have grown several times.
  for (int i = 0; i < 100; ++i) {
    REQUIRE(node.ok());
    node = graph.addNode(op, "n", graph.inputs(*node), {});
    const ValueId value = graph.addValue("v", DType::float32, graph.shape(first));
    graph.setValueShape(value, graph.shape(first));
    REQUIRE(graph.shape(value).dims == absl::MakeConstSpan(dims));
  }
  REQUIRE(node.ok());
  CHECK(graph.inputs(*node) == absl::MakeConstSpan(inputs));
}

}  // namespace
}  // namespace precast
