#include "precast/GraphJson.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace precast {
namespace {

constexpr std::string_view kText = R"({
"schema":"precast.graph/1",
"inputs":[
{"name":"x","dtype":"float32","shape":[1,-1]},
{"name":"i","dtype":"int64","shape":[]}
],
"constants":[
{"name":"w","dtype":"bfloat16"}
],
"nodes":[
{"name":"a","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]},
{"name":"","op":"Clip","inputs":["y","","w"],"outputs":["",{"name":"z","dtype":"float16"}]}
],
"outputs":["z","z"]
}
)";

TEST_CASE("a graph is written as it was read, byte for byte", "[graph-json]") {
  const absl::StatusOr<Graph> graph = parseGraphJson(kText, "g.json");
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  CHECK(graph->nodeCount() == 2);
  CHECK(graph->inputs(static_cast<NodeId>(1))[1] == ValueId::none);
  CHECK(graph->outputs(static_cast<NodeId>(1))[0] == ValueId::none);
  const absl::StatusOr<std::string> text = writeGraphJson(*graph);
  REQUIRE(text.ok());
  CHECK(*text == kText);
}

TEST_CASE("nodes may stand in any order, and keep it", "[graph-json]") {
  const absl::StatusOr<Graph> graph = parseGraphJson(R"({"schema":"precast.graph/1","nodes":[
    {"name":"second","op":"Exp","inputs":["m"],"outputs":[{"name":"y","dtype":"float32"}]},
    {"name":"first","op":"Relu","inputs":["x"],"outputs":[{"name":"m","dtype":"float32"}]}],
    "outputs":["y"],"inputs":[{"name":"x","dtype":"float32"}]})",
                                                     "g.json");
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  CHECK(graph->nodeName(static_cast<NodeId>(0)) == "second");
  CHECK(graph->producer(graph->inputs(static_cast<NodeId>(0))[0]) == static_cast<NodeId>(1));
}

TEST_CASE("a JSON graph is known by its first character", "[graph-json]") {
  CHECK(looksLikeGraphJson("{}"));
  CHECK(looksLikeGraphJson("\xEF\xBB\xBF \t\r\n{"));
  for (std::string_view text : {"", " ", "[", "\x08\x07", "x{"}) CHECK_FALSE(looksLikeGraphJson(text));
}

struct Row {
  std::string rest;  // what follows the schema
  const char* message;
};

TEST_CASE("malformed graphs are refused with line, column and the item", "[graph-json]") {
  const std::string x = R"("inputs":[{"name":"x","dtype":"float32"}],)"
                        "\n";
  const Row rows[] = {
      {R"("edges":[]})", "g.json:2:1: unknown key 'edges'"},
      {R"("inputs":{}})", "g.json:2:10: 'inputs' must be an array, is an object"},
      {R"("inputs":["x"]})", "g.json:2:11: a value is an object, this is a string"},
      {R"("inputs":[{"dtype":"float32"}]})", "g.json:2:11: a value has no 'name'"},
      {R"("inputs":[{"name":""}]})", "g.json:2:19: 'name' must be a string with text, is a string"},
      {R"("inputs":[{"name":"x"}]})", "g.json:2:11: value 'x' has no 'dtype'"},
      {R"("inputs":[{"name":"x","dtype":"fp17"}]})", "g.json:2:31: 'fp17' is no dtype"},
      {R"("inputs":[{"name":"x","dtype":"float32","shape":[1,-2]}]})",
       "g.json:2:52: a dimension must be a whole number, -1 if unknown"},
      {R"("inputs":[{"name":"x","dtype":"float32","shape":[1.5]}]})",
       "g.json:2:50: a dimension must be a whole number, -1 if unknown"},
      {x + R"("constants":[{"name":"x","dtype":"int8"}]})",
       "g.json:3:22: value 'x' stands there twice (first at line 2)"},
      {R"("outputs":["y"]})", "g.json:2:12: graph output 'y' is no input, no constant and no node's output"},
      {R"("outputs":[""]})", "g.json:2:12: graph output is empty, not the name of a value"},
      {R"("nodes":[{"name":"n","inputs":[]}]})", "g.json:2:10: a node has no 'op'"},
      {R"("nodes":[{"op":"Relu","attributes":[]}]})", "g.json:2:23: unknown key 'attributes'"},
      {R"("nodes":[{"name":"n","op":"Relu","inputs":["q"]}]})",
       "g.json:2:44: node 'n': input 'q' is no input, no constant and no node's output"},
      {x + R"("nodes":[{"op":"Relu","inputs":["x"],"outputs":[{"name":"x","dtype":"float32"}]}]})",
       "g.json:3:57: value 'x' stands there twice (first at line 2)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rest);
    const absl::StatusOr<Graph> graph = parseGraphJson("{\"schema\":\"precast.graph/1\",\n" + row.rest, "g.json");
    REQUIRE_FALSE(graph.ok());
    CHECK(graph.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(graph.status().message() == row.message);
  }
}

TEST_CASE("another schema is another format", "[graph-json]") {
  const absl::StatusOr<Graph> other = parseGraphJson(R"({"schema":"precast.graph/2"})", "g.json");
  CHECK(other.status().code() == absl::StatusCode::kUnimplemented);
  CHECK(other.status().message() == "g.json:1:11: schema is 'precast.graph/2', this version reads 'precast.graph/1'");
  const absl::StatusOr<Graph> none = parseGraphJson("{}", "g.json");
  CHECK(none.status().message() == "g.json:1:1: no 'schema': \"precast.graph/1\"");
  const absl::StatusOr<Graph> array = parseGraphJson("[]", "g.json");
  CHECK(array.status().message() == "g.json:1:1: a graph is an object, this is an array");
}

TEST_CASE("the limits hold for JSON graphs", "[graph-json]") {
  Limits limits;
  limits.tensorRank = 2;
  const std::string text = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32","shape":[1,2,3]}]})";
  CHECK(parseGraphJson(text, "g.json").ok());
  const absl::StatusOr<Graph> graph = parseGraphJson(text, "g.json", limits);
  CHECK(graph.status().message() == "g.json:1:77: 'shape' has 3 dimensions, the limit is 2");
  limits.jsonDepth = 2;
  CHECK(parseGraphJson(text, "g.json", limits).status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("what the format has no words for is not written", "[graph-json]") {
  Graph graph;
  OpKind kind;
  kind.type = "Gelu";
  kind.domain = "com.microsoft";
  const ValueId x = graph.addValue("x", DType::float32);
  const absl::StatusOr<NodeId> node = graph.addNode(graph.addOpKind(kind), "n", {x}, {});
  REQUIRE(node.ok());
  CHECK(writeGraphJson(graph).status().message() ==
        "JSON graphs have no operator domains, node 'n' is Gelu of domain 'com.microsoft'");
  CHECK(writeGraphJson(graph).status().code() == absl::StatusCode::kUnimplemented);

  Graph unnamed;
  unnamed.addValue("", DType::float32);
  CHECK(writeGraphJson(unnamed).status().code() == absl::StatusCode::kInvalidArgument);

  REQUIRE(graph.addRegion(*node, "body").ok());
  CHECK(writeGraphJson(graph).status().message() == "JSON graphs have no nested bodies");
}

}  // namespace
}  // namespace precast
