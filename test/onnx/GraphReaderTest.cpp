// Graphs that are broken, odd or merely rare, as the reader takes them. The rows' ids are those of the checklist of bad
// inputs.
#include "onnx/GraphReader.h"

#include <string>

#include <catch2/catch.hpp>

#include "GraphText.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"
#include "onnx/ModelSource.h"

namespace precast::onnx {
namespace {

using absl::StatusCode;
using Catch::Contains;
using test::floatTensor;
using test::graph;
using test::graphAttribute;
using test::info;
using test::intAttribute;
using test::Messages;
using test::node;
using test::Proto;

std::string named(std::string_view name) { return Proto().text(field::kValueName, name); }

std::string modelOf(const Messages& nodes, const Messages& initializers = {}, const Messages& inputs = {info("x")},
                    const Messages& outputs = {info("y")}, const Messages& infos = {}) {
  return test::model(graph(nodes, initializers, inputs, outputs, infos));
}

std::string textOfModel(const std::string& bytes) { return test::textOf(test::modelOf(bytes).graph); }

const std::string kRelu = node("Relu", {"x"}, {"y"});

std::string branch(const Messages& nodes, const std::string& output) { return graph(nodes, {}, {}, {named(output)}); }

std::string ifNode(const std::string& thenBranch, const std::string& elseBranch, const std::string& output = "y") {
  return node("If", {"c"}, {output},
              {graphAttribute("then_branch", thenBranch), graphAttribute("else_branch", elseBranch)}, "if");
}
std::string scanNode(const std::string& body) {
  return node("Scan", {"x"}, {"y"}, {graphAttribute("body", body), intAttribute("num_scan_inputs", 1)}, "scan");
}

const Messages kWithCondition = {info("c", DType::boolean, {}), info("x")};

std::string cycle(int length) {
  Messages nodes;
  for (int i = 0; i < length; ++i)
    nodes.push_back(node("Relu", {"v" + std::to_string(i)}, {"v" + std::to_string((i + 1) % length)}));
  return modelOf(nodes, {}, {info("x")}, {named("v0")});
}

/// A sparse initializer "w" of two elements.
std::string sparseW() {
  return Proto()
      .text(field::kSparseValues, floatTensor("w", {1}, {1}))
      .text(field::kSparseIndices, test::rawTensor("", DType::int64, {1}, std::string(8, '\0')))
      .number(field::kSparseDims, 2);
}

TEST_CASE("a sparse initializer that is the default of a graph input is told from one that stands there twice") {
  const std::string bytes = test::model(graph({kRelu}, {}, {info("x"), info("w", DType::float32, {2})}, {info("y")}) +
                                        std::string(Proto().text(field::kSparseInitializer, sparseW())));
  const auto model = test::readBytesOf(bytes);
  CHECK(model.status().code() == StatusCode::kUnimplemented);
  CHECK_THAT(std::string(model.status().message()),
             Contains("sparse initializer 'w' is the default of a graph input, which must be dense"));
}

TEST_CASE("B3 to B15: graphs that contradict themselves are refused with the two sides named") {
  const std::string sparse = sparseW();
  const std::string relu = branch({node("Relu", {"x"}, {"r"})}, "r");
  const struct {
    const char* id;
    std::string bytes;
    const char* words;
  } rows[] = {
      {"B3 cycle of 1", cycle(1), "nodes form a cycle"},
      {"B3 cycle of 2", cycle(2), "nodes form a cycle"},
      {"B3 cycle of 10^5", cycle(100000), "more"},
      {"B5 two nodes", modelOf({kRelu, node("Abs", {"x"}, {"y"})}), "value 'y' has two producers"},
      {"B5 twice in one node", modelOf({node("TopK", {"x", "x"}, {"y", "y"})}), "value 'y' has two producers"},
      {"B5 a graph input", modelOf({node("Relu", {"x"}, {"x"})}), "value 'x' has two producers"},
      {"B5 an initializer", modelOf({kRelu}, {floatTensor("y", {1}, {1})}), "value 'y' has two producers"},
      {"B5 an input twice", modelOf({kRelu}, {}, {info("x"), info("x")}), "graph input 'x' stands there twice"},
      {"B6 two initializers", modelOf({kRelu}, {floatTensor("w", {1}, {1}), floatTensor("w", {1}, {1})}),
       "initializer 'w' stands there twice"},
      {"B6 dense and sparse",
       test::model(graph({kRelu}, {floatTensor("w", {1}, {1})}, {info("x")}, {info("y")}) +
                   std::string(Proto().text(field::kSparseInitializer, sparse))),
       "initializer 'w' stands there twice"},
      {"B6 sparse twice",
       test::model(
           graph({kRelu}, {}, {info("x")}, {info("y")}) +
           std::string(Proto().text(field::kSparseInitializer, sparse).text(field::kSparseInitializer, sparse))),
       "initializer 'w' stands there twice"},
      {"B7 initializer and input differ",
       modelOf({kRelu}, {floatTensor("w", {1}, {1})}, {info("x"), info("w", DType::int64, {1})}),
       "initializer 'w' is float32 but the graph input of that name is int64"},
      {"B19 initializer and value_info",
       modelOf({kRelu}, {floatTensor("w", {1}, {1})}, {info("x")}, {info("y")}, {info("w", DType::float16)}),
       "initializer 'w' is float32 but value_info says float16"},
      {"B19 sparse initializer and value_info",
       test::model(graph({kRelu}, {}, {info("x")}, {info("y")}, {info("w", DType::float16)}) +
                   std::string(Proto().text(field::kSparseInitializer, sparse))),
       "initializer 'w' is float32 but value_info says float16"},
      {"B19 initializer and graph output",
       modelOf({kRelu}, {floatTensor("w", {1}, {1})}, {info("x")}, {info("w", DType::float16)}),
       "initializer 'w' is float32 but value_info says float16"},
      {"B9 input of a node", modelOf({node("Add", {"x", "gone"}, {"y"}, {}, "sum")}), "node 'sum' (Add) at byte"},
      {"B9 graph output", modelOf({kRelu}, {}, {info("x")}, {info("z")}), "graph output 'z' is no input"},
      {"B9 a name of another body",
       modelOf({ifNode(branch({node("Relu", {"x"}, {"r"})}, "r"), branch({node("Relu", {"r"}, {"s"})}, "s"))}, {},
               kWithCondition),
       "input 'r' is no graph input"},
      {"B12 one branch",
       modelOf({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", relu)}, "if")}, {}, kWithCondition),
       "node 'if' (If) has no attribute 'else_branch'"},
      {"B12 too few results",
       modelOf(
           {node("If", {"c"}, {"y", "z"}, {graphAttribute("then_branch", relu), graphAttribute("else_branch", relu)})},
           {}, kWithCondition),
       "needs 2 outputs of its then_branch, which has 1"},
      {"B12 too many results",
       modelOf({ifNode(graph({node("Relu", {"x"}, {"r"})}, {}, {}, {named("r"), named("x")}), relu)}, {},
               kWithCondition),
       "node 'if' (If) needs 1 outputs of its then_branch, which has 2"},
      {"B12 a branch with an input",
       modelOf({ifNode(relu, graph({node("Relu", {"v"}, {"r"})}, {}, {info("v")}, {named("r")}))}, {}, kWithCondition),
       "node 'if' (If) gives no inputs to its branches, but its else_branch has 1"},
      {"B12 Scan with too many results",
       modelOf({scanNode(graph({node("Relu", {"v"}, {"r"})}, {}, {named("v")}, {named("r"), named("v")}))}),
       "node 'scan' (Scan) needs 1 outputs of its body, which has 2"},
      {"B12 Scan with too few inputs", modelOf({scanNode(graph({node("Relu", {"x"}, {"r"})}, {}, {}, {named("r")}))}),
       "node 'scan' (Scan) has 1 inputs, but its body has 0"},
      {"B12 branches differ",
       modelOf({ifNode(relu, branch({node("Cast", {"x"}, {"r"}, {intAttribute("to", 10)})}, "r"))}, {}, kWithCondition),
       "node 'if' (If): output 0 'y' is float16 by 'r' of its else_branch, but float32 by 'r' of its then_branch"},
      {"B12 a branch and value_info", modelOf({ifNode(relu, relu)}, {}, kWithCondition, {info("y", DType::float16)}),
       "node 'if' (If): output 0 'y' is float32 by 'r' of its then_branch, but value_info says float16"},
      {"B12 an unnamed node",
       modelOf({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", relu)})}, {}, kWithCondition),
       "node #0 (If) has no attribute 'else_branch'"},
      {"B12 Loop changes what it carries",
       modelOf({node("Loop", {"", "c", "x"}, {"y"},
                     {graphAttribute("body", graph({node("Cast", {"v"}, {"r"}, {intAttribute("to", 10)})}, {},
                                                   {named("i"), named("b"), named("v")}, {named("b"), named("r")}))},
                     "loop")},
               {}, kWithCondition, {named("y")}),
       "node 'loop' (Loop): output 0 'y' is float16 by 'r' of its body, but the next iteration takes it as 'v', which "
       "is "
       "float32"},
      {"B12 Loop without body", modelOf({node("Loop", {"", "c", "x"}, {"y"}, {}, "loop")}, {}, kWithCondition),
       "node 'loop' (Loop) has no attribute 'body'"},
      {"B12 Loop with too few inputs",
       modelOf({node("Loop", {"", "c", "x"}, {"y"},
                     {graphAttribute("body", graph({node("Relu", {"b"}, {"r"})}, {}, {named("i"), named("b")},
                                                   {named("b"), named("r")}))})},
               {}, kWithCondition),
       "has 3 inputs, but its body has 2"},
      {"B12 Loop carries another dtype",
       modelOf({node("Loop", {"", "c", "x"}, {"y"},
                     {graphAttribute("body", graph({node("Relu", {"v"}, {"r"})}, {},
                                                   {named("i"), named("b"), info("v", DType::float16)},
                                                   {named("b"), named("r")}))})},
               {}, kWithCondition),
       "input 2 'x' is float32, but input 'v' of its body is float16"},
      {"B15 Cast without to", modelOf({node("Cast", {"x"}, {"y"}, {}, "cast")}), "node 'cast' (Cast) at byte "},
      {"B15 an unnamed Cast", modelOf({node("Cast", {"x"}, {"y"})}), "unnamed node (Cast) at byte "},
      {"B15 Cast to 0", modelOf({node("Cast", {"x"}, {"y"}, {intAttribute("to", 0)})}),
       "has no attribute 'to', or no dtype"},
      {"B15 Constant without a value", modelOf({node("Constant", {}, {"k"}), kRelu}), "(Constant) at byte "},
      {"B15 Constant with two values",
       modelOf(
           {node("Constant", {}, {"k"},
                 {test::tensorAttribute("sparse_value", floatTensor("", {1}, {1})), intAttribute("value_int", 1)}, "k"),
            kRelu}),
       "has attributes 'sparse_value' and 'value_int', one is allowed"},
      {"B15 Cast to 999", modelOf({node("Cast", {"x"}, {"y"}, {intAttribute("to", 999)})}),
       "attribute 'to' is 999, which is no dtype"},
      {"B19 value_info and schema",
       modelOf({node("Shape", {"x"}, {"s"}), node("Relu", {"x"}, {"y"})}, {}, {info("x")}, {info("y")}, {info("s")}),
       "output 0 's' is int64 by the operator's schema but value_info says float32"},
      {"B19 two value_infos", modelOf({kRelu}, {}, {info("x")}, {info("y")}, {info("y", DType::float16)}),
       "value 'y' is float32 by one value_info and float16 by another"},
      {"B19 a constant",
       modelOf({node("Constant", {}, {"k"}, {test::tensorAttribute("value", floatTensor("", {1}, {1}))}), kRelu}, {},
               {info("x")}, {info("y")}, {info("k", DType::float16)}),
       "its value 'k' is float32 but value_info says float16"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.id);
    const auto model = test::readBytesOf(row.bytes);
    REQUIRE_FALSE(model.ok());
    CHECK(model.status().code() == StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(model.status().message()), Contains(row.words));
  }
}

TEST_CASE("B4: nodes in any order are sorted stably, with one note that names the first that stood too early") {
  const std::string bytes = modelOf({node("Abs", {"b"}, {"y"}, {}, "last"), node("Neg", {"x"}, {"a"}, {}, "first"),
                                     node("Exp", {"a"}, {"b"}, {}, "middle")});
  std::vector<Diagnostic> notes;
  ReadOptions options;
  options.diagnostics = [&](const Diagnostic& note) { notes.push_back(note); };
  const Model model = test::modelOf(bytes, options);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].id == "unsorted-nodes");
  CHECK(notes[0].nodeName == "last");
  const std::string out = test::compiledBytes(model);
  notes.clear();
  const Model again = test::modelOf(out, options);
  CHECK(notes.empty());
  CHECK(again.graph.nodeName(NodeId{1}) == "first");
}

TEST_CASE("B4: values come in the order of the nodes that make them, wherever one reads ahead or has bodies") {
  constexpr int kNodes = 50;
  for (const int odd : {-1, 0, 14, 15, 16, 17, 31, 32, 48}) {
    for (const bool hasBodies : {false, true}) {
      Messages nodes;
      for (int i = 0; i < kNodes; ++i) {
        const std::string output = "v" + std::to_string(i);
        if (i != odd) {
          nodes.push_back(node("Relu", {"x"}, {output}));
        } else if (hasBodies) {
          nodes.push_back(ifNode(branch({node("Abs", {"v49"}, {"inside0"})}, "inside0"),
                                 branch({node("Abs", {"w"}, {"inside1"})}, "inside1"), output));
        } else {
          nodes.push_back(node("Add", {"v49", "w"}, {output}));
        }
      }
      const Model model = test::modelOf(modelOf(nodes, {floatTensor("w", {1}, {1})}, kWithCondition, {named("v0")}));
      const std::uint32_t first = index(test::valueNamed(model.graph, "w")) + 1;
      for (int i = 0; i < kNodes; ++i) {
        const auto value = static_cast<ValueId>(first + static_cast<std::uint32_t>(i));
        CHECK(model.graph.valueName(value) == "v" + std::to_string(i));
        CHECK(textOf(model.source->bytes,
                     model.source->nodes[model.graph.nodePayload(model.graph.producer(value)) - 1]) ==
              nodes[static_cast<std::size_t>(i)]);
      }
      CHECK(model.graph.valueCount() == first + kNodes + (hasBodies && odd >= 0 ? 2 : 0));
    }
  }
}

TEST_CASE("B4: a body that reads what a later node makes is sorted behind it") {
  const std::string bytes =
      modelOf({ifNode(branch({node("Relu", {"late"}, {"r"})}, "r"), branch({node("Abs", {"x"}, {"s"})}, "s")),
               node("Exp", {"x"}, {"late"})},
              {}, kWithCondition);
  std::size_t notes = 0;
  ReadOptions options;
  options.diagnostics = [&](const Diagnostic& note) { notes += note.id == "unsorted-nodes" ? 1 : 0; };
  CHECK(test::readBytesOf(bytes, options).ok());
  CHECK(notes == 1);
}

TEST_CASE("B7: a listed initializer is a constant at IR version 3 and an input with a default later") {
  const std::string body =
      graph({node("Add", {"x", "w"}, {"y"})}, {floatTensor("w", {2}, {1, 2})}, {info("x"), info("w")}, {info("y")});
  for (const int version : {3, 4}) {
    const Model model = test::modelOf(test::model(body, version, {test::opset(8)}));
    const ValueId w = test::valueNamed(model.graph, "w");
    CHECK(model.graph.isConstant(w) == (version == 3));
    CHECK(model.graph.isRegionInput(w) == (version == 4));
  }
}

TEST_CASE("B8: duplicate and empty node names are accepted") {
  CHECK(test::readBytesOf(modelOf({node("Abs", {"x"}, {"a"}, {}, "n"), node("Neg", {"a"}, {"b"}, {}, "n"),
                                   node("Exp", {"b"}, {"y"})}))
            .ok());
}

TEST_CASE("B10: outputs that are inputs or initializers or twice the same, no outputs and no nodes are fine") {
  CHECK(textOfModel(modelOf({}, {floatTensor("w", {2}, {1, 2})}, {info("x")}, {info("x"), info("w"), info("w")})) ==
        "in x:f32\nconst w:f32 = 1 2\nout x, w, w\n");
  CHECK(test::readBytesOf(modelOf({}, {}, {}, {})).ok());
  CHECK(test::readBytesOf(modelOf({kRelu}, {}, {info("x")}, {})).ok());
}

TEST_CASE("B11: a body's own name hides an outer one, inside only") {
  const std::string inner = branch({node("Abs", {"x"}, {"h"}), node("Relu", {"h"}, {"r"})}, "r");
  const Model model = test::modelOf(modelOf(
      {node("Exp", {"x"}, {"h"}), ifNode(inner, inner, "i"), node("Add", {"h", "i"}, {"y"})}, {}, kWithCondition));
  const auto producerOf = [&](ValueId value) { return model.graph.nodeOp(model.graph.producer(value)).type; };
  const NodeId sum = model.graph.producer(test::valueNamed(model.graph, "y"));
  CHECK(producerOf(model.graph.inputs(sum)[0]) == "Exp");
  const NodeId relu = model.graph.producer(test::valueNamed(model.graph, "r"));
  CHECK(producerOf(model.graph.inputs(relu)[0]) == "Abs");
}

TEST_CASE("B14: omitted operands stay in their places") {
  CHECK(textOfModel(modelOf({node("Clip", {"x", "", "w"}, {"y"})}, {floatTensor("w", {}, {1})})) ==
        "in x:f32\nconst w:f32 = 1\ny:f32 = Clip(x, -, w)\nout y\n");
}

TEST_CASE("A15: bodies are read 32 deep and no deeper, also 3000 deep") {
  const auto nested = [](int depth) {
    std::string body = branch({node("Relu", {"x"}, {"r"})}, "r");
    for (int i = 1; i < depth; ++i) body = branch({ifNode(body, branch({node("Relu", {"x"}, {"r"})}, "r"), "r")}, "r");
    return modelOf({ifNode(body, body)}, {}, kWithCondition);
  };
  CHECK(test::readBytesOf(nested(32)).ok());
  const auto model = test::readBytesOf(nested(33));
  CHECK(model.status().code() == StatusCode::kResourceExhausted);
  CHECK_THAT(std::string(model.status().message()), Contains("nested more than 32 deep"));
  std::string deep;
  for (int i = 0; i < 3000; ++i)
    deep = graph({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", deep)})}, {}, {}, {});
  const std::string bytes =
      modelOf({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", deep)})}, {}, kWithCondition);
  CHECK(test::readBytesOf(bytes).status().code() == StatusCode::kResourceExhausted);
}

TEST_CASE("B17: one value with 10^5 readers, a node with 10^5 inputs and a chain of 10^5 nodes are read") {
  Messages nodes;
  test::Names all;
  for (int i = 0; i < 100000; ++i) {
    all.push_back("a" + std::to_string(i));
    nodes.push_back(node("Relu", {"x"}, {all.back()}));
  }
  nodes.push_back(node("Sum", all, {"c0"}));
  for (int i = 0; i < 100000; ++i)
    nodes.push_back(node("Relu", {"c" + std::to_string(i)}, {i == 99999 ? "y" : "c" + std::to_string(i + 1)}));
  CHECK(test::modelOf(modelOf(nodes)).graph.nodeCount() == 200001);
}

TEST_CASE("C13: a sparse initializer is a constant, whose values are converted and whose indices are not") {
  const std::string sparse =
      Proto()
          .text(field::kSparseValues, floatTensor("w", {1}, {1}))
          .text(field::kSparseIndices, test::rawTensor("", DType::int64, {1}, std::string(8, '\0')))
          .number(field::kSparseDims, 2);
  const std::string bytes = test::model(graph({node("Add", {"x", "w"}, {"y"})}, {}, {info("x")}, {info("y")}) +
                                        std::string(Proto().text(field::kSparseInitializer, sparse)));
  const Model model = test::modelOf(bytes);
  const ValueId w = test::valueNamed(model.graph, "w");
  CHECK(model.graph.dtype(w) == DType::float32);
  CHECK(model.graph.isConstant(w));
  CHECK(model.graph.tensor(model.graph.tensorOf(w)).isSparse);
  CompileOptions origin;
  origin.policy.mode = PrecisionMode::mustKeepOriginDtype;
  CHECK_THAT(test::compiledBytes(model, origin), Contains(sparse));
  const std::string out = test::compiledBytes(model);
  CHECK_THAT(out, Contains(std::string(8, '\0')));
  CHECK_THAT(test::textOf(test::modelOf(out).graph), Contains("const w:f16 = 1\n") && !Contains("Cast(w)"));
  CHECK(test::compiledBytes(test::modelOf(out)) == out);
}

TEST_CASE("C13: a sparse Constant is no constant of the graph, so that it is never relabelled") {
  const std::string sparse =
      Proto()
          .text(field::kSparseValues, floatTensor("", {1}, {1}))
          .text(field::kSparseIndices, test::rawTensor("", DType::int64, {1}, std::string(8, '\0')))
          .number(field::kSparseDims, 2);
  const std::string attribute = Proto().text(field::kAttributeName, "sparse_value").text(field::kSparseTensor, sparse);
  const Model model =
      test::modelOf(modelOf({node("Constant", {}, {"k"}, {attribute}), node("Add", {"x", "k"}, {"y"})}));
  CHECK(model.graph.dtype(test::valueNamed(model.graph, "k")) == DType::float32);
  const auto result = compile(model.graph);
  REQUIRE(result.ok());
  CHECK(result->graph.dtype(test::valueNamed(result->graph, "k")) == DType::float32);
}

}  // namespace
}  // namespace precast::onnx
