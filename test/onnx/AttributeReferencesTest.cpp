#include "onnx/AttributeReferences.h"

#include <string>

#include <catch2/catch.hpp>

#include "Command.h"
#include "FunctionModels.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::call;
using test::checkRefused;
using test::function;
using test::info;
using test::Messages;
using test::modelWith;
using test::node;
using test::opset;

TEST_CASE("attributes come from the call, from the function's defaults, or are left out") {
  const std::string body = function("f", "F", {"a"}, {"b"},
                                    {node("Concat", {"a"}, {"t"}, {test::referenceAttribute("axis", "where", 2)}),
                                     node("Cast", {"t"}, {"b"}, {test::referenceAttribute("to", "dtype", 2)})},
                                    {opset(17)}, {test::intAttribute("dtype", 10)});
  const auto dtypeOfY = [&](const Messages& given) {
    const std::string bytes = test::model(test::graph({call("F", {"x"}, {"y"}, given)}, {}, {info("x")}, {"\x0a\x01y"}),
                                          8, test::kFunctionOpsets, {body});
    const Model model = test::modelOf(bytes);
    return model.graph.dtype(test::valueNamed(model.graph, "y"));
  };
  CHECK(dtypeOfY({test::intAttribute("where", 0)}) == DType::float16);
  CHECK(dtypeOfY({test::intAttribute("dtype", 11), test::intAttribute("where", 0)}) == DType::float64);
  CHECK(dtypeOfY({}) == DType::float16);
}

TEST_CASE("an attribute of another type than its reference is refused") {
  const std::string body = function(
      "f", "F", {"a"}, {"b"}, {node("Cast", {"a"}, {"b"}, {test::referenceAttribute("to", "dtype", 2)})}, {opset(17)});
  checkRefused(modelWith({call("F", {"x"}, {"y"}, {test::textAttribute("dtype", "float")})}, {body}),
               absl::StatusCode::kInvalidArgument, "attribute 'to' of Cast has type 2, but the call 'call' gives");
}

TEST_CASE("an attribute that a call must give and does not is named with the call and the function") {
  const std::string cast = function(
      "f", "F", {"a"}, {"b"}, {node("Cast", {"a"}, {"b"}, {test::referenceAttribute("to", "dtype", 2)})}, {opset(17)});
  checkRefused(
      modelWith({call("F", {"x"}, {"y"}, {test::intAttribute("other", 1)})}, {cast}),
      absl::StatusCode::kInvalidArgument,
      "node 'call' (F) at byte 6: the call gives function 'f:F' no attribute 'dtype', which has no default and "
      "which Cast in it needs as 'to'");
  // Also where the operator is said last.
  const std::string reordered =
      function("f", "F", {"a"}, {"b"},
               {std::string(test::Proto()
                                .text(field::kAttribute, test::referenceAttribute("to", "dtype", 2))
                                .text(field::kInput, "a")
                                .text(field::kOutput, "b")
                                .text(field::kOpType, "Cast"))},
               {opset(17)});
  checkRefused(modelWith({call("F", {"x"}, {"y"})}, {reordered}), absl::StatusCode::kInvalidArgument,
               "no attribute 'dtype', which has no default and which Cast in it needs as 'to'");
  // From a function that is called by another one, and in a body of it.
  const std::string outer =
      function("f", "Outer", {"a"}, {"b"}, {call("F", {"a"}, {"b"}, {}, "inner")}, {opset(17), opset(1, "f")});
  checkRefused(modelWith({call("Outer", {"x"}, {"y"}, {}, "outer")}, {outer, cast}), absl::StatusCode::kInvalidArgument,
               "node 'outer' (Outer) at byte 6, in which node 'outer_inner' is the call: the call gives function 'f:F' "
               "no attribute 'dtype'");
  const auto constant = [](const Messages& attributes) {
    return function("f", "K", {"a"}, {"b"}, {node("Constant", {}, {"k"}, attributes), node("Add", {"a", "k"}, {"b"})},
                    {opset(17)});
  };
  const std::string byReference = test::referenceAttribute("value_float", "alpha", 1);
  checkRefused(
      modelWith({call("K", {"x"}, {"y"})}, {constant({byReference})}), absl::StatusCode::kInvalidArgument,
      "the call gives function 'f:K' no attribute 'alpha', which has no default and which Constant in it needs "
      "as 'value_float'");
  // One of several is enough.
  const std::string other = test::referenceAttribute("value_floats", "betas", 6);
  CHECK(test::readBytesOf(modelWith({call("K", {"x"}, {"y"}, {test::floatsAttribute("betas", {1, 2})})},
                                    {constant({byReference, other})}))
            .ok());
  const test::ScratchFolder folder;
  test::writeBytes(folder.file("m.onnx"), modelWith({call("F", {"x"}, {"y"})}, {cast}));
  CHECK_THAT(std::string(readFile(folder.file("m.onnx")).status().message()),
             Catch::StartsWith(folder.file("m.onnx") + ": node 'call' (F)"));
}

TEST_CASE("references inside the bodies of a function are the call's too") {
  const std::string body =
      test::graph({node("Cast", {"a"}, {"t"}, {test::referenceAttribute("to", "dtype", 2)})}, {}, {}, {"\x0a\x01t"});
  const std::string outer =
      function("f", "F", {"c", "a"}, {"b"},
               {node("If", {"c"}, {"b"},
                     {test::graphAttribute("then_branch", body), test::graphAttribute("else_branch", body)})},
               {opset(17)});
  const std::string bytes = test::model(test::graph({call("F", {"c", "x"}, {"y"}, {test::intAttribute("dtype", 10)})},
                                                    {}, {info("c", DType::boolean, {}), info("x")}, {"\x0a\x01y"}),
                                        8, test::kFunctionOpsets, {outer});
  const Model model = test::modelOf(bytes);
  CHECK(model.graph.dtype(test::valueNamed(model.graph, "y")) == DType::float16);
  // Both bodies have a value "t": each gets a name of its own, and captures read the call's operands.
  CHECK(test::textOf(model.graph) == "in c:bool, x:f32\n"
                                     "y:f16 = If(c) {\n  call_t:f16 = Cast(x)\n  out call_t\n} {\n"
                                     "  call_t_1:f16 = Cast(x)\n  out call_t_1\n}\nout y\n");
}

}  // namespace
}  // namespace precast::onnx
