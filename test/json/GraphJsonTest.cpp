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
      {R"("edges":[]})",
       "g.json:2:1: a graph has an unknown key 'edges'; the keys are schema, inputs, constants, nodes, outputs"},
      {R"("inputs":{}})", "g.json:2:10: 'inputs' must be an array, is an object"},
      {R"("inputs":["x"]})", "g.json:2:11: input 0 must be an object, is a string"},
      {R"("inputs":[{"dtype":"float32"}]})", "g.json:2:11: input 0 has no 'name'"},
      {R"("inputs":[{"name":""}]})", "g.json:2:19: input 0 has an empty name, by which nobody can read it"},
      {R"("inputs":[{"name":"x"}]})", "g.json:2:11: input 'x' has no 'dtype'"},
      {R"("inputs":[{"name":"x","dtype":"fp17"}]})", "g.json:2:31: input 'x': 'fp17' is no dtype"},
      {R"("inputs":[{"name":"x","dtype":"float32","shape":[1,-2]}]})",
       "g.json:2:52: input 'x': dimension 1 must be a whole number, -1 if unknown"},
      {R"("inputs":[{"name":"x","dtype":"float32","shape":[1.5]}]})",
       "g.json:2:50: input 'x': dimension 0 must be a whole number, -1 if unknown"},
      {x + R"("constants":[{"name":"x","dtype":"int8"}]})",
       "g.json:3:22: value 'x' stands there twice (first at line 2)"},
      {R"("outputs":["y"]})", "g.json:2:12: graph output 'y' is no input, no constant and no node's output"},
      {R"("outputs":[""]})", "g.json:2:12: graph output 0 is empty, not the name of a value"},
      {R"("nodes":[{"name":"n","inputs":[]}]})", "g.json:2:10: node 'n' has no 'op'"},
      {R"("nodes":[{"name":"n","op":""}]})", "g.json:2:10: node 'n' has no 'op'"},
      {R"("nodes":[{"op":"A"},7]})", "g.json:2:21: node #1 must be an object, is a number"},
      {R"("nodes":[{"op":"A","name":2}]})", "g.json:2:27: node #0 (A): 'name' must be a string, is a number"},
      {R"("nodes":[{"op":"A","outputs":[{"name":"","dtype":"float32"}]}]})",
       "g.json:2:39: node #0 (A): output 0 has an empty name, by which nobody can read it"},
      {R"("nodes":[{"op":"A","outputs":["",{"dtype":"float32"}]}]})",
       "g.json:2:34: node #0 (A): output 1 has no 'name'"},
      {R"("nodes":[{"op":"A","name":"n","inputs":[1]}]})",
       "g.json:2:41: node 'n': input 0 must be a string, is a number"},
      {R"("nodes":[{"op":"A","name":"n"},{"op":"A"},{"op":"A"},)"
       "\n"
       R"({"op":"B","name":"n"}]})",
       "g.json:3:18: node 'n' stands there twice (first at line 2)"},
      {R"("nodes":[{"name":"a","op":"A","inputs":["q"],"outputs":[{"name":"p","dtype":"int8"}]},)"
       "\n"
       R"({"op":"B","inputs":["p"],"outputs":[{"name":"q","dtype":"int8"}]}]})",
       "g.json:2:9: nodes form a cycle: node 'a' <- node #1 (B) <- node 'a'"},
      {R"("nodes":[{"name":"a","op":"A","inputs":["p"],"outputs":[{"name":"p","dtype":"int8"}]}]})",
       "g.json:2:9: nodes form a cycle: node 'a' reads its own result"},
      {R"("outputs":[3]})", "g.json:2:12: graph output 0 must be a string, is a number"},
      {R"("constants":[{"name":7}]})", "g.json:2:22: constant 0: 'name' must be a string, is a number"},
      {R"("constants":[{"name":"k","dtype":"undefined"}]})", "g.json:2:34: constant 'k': 'undefined' is no dtype"},
      {R"("constants":[{"name":"k","data":[]}]})",
       "g.json:2:26: constant 'k' has an unknown key 'data'; the keys are name, dtype, shape"},
      {R"("nodes":[{"op":"Relu","attributes":[]}]})",
       "g.json:2:23: node #0 (Relu) has an unknown key 'attributes'; the keys are name, op, inputs, outputs"},
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
  CHECK(array.status().message() == "g.json:1:1: a graph must be an object, is an array");
}

TEST_CASE("the limits hold for JSON graphs", "[graph-json]") {
  Limits limits;
  limits.tensorRank = 2;
  const std::string text = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32","shape":[1,2,3]}]})";
  CHECK(parseGraphJson(text, "g.json").ok());
  const absl::StatusOr<Graph> graph = parseGraphJson(text, "g.json", limits);
  CHECK(graph.status().message() == "g.json:1:77: input 'x': 'shape' has 3 dimensions, the limit is 2");
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

  Graph twins;
  OpKind relu;
  relu.type = "Relu";
  const OpKindId reluId = twins.addOpKind(relu);
  for (const char* name : {"", "n", "", "n"}) REQUIRE(twins.addNode(reluId, name, {}, {}).ok());
  CHECK(writeGraphJson(twins).status().message() == "two nodes are named 'n', and in JSON graphs a name is one node's");
  CHECK(writeGraphJson(twins).status().code() == absl::StatusCode::kInvalidArgument);

  REQUIRE(graph.addRegion(*node, "body").ok());
  CHECK(writeGraphJson(graph).status().message() == "JSON graphs have no nested bodies");
}

}  // namespace
}  // namespace precast
