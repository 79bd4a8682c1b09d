// Names of values, against a plain map.
#include "onnx/NameTable.h"

#include <catch2/catch.hpp>
#include <string>

namespace precast::onnx {
namespace {

TEST_CASE("every added name is found, no other one is, with and without room made beforehand") {
  for (const std::size_t expected : {std::size_t{0}, std::size_t{10}, std::size_t{5000}}) {
    Graph graph;
    NameTable names;
    if (expected > 0) names.reserve(expected);
    CHECK(names.find(graph, "x", NameTable::hash("x")) == ValueId::none);
    for (int i = 0; i < 5000; ++i) {
      const std::string name = "value/" + std::to_string(i * 37);
      const ValueId value = graph.addValue(name, DType::float32);
      CHECK(names.add(graph, name, value, NameTable::hash(name)) == ValueId::none);
      CHECK(names.add(graph, name, ValueId{77}, NameTable::hash(name)) == value);
    }
    for (int i = 0; i < 5000 * 37; ++i) {
      const std::string name = "value/" + std::to_string(i);
      const ValueId found = names.find(graph, name, NameTable::hash(name));
      REQUIRE(found == (i % 37 == 0 ? static_cast<ValueId>(i / 37) : ValueId::none));
    }
  }
}

TEST_CASE("names with one hash are told apart by their text") {
  Graph graph;
  NameTable names;
  constexpr NameTable::Hash kHash = 0xFFFFFFFFU;  // the last place: the search goes on at the first
  for (int i = 0; i < 40; ++i) {
    const std::string name(1, static_cast<char>('A' + i));
    CHECK(names.add(graph, name, static_cast<ValueId>(i), kHash) == ValueId::none);  // which the graph gets next
    graph.addValue(name, {});
  }
  for (int i = 0; i < 40; ++i) {
    CHECK(names.find(graph, std::string(1, static_cast<char>('A' + i)), kHash) == static_cast<ValueId>(i));
  }
  CHECK(names.find(graph, "no such name", kHash) == ValueId::none);
}

}  // namespace
}  // namespace precast::onnx
