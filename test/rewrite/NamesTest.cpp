#include "rewrite/Names.h"

#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

std::string next(rewrite::Names& names, const char* base, const char* word = "_", DType dtype = DType::float16) {
  return std::string(names.unique(base, word, dtype));
}

TEST_CASE("new names are the base, a word and the dtype, and a counter where that is taken") {
  const Graph graph = test::graphOfText("in x, x_fp16:f16, x_cast_fp32_2; a = Op(x); out a");
  Graph storage;
  rewrite::Names names(graph, std::vector<char>(graph.nodeCount()), storage, 8);
  CHECK(next(names, "a") == "a_fp16");
  CHECK(next(names, "a") == "a_fp16_1");
  CHECK(next(names, "a") == "a_fp16_2");
  CHECK(next(names, "a", "_", DType::bfloat16) == "a_bf16");
  CHECK(next(names, "x") == "x_fp16_1");
  CHECK(next(names, "x", "_cast_", DType::float32) == "x_cast_fp32");
  CHECK(next(names, "x", "_cast_", DType::float32) == "x_cast_fp32_1");
  CHECK(next(names, "x", "_cast_", DType::float32) == "x_cast_fp32_3");
  CHECK(next(names, "") == "_fp16");
}

TEST_CASE("names of nodes and of values keep out of each other's way") {
  // In this notation a node is called like its result.
  const Graph graph = test::graphOfText("in x; a_fp16:f16 = Op(x); b = Op(a_fp16); out b");
  Graph storage;
  rewrite::Names kept(graph, {0, 0}, storage, 1);
  CHECK(next(kept, "a") == "a_fp16_1");
  // Those of a node that goes, and of its results, are free again.
  rewrite::Names removed(graph, {1, 0}, storage, 1);
  CHECK(next(removed, "a") == "a_fp16");
}

TEST_CASE("names live as long as the graph that stores them") {
  const Graph graph = test::graphOfText("in x; out x");
  Graph storage;
  std::string_view first;
  {
    rewrite::Names names(graph, {}, storage, 1);
    first = names.unique("a-name-that-is-long-enough-to-need-memory-of-its-own", "_", DType::float16);
    for (int i = 0; i < 1000; ++i) names.unique("other", "_", DType::float32);
  }
  const Graph copy = storage;
  CHECK(first == "a-name-that-is-long-enough-to-need-memory-of-its-own_fp16");
}

}  // namespace
}  // namespace precast
