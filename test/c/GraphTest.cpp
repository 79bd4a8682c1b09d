// A graph that C reads, value by value; C++ is the oracle. Building one: PlanTest.
#include <catch2/catch.hpp>
#include <vector>

#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

using AskIds = decltype(precast_graph_node_inputs);

std::vector<std::uint32_t> idsOf(AskIds* ask, const precast_graph* graph, std::uint32_t id) {
  std::size_t count = 99;
  const precast_status asked = ask(graph, id, nullptr, 0, &count, nullptr);
  REQUIRE(asked == (count == 0 ? PRECAST_OK : PRECAST_OUT_OF_RANGE));
  std::vector<std::uint32_t> ids(count);
  REQUIRE(ask(graph, id, ids.data(), ids.size(), &count, nullptr) == PRECAST_OK);
  return ids;
}

std::vector<std::uint32_t> numbersOf(absl::Span<const ValueId> values) {
  std::vector<std::uint32_t> numbers;
  for (ValueId value : values) numbers.push_back(index(value));
  return numbers;
}

}  // namespace

TEST_CASE("a graph read in C has the operands, shapes and bodies that it has in C++") {
  Graph graph = graphOfText("in x:f32[2,-1,3], c:bool; a:f32[2], b = Split(x, -, x); y = If(c) { t = Exp(b); out t } "
                            "{ e = Log(a); out e, e }; z = Scan(y) { in v; w = Abs(v); out w }; out z");
  graph.setName("read");
  const auto* handle = c::handleOf<precast_graph>(graph);
  CHECK(textOf(precast_graph_name(handle)) == "read");
  REQUIRE(precast_graph_node_count(handle) == graph.nodeCount());
  for (std::uint32_t i = 0; i < graph.nodeCount(); ++i) {
    CHECK(idsOf(precast_graph_node_inputs, handle, i) == numbersOf(graph.inputs(static_cast<NodeId>(i))));
    CHECK(idsOf(precast_graph_node_outputs, handle, i) == numbersOf(graph.outputs(static_cast<NodeId>(i))));
  }
  for (std::uint32_t i = 0; i < graph.valueCount(); ++i) {
    const ShapeView shape = graph.shape(static_cast<ValueId>(i));
    std::vector<std::int64_t> dims(8, 99);
    std::size_t count = 99;
    REQUIRE(precast_graph_value_dims(handle, i, dims.data(), dims.size(), &count, nullptr) == PRECAST_OK);
    CHECK(std::vector<std::int64_t>(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(count)) ==
          std::vector<std::int64_t>(shape.dims.begin(), shape.dims.end()));
  }
  REQUIRE(graph.regionCount() == 4);
  REQUIRE(precast_graph_region_count(handle) == 4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Region& oracle = graph.region(static_cast<RegionId>(i));
    precast_region row = PRECAST_REGION_INIT;
    REQUIRE(precast_graph_get_region(handle, i, &row, nullptr) == PRECAST_OK);
    CHECK(textOf(row.name) == oracle.name);
    CHECK((row.parent == index(oracle.parent) && row.owner == index(oracle.owner) && row.next == index(oracle.next)));
    CHECK((row.input_count == oracle.inputs.size() && row.output_count == oracle.outputs.size()));
    CHECK(idsOf(precast_graph_region_inputs, handle, i) == numbersOf(oracle.inputs));
    CHECK(idsOf(precast_graph_region_outputs, handle, i) == numbersOf(oracle.outputs));
  }
}
