#include "onnx/FunctionInliner.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Command.h"
#include "FunctionModels.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using Catch::Contains;
using test::call;
using test::checkRefused;
using test::compiledBytes;
using test::function;
using test::info;
using test::Messages;
using test::modelWith;
using test::node;
using test::opset;
using test::textOfModel;

TEST_CASE("a call becomes the function's nodes with its operands and with names of its own") {
  const std::string body =
      function("f", "Gelu", {"a"}, {"b"},
               {node("Erf", {"a"}, {"t"}, {}, "erf"), node("Mul", {"a", "t"}, {"b"}, {}, "mul")}, {opset(17)});
  const Model model = test::modelOf(modelWith({call("Gelu", {"x"}, {"y"})}, {body}));
  CHECK(test::textOf(model.graph) == "in x:f32\ncall_t:f32 = Erf(x)\ny:f32 = Mul(x, call_t)\nout y\n");
  CHECK(model.graph.nodeName(NodeId{0}) == "call_erf");
  CHECK(model.graph.nodeName(NodeId{1}) == "call_mul");
}

TEST_CASE("functions that call functions are expanded to the end") {
  const std::string inner = function("f", "Inner", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const std::string outer = function("f", "Outer", {"a"}, {"c"},
                                     {call("Inner", {"a"}, {"t"}, {}, "one"), call("Inner", {"t"}, {"c"}, {}, "two")},
                                     {opset(17), opset(1, "f")});
  CHECK(textOfModel(modelWith({call("Outer", {"x"}, {"y"})}, {outer, inner})) ==
        "in x:f32\ncall_t:f32 = Exp(x)\ny:f32 = Exp(call_t)\nout y\n");
}

TEST_CASE("one function called at two precisions is decided call by call") {
  const std::string body = function("f", "Twice", {"a"}, {"b"}, {node("Add", {"a", "a"}, {"b"})}, {opset(17)});
  const std::string bytes =
      test::model(test::graph({call("Twice", {"x"}, {"y"}, {}, "c"), call("Twice", {"h"}, {"z"}, {}, "c")}, {},
                              {info("x"), info("h", DType::float16)}, {info("y"), info("z", DType::float16)}),
                  8, test::kFunctionOpsets, {body});
  const Model model = test::modelOf(bytes);
  CHECK(model.graph.dtype(test::valueNamed(model.graph, "y")) == DType::float32);
  CHECK(model.graph.dtype(test::valueNamed(model.graph, "z")) == DType::float16);
}

TEST_CASE("names that inlining would make and that are taken get a counter") {
  const std::string body =
      function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"t"}, {}, "n"), node("Log", {"t"}, {"b"})}, {opset(17)});
  const Model model =
      test::modelOf(modelWith({node("Neg", {"x"}, {"call_t"}, {}, "call_n"), call("F", {"call_t"}, {"y"})}, {body}));
  CHECK(test::textOf(model.graph) ==
        "in x:f32\ncall_t:f32 = Neg(x)\ncall_t_1:f32 = Exp(call_t)\ny:f32 = Log(call_t_1)\nout y\n");
  CHECK(model.graph.nodeName(NodeId{1}) == "call_n_1");
}

TEST_CASE("a reference to an attribute outside of functions is refused") {
  checkRefused(modelWith({node("Cast", {"x"}, {"y"}, {test::referenceAttribute("to", "dtype", 2)})}, {}),
               absl::StatusCode::kInvalidArgument, "attribute 'to' refers to attribute 'dtype' of a function");
}

TEST_CASE("a body that shadows an input of the function keeps its own value") {
  const std::string shadow =
      test::graph({node("Exp", {"a"}, {"r"})}, {test::floatTensor("a", {2}, {1, 2})}, {}, {"\x0a\x01r"}, {info("a")});
  const std::string plain = test::graph({node("Exp", {"a"}, {"r"})}, {}, {}, {"\x0a\x01r"});
  const std::string outer =
      function("f", "F", {"c", "a"}, {"b"},
               {node("If", {"c"}, {"b"},
                     {test::graphAttribute("then_branch", shadow), test::graphAttribute("else_branch", plain)})},
               {opset(17)});
  const std::string bytes = test::model(
      test::graph({call("F", {"c", "x"}, {"y"})}, {}, {info("c", DType::boolean, {}), info("x")}, {info("y")}), 8,
      test::kFunctionOpsets, {outer});
  const Model model = test::modelOf(bytes);
  const auto inputOf = [&](std::string_view value) {
    return model.graph.valueName(model.graph.inputs(model.graph.producer(test::valueNamed(model.graph, value)))[0]);
  };
  CHECK(inputOf("call_r") == "call_a");
  CHECK(inputOf("call_r_1") == "x");
}

TEST_CASE("calls inside the bodies of the model and of functions are expanded there") {
  const std::string leaf = function("f", "Leaf", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const std::string branch = test::graph({call("Leaf", {"x"}, {"r"})}, {}, {}, {"\x0a\x01r"});
  const std::string inside = test::graph({call("Leaf", {"a"}, {"r"})}, {}, {}, {"\x0a\x01r"});
  const std::string outer =
      function("f", "F", {"c", "a"}, {"b"},
               {node("If", {"c"}, {"b"},
                     {test::graphAttribute("then_branch", inside), test::graphAttribute("else_branch", inside)})},
               {opset(17), opset(1, "f")});
  const std::string bytes = test::model(
      test::graph({node("If", {"c"}, {"z"},
                        {test::graphAttribute("then_branch", branch), test::graphAttribute("else_branch", branch)}),
                   call("F", {"c", "x"}, {"y"}, {}, "outer")},
                  {}, {info("c", DType::boolean, {}), info("x")}, {info("y"), info("z")}),
      8, test::kFunctionOpsets, {outer, leaf});
  CHECK(textOfModel(bytes) == "in c:bool, x:f32\n"
                              "z:f32 = If(c) {\n  r:f32 = Exp(x)\n  out r\n} {\n  r:f32 = Exp(x)\n  out r\n}\n"
                              "y:f32 = If(c) {\n  outer_r:f32 = Exp(x)\n  out outer_r\n} {\n"
                              "  outer_r_1:f32 = Exp(x)\n  out outer_r_1\n}\nout y, z\n");
}

TEST_CASE("operands that a call omits are omitted inside") {
  const std::string body =
      function("f", "F", {"a", "low", "high"}, {"b", "unused"},
               {node("Clip", {"a", "low", "high"}, {"b"}), node("Exp", {"a"}, {"unused"})}, {opset(17)});
  CHECK(textOfModel(modelWith({call("F", {"x"}, {"y"})}, {body})) ==
        "in x:f32\ny:f32 = Clip(x, -, -)\ncall_unused:f32 = Exp(x)\nout y\n");
}

TEST_CASE("an output that is an input of the function, or another output, is copied by Identity") {
  const std::string body = function("f", "F", {"a"}, {"a", "b", "b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  CHECK(textOfModel(modelWith({call("F", {"x"}, {"y", "u", "v"})}, {body})) ==
        "in x:f32\nu:f32 = Exp(x)\ny:f32 = Identity(x)\nv:f32 = Identity(u)\nout y\n");
}

TEST_CASE("a function that hides an operator of ONNX wins") {
  const std::string body = function("", "Relu", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  CHECK(textOfModel(modelWith({node("Relu", {"x"}, {"y"}, {}, "call", "ai.onnx")}, {body})) ==
        "in x:f32\ny:f32 = Exp(x)\nout y\n");
}

TEST_CASE("overloads of a function are told apart") {
  const auto overload = [](std::string_view word, std::string_view op) {
    return function("f", "F", {"a"}, {"b"}, {node(op, {"a"}, {"b"})}, {opset(17)}) +
           std::string(test::Proto().text(field::kFunctionOverload, word));
  };
  const std::string second = call("F", {"x"}, {"y"}) + std::string(test::Proto().text(field::kOverload, "two"));
  CHECK(textOfModel(modelWith({second}, {overload("", "Exp"), overload("two", "Log")})) ==
        "in x:f32\ny:f32 = Log(x)\nout y\n");
}

TEST_CASE("an operator of another opset is taken over where its version is the same and refused where it is not") {
  const auto body = [](std::string_view op) {
    return function("f", "F", {"a"}, {"b"}, {node(op, {"a"}, {"b"})}, {opset(12)});
  };
  CHECK_THAT(textOfModel(modelWith({call("F", {"x"}, {"y"})}, {body("Softplus")})), Contains("y:f32 = Softplus(x)"));
  checkRefused(modelWith({call("F", {"x"}, {"y"})}, {body("Softmax")}), absl::StatusCode::kUnimplemented,
               "function 'f:F' has Softmax of opset 12 of domain '' (its version 11), but the model imports opset 17 "
               "(its version 13)");
  const std::string custom =
      function("f", "F", {"a"}, {"b"}, {node("Mine", {"a"}, {"b"}, {}, "", "own")}, {opset(2, "own")});
  checkRefused(modelWith({call("F", {"x"}, {"y"})}, {custom}, {opset(17), opset(1, "f"), opset(1, "own")}),
               absl::StatusCode::kUnimplemented, "Mine of opset 2 of domain 'own' (unknown there)");
  checkRefused(
      modelWith({call("F", {"x"}, {"y"})}, {function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {})}),
      absl::StatusCode::kInvalidArgument, "which its opset_import does not name");
}

TEST_CASE("a domain that only a function imports is imported by the output") {
  const std::string body =
      function("f", "F", {"a"}, {"b"}, {node("FusedGelu", {"a"}, {"t"}, {}, "", "own"), node("Exp", {"t"}, {"b"})},
               {opset(17), opset(3, "own")});
  const std::string out =
      compiledBytes(modelWith({node("Neg", {"x"}, {"n"}), call("F", {"n"}, {"y"})}, {body}), PrecisionMode::forceFp16);
  CHECK_THAT(out, Contains(std::string(opset(3, "own"))));
  CHECK(test::readBytesOf(out).ok());
  CHECK(compiledBytes(out, PrecisionMode::forceFp16) == out);
}

TEST_CASE("a model that needs no change keeps its functions and comes out byte for byte") {
  const std::string body = function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const std::string bytes = modelWith({call("F", {"x"}, {"y"})}, {body});
  CHECK(compiledBytes(bytes, PrecisionMode::mustKeepOriginDtype) == bytes);
}

TEST_CASE("a changed model loses the functions that no call needs any more and keeps the others") {
  const std::string shared = function("f", "Shared", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const std::string called =
      function("f", "Called", {"a"}, {"b"}, {call("Shared", {"a"}, {"b"})}, {opset(17), opset(1, "f")});
  const std::string uncalled =
      function("f", "Uncalled", {"a"}, {"b"}, {call("Shared", {"a"}, {"b"})}, {opset(17), opset(1, "f")});
  const std::string bytes = modelWith({call("Called", {"x"}, {"y"})}, {shared, called, uncalled});
  const std::string out = compiledBytes(bytes, PrecisionMode::forceFp16);
  CHECK_THAT(out, Contains(shared));
  CHECK_THAT(out, Contains(uncalled));
  CHECK_THAT(out, !Contains(called));
  CHECK(compiledBytes(out, PrecisionMode::forceFp16) == out);
}

TEST_CASE("graphs for training keep the functions that they may call") {
  const std::string body = function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const std::string bytes =
      modelWith({call("F", {"x"}, {"y"})}, {body}) + std::string(test::Proto().text(field::kTrainingInfo, ""));
  CHECK_THAT(compiledBytes(bytes, PrecisionMode::forceFp16), Contains(body));
}

TEST_CASE("a model in a file is inlined without a copy of the file") {
  const test::ScratchFolder folder;
  constexpr std::int64_t kCount = 3000;  // large enough to be read past the mapping, if it stood in the file
  const std::string constant = test::floatTensor("", {kCount}, std::vector<float>(kCount, 3));
  const std::string body = function("f", "F", {"a"}, {"b"},
                                    {node("Constant", {}, {"k"}, {test::tensorAttribute("value", constant)}, "k"),
                                     node("Add", {"a", "k"}, {"b"}, {}, "add")},
                                    {opset(17)});
  for (std::int64_t rows : {1, 200}) {  // the larger file keeps its descriptor
    CAPTURE(rows);
    const std::vector<float> weights(static_cast<std::size_t>(rows * kCount), 2);
    const std::string graph = test::graph({node("Add", {"x", "w"}, {"h"}), call("F", {"h"}, {"y"})},
                                          {test::floatTensor("w", {rows, kCount}, weights)}, {info("x")}, {info("y")});
    const std::string bytes = test::model(graph, 8, test::kFunctionOpsets, {body});
    test::writeBytes(folder.file("m.onnx"), bytes);
    const auto model = readFile(folder.file("m.onnx"));
    REQUIRE(model.ok());
    const auto result = compile(model->graph);
    REQUIRE(result.ok());
    REQUIRE(writeFile(*result, *model->source, folder.file("out.onnx")).ok());
    CHECK(test::readBytes(folder.file("out.onnx")) == compiledBytes(bytes, PrecisionMode::forceFp16));
    CHECK(sourceBytes(*model->source) == bytes.size());
    // Nothing is converted, so that the function's constant is copied as it stands.
    CompileOptions origin;
    origin.policy.mode = PrecisionMode::mustKeepOriginDtype;
    const auto kept = compile(model->graph, origin);
    REQUIRE(kept.ok());
    WriteOptions external;
    external.placement = DataPlacement::external;
    REQUIRE(writeFile(*kept, *model->source, folder.file("kept.onnx"), external).ok());
    CHECK_THAT(test::readBytes(folder.file("kept.onnx")), Contains("call_add"));
    CHECK(readFile(folder.file("kept.onnx")).ok());
  }
}

TEST_CASE("calls and functions that do not fit are refused with both sides named") {
  const std::string exp = function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)});
  const struct {
    std::string bytes;
    const char* words;
  } rows[] = {
      {modelWith({call("F", {"x", "x"}, {"y"})}, {exp}),
       "node 'call' (F) at byte 6 has 2 inputs, but function 'f:F' has 1"},
      {modelWith({call("F", {"x"}, {"y", "z"})}, {exp}),
       "node 'call' (F) at byte 6 has 2 outputs, but function 'f:F' has 1"},
      {modelWith({call("F", {"x"}, {"y"})},
                 {function("f", "F", {"a", "a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, {opset(17)})}),
       "function 'f:F': input 'a' stands there twice"},
      {modelWith({call("F", {"x"}, {"y"})},
                 {function("f", "F", {"a"}, {"b"}, {node("Exp", {"x"}, {"b"})}, {opset(17)})}),
       "function 'f:F': 'x' is no input of the function and no node's output"},
      {modelWith({call("F", {"x"}, {"y"})}, {function("f", "F", {"a"}, {"c"}, {}, {opset(17)})}),
       "function 'f:F': output 'c' is no input and no node's output"},
      {modelWith(
           {call("F", {"x"}, {"y"})},
           {function("f", "F", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"}), node("Log", {"a"}, {"b"})}, {opset(17)})}),
       "function 'f:F': value 'b' has two producers"},
      {modelWith({call("F", {""}, {"y"})}, {function("f", "F", {"a"}, {"a"}, {}, {opset(17)})}),
       "function 'f:F': output 'a' is an input that the call omits"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.words);
    checkRefused(row.bytes, absl::StatusCode::kInvalidArgument, row.words);
  }
}

// f0 calls f1 `calls` times in a row, f1 calls f2, ...; the last one has a node.
Messages chain(int length, int calls) {
  Messages functions;
  for (int i = 0; i < length; ++i) {
    Messages nodes;
    std::string from = "a";
    for (int c = 0; c < calls; ++c) {
      const std::string to = c + 1 == calls ? "b" : "t" + std::to_string(c);
      nodes.push_back(i + 1 == length ? node("Exp", {from}, {to}) : call("f" + std::to_string(i + 1), {from}, {to}));
      from = to;
    }
    functions.push_back(function("f", "f" + std::to_string(i), {"a"}, {"b"}, nodes, test::kFunctionOpsets));
  }
  return functions;
}

TEST_CASE("B13: calls are followed 32 deep and no deeper") {
  CHECK(test::readBytesOf(modelWith({call("f0", {"x"}, {"y"})}, chain(32, 1))).ok());
  checkRefused(modelWith({call("f0", {"x"}, {"y"})}, chain(33, 1)), absl::StatusCode::kResourceExhausted,
               "calls of functions are nested more than 32 deep at 'f:f32'");
}

TEST_CASE("B13: a tree of calls that doubles with every function ends at the limit, also without a single node") {
  ReadOptions options;
  options.limits.inlinedNodes = 50000;
  checkRefused(modelWith({call("f0", {"x"}, {"y"})}, chain(31, 2)), absl::StatusCode::kResourceExhausted,
               "makes more than 50000 nodes", options);
  Messages empty;
  for (int i = 0; i < 31; ++i) {
    const std::string next = "f" + std::to_string(i + 1);
    empty.push_back(function("f", "f" + std::to_string(i), {}, {},
                             i == 30 ? Messages{} : Messages{call(next, {}, {}), call(next, {}, {})},
                             test::kFunctionOpsets));
  }
  checkRefused(modelWith({call("f0", {}, {}), node("Exp", {"x"}, {"y"})}, empty), absl::StatusCode::kResourceExhausted,
               "makes more than 50000 nodes", options);
}

TEST_CASE("B13: long names in a deep tree of calls end at the limit of bytes") {
  ReadOptions options;
  options.limits.inlinedBytes = 100000;
  const std::string longName(10000, 'n');
  const std::string bytes = modelWith({call("f0", {"x"}, {"y"}, {}, longName)}, chain(8, 2));
  checkRefused(bytes, absl::StatusCode::kResourceExhausted, "or 100000 bytes", options);
}

}  // namespace
}  // namespace precast::onnx
