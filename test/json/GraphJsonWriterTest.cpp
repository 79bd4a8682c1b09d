// Random graphs written as JSON and read again: the same graph, id by id, and the same text.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "precast/GraphJson.h"

namespace precast {
namespace {

// Ends of names that JSON has to escape, or may not.
constexpr const char* kEnds[] = {
    "", " ", "/", ":0", "\"", "\\", "\n", "\t\x01\x1f", "\x7f", "\xC3\xA4", "\xF0\x9F\x98\x80"};
constexpr DType kDTypes[] = {DType::float32, DType::float16, DType::bfloat16, DType::int64,    DType::boolean,
                             DType::string,  DType::uint8,   DType::float64,  DType::sequence, DType::complex64};
constexpr const char* kOps[] = {"Relu", "Add", "Concat", "x.y/Z"};

/// A graph of anything that the format has words for: omitted operands, shapes, dead nodes, outputs listed twice.
class RandomGraph {
 public:
  explicit RandomGraph(std::uint32_t seed) : random_(seed) {
    const std::size_t nodes = below(12);
    for (std::size_t i = 0; i < 1 + below(3); ++i) REQUIRE(graph_.addInput(value()).ok());
    for (std::size_t i = 0; i < below(4); ++i) {
      TensorData unknown;
      const ValueId constant = value();
      unknown.stored = graph_.dtype(constant);
      REQUIRE(graph_.setConstant(constant, unknown).ok());
    }
    for (std::size_t i = 0; i < nodes; ++i) addNode(i);
    for (std::size_t i = 0; i < below(4); ++i) REQUIRE(graph_.addOutput(values_[below(values_.size())]).ok());
  }
  const Graph& graph() const { return graph_; }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  std::string name(const char* kind, std::size_t number) {
    return kind + std::to_string(number) + kEnds[below(std::size(kEnds))];
  }

  ValueId value() {
    std::vector<std::int64_t> dims(below(4));
    for (std::int64_t& dim : dims) dim = static_cast<std::int64_t>(below(5)) - 1;
    ShapeView shape;
    if (below(3) != 0) shape = {true, dims};
    values_.push_back(graph_.addValue(name("v", values_.size()), kDTypes[below(std::size(kDTypes))], shape));
    return values_.back();
  }

  void addNode(std::size_t number) {
    std::vector<ValueId> inputs(below(4));
    for (ValueId& input : inputs) input = below(5) == 0 ? ValueId::none : values_[below(values_.size())];
    std::vector<ValueId> outputs(1 + below(3));
    for (ValueId& output : outputs) output = below(5) == 0 ? ValueId::none : value();
    OpKind kind;
    kind.type = kOps[below(std::size(kOps))];
    const std::string called = below(4) == 0 ? "" : name("n", number);
    REQUIRE(graph_.addNode(graph_.addOpKind(kind), called, inputs, outputs).ok());
  }

  std::minstd_rand random_;
  Graph graph_;
  std::vector<ValueId> values_;
};

// Everything of a graph that a reader of JSON could get wrong. Values by name: their ids are no part of the format.
std::string shown(const Graph& graph) {
  std::string all;
  const auto value = [&](ValueId id) {
    if (id == ValueId::none) {
      all += "-, ";
      return;
    }
    all += std::string(graph.valueName(id)) + ":" + std::string(toString(graph.dtype(id)));
    if (graph.shape(id).known) all += "[";
    for (std::int64_t dim : graph.shape(id).dims) all += std::to_string(dim) + " ";
    all += graph.isRegionInput(id) ? " in, " : graph.isConstant(id) ? " const, " : ", ";
  };
  for (ValueId id : graph.region(RegionId::main).inputs) value(id);
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    if (graph.isConstant(static_cast<ValueId>(v))) value(static_cast<ValueId>(v));
  }
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    all += "\n" + std::string(graph.nodeName(node)) + " = " + graph.nodeOp(node).type + ": ";
    for (ValueId id : graph.inputs(node)) value(id);
    all += "-> ";
    for (ValueId id : graph.outputs(node)) value(id);
  }
  all += "\n";
  for (ValueId id : graph.region(RegionId::main).outputs) value(id);
  return all;
}

TEST_CASE("a random graph that is written and read is the same graph, and written again the same text",
          "[graph-json]") {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    const RandomGraph random(seed * 7919);
    const absl::StatusOr<std::string> text = writeGraphJson(random.graph());
    INFO(text.status());
    REQUIRE(text.ok());
    CAPTURE(*text);
    const absl::StatusOr<Graph> read = parseGraphJson(*text, "g.json");
    INFO(read.status());
    REQUIRE(read.ok());
    CHECK(shown(*read) == shown(random.graph()));
    CHECK(read->valueCount() == random.graph().valueCount());
    CHECK(*writeGraphJson(*read) == *text);
  }
}

TEST_CASE("an empty graph has its schema and empty lists", "[graph-json]") {
  const absl::StatusOr<std::string> text = writeGraphJson(Graph());
  REQUIRE(text.ok());
  const absl::StatusOr<Graph> read = parseGraphJson(*text, "g.json");
  REQUIRE(read.ok());
  CHECK(read->nodeCount() == 0);
  CHECK(read->valueCount() == 0);
}

TEST_CASE("what a reader would refuse is not written: a value without a dtype, two values of one name",
          "[graph-json]") {
  Graph unknown;
  REQUIRE(unknown.addInput(unknown.addValue("x", DType::undefined)).ok());
  CHECK(writeGraphJson(unknown).status() ==
        absl::InvalidArgumentError("value 'x' has no dtype, and in JSON graphs every value has one"));
  Graph twins;
  for (int i = 0; i < 2; ++i) REQUIRE(twins.addInput(twins.addValue("x", DType::float32)).ok());
  CHECK(writeGraphJson(twins).status() ==
        absl::InvalidArgumentError("two values are named 'x', and in JSON graphs a name is one value's"));
}

TEST_CASE("the contents of a constant are not written", "[graph-json]") {
  Graph graph;
  const std::int64_t dims[] = {2};
  const ValueId value = graph.addValue("w", DType::float32, {true, dims});
  const std::vector<std::byte> contents(8, std::byte{0x7b});
  REQUIRE(graph.setConstant(value, {DType::float32, contents, 0}).ok());
  const absl::StatusOr<std::string> text = writeGraphJson(graph);
  REQUIRE(text.ok());
  const absl::StatusOr<Graph> read = parseGraphJson(*text, "g.json");
  REQUIRE(read.ok());
  REQUIRE(read->isConstant(ValueId{0}));
  CHECK_FALSE(read->tensor(read->tensorOf(ValueId{0})).hasData());
}

}  // namespace
}  // namespace precast
