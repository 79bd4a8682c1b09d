// The value_info of functions: what it says of values that nothing else types, once their calls are expanded.
#include <string>

#include <catch2/catch.hpp>

#include "FunctionModels.h"
#include "onnx/FunctionInliner.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using Catch::Contains;
using test::call;
using test::compiledBytes;
using test::function;
using test::info;
using test::modelWith;
using test::node;
using test::opset;
using test::textOfModel;

// A function whose "t" only value_info knows: Mine has no schema.
std::string functionWithInfo(DType dtype, std::string_view valueInfoOf = "t") {
  return function("f", "F", {"a"}, {"b"}, {node("Mine", {"a"}, {"t"}, {}, "", "f"), node("Relu", {"t"}, {"b"})},
                  test::kFunctionOpsets) +
         std::string(test::Proto().text(field::kFunctionValueInfo, info(valueInfoOf, dtype)));
}

TEST_CASE("the value_info of a function is a hint for every call, under the call's names") {
  CHECK(textOfModel(modelWith({call("F", {"x"}, {"h"}), call("F", {"h"}, {"y"}, {}, "two")},
                              {functionWithInfo(DType::float32)})) ==
        "in x:f32\ncall_t:f32 = Mine(x)\nh:f32 = Relu(call_t)\ntwo_t:f32 = Mine(h)\ny:f32 = Relu(two_t)\nout y\n");
  CHECK_THAT(textOfModel(modelWith({call("F", {"x"}, {"h"}), node("Identity", {"x"}, {"y"})},
                                   {functionWithInfo(DType::float16, "b")})),
             Contains("h:f16 = Relu(call_t)"));
}

TEST_CASE("a hint yields to what the operators say, and to another hint") {
  const std::string relu =
      function("f", "F", {"a"}, {"b"}, {node("Relu", {"a"}, {"t"}), node("Neg", {"t"}, {"b"})}, {opset(17)}) +
      std::string(test::Proto().text(field::kFunctionValueInfo, info("t", DType::float16)));
  CHECK_THAT(textOfModel(modelWith({call("F", {"x"}, {"y"})}, {relu})), Contains("call_t:f32 = Relu(x)"));
  const auto takes = [](const char* name, DType dtype) {
    return function("f", name, {"a"}, {"b"}, {node("Mine", {"a"}, {"b"}, {}, "", "f")}, test::kFunctionOpsets) +
           std::string(test::Proto().text(field::kFunctionValueInfo, info("a", dtype)));
  };
  CHECK_THAT(
      textOfModel(modelWith({node("Mine", {"x"}, {"u"}, {}, "", "f"), call("F", {"u"}, {"y"}), call("G", {"u"}, {"z"})},
                            {takes("F", DType::float32), takes("G", DType::float16)})),
      Contains("u:- = Mine(x)"));
}

TEST_CASE("a hint is not taken for the value of another graph with the same name") {
  const auto branch = [](const std::string& made) {
    return test::graph({made}, {}, {}, {std::string(test::Proto().text(field::kValueName, "v"))});
  };
  const std::string text = textOfModel(test::model(
      test::graph({node("If", {"c"}, {"y"},
                        {test::graphAttribute("then_branch", branch(call("F", {"x"}, {"v"}))),
                         test::graphAttribute("else_branch", branch(node("Mine", {"x"}, {"v"}, {}, "", "f")))})},
                  {}, {info("x"), info("c", DType::boolean, {})}, {info("y")}),
      8, test::kFunctionOpsets, {functionWithInfo(DType::float16, "b")}));
  CHECK_THAT(text, Contains("v:- = Mine(x)"));
}

TEST_CASE("an output states the dtypes that only functions stated") {
  const std::string bytes =
      modelWith({call("F", {"x"}, {"h"}), node("MatMul", {"h", "h"}, {"y"})}, {functionWithInfo(DType::float32)});
  const std::string out = compiledBytes(bytes, PrecisionMode::forceFp16);
  CHECK_THAT(textOfModel(out), Contains("call_t:f32 = Mine(x)"));
  CHECK(compiledBytes(out, PrecisionMode::forceFp16) == out);
}

TEST_CASE("a broken value_info of a function is refused, and one that nobody calls for is not read") {
  const std::string broken = function("f", "F", {"a"}, {"b"}, {node("Relu", {"a"}, {"b"})}, {opset(17)}) +
                             std::string(test::Proto().text(field::kFunctionValueInfo, "\x12\x02\x08\x01"));
  const absl::Status refused = test::readBytesOf(modelWith({call("F", {"x"}, {"y"})}, {broken})).status();
  CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(refused.message()), Contains("wire type"));
  CHECK(test::readBytesOf(modelWith({node("Relu", {"x"}, {"y"})}, {broken})).ok());
}

}  // namespace
}  // namespace precast::onnx
