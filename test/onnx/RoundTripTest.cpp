// Models through compile() and the writer, where the ONNX side of the result is what matters.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::test {
namespace {

using Catch::Matchers::Contains;

std::string compiled(const std::string& bytes, PrecisionMode mode = PrecisionMode::forceFp16) {
  const std::string out = compiledBytes(bytes, mode);
  CHECK(compiledBytes(out, mode) == out);
  return out;
}

std::string dtypeAttribute(std::string_view name, DType dtype) {
  return intAttribute(name, static_cast<std::int64_t>(dtype));
}

std::string opset5(const std::string& graph) { return model(graph, 3, {opset(5)}); }

TEST_CASE("before opset 6, a Cast names its dtype in words and states what it makes") {
  const std::string out = compiled(opset5(graph({node("Softplus", {"x"}, {"y"})}, {}, {info("x")}, {info("y")})));
  CHECK_THAT(out, Contains(node("Cast", {"x"}, {"x_cast_fp16"}, {textAttribute("to", "FLOAT16")}, "x_cast_fp16")));
  CHECK_THAT(out, Contains(node("Cast", {"y_fp16"}, {"y"}, {textAttribute("to", "FLOAT")}, "y_cast_fp32")));
  // Cast has no inference there.
  const Proto tensor = Proto().number(onnx::field::kElemType, static_cast<int>(DType::float16));
  CHECK_THAT(out, Contains(std::string(Proto().text(onnx::field::kValueName, "x_cast_fp16"))));
  CHECK(modelOf(out).graph.dtype(valueNamed(modelOf(out).graph, "x_cast_fp16")) == DType::float16);
}

TEST_CASE("before opset 6, the word of a user's Cast is read and rewritten") {
  const std::string out = compiled(
      opset5(graph({node("Cast", {"i"}, {"f"}, {textAttribute("to", "FLOAT")}, "c"), node("Softplus", {"f"}, {"y"})},
                   {}, {info("i", DType::int32)}, {info("y")})));
  CHECK_THAT(out, Contains(node("Cast", {"i"}, {"f"}, {textAttribute("to", "FLOAT16")}, "c")));
}

TEST_CASE("a word that is no dtype is an error that names it") {
  const std::string bytes =
      opset5(graph({node("Cast", {"x"}, {"y"}, {textAttribute("to", "FLOAT12")}, "c")}, {}, {info("x")}, {info("y")}));
  CHECK_THAT(std::string(readBytesOf(bytes).status().message()), Contains("'to' is FLOAT12, which is no dtype"));
}

TEST_CASE("stash_type speaks of LayerNormalization's mean, which keeps its dtype, not of its first output") {
  const std::string stash = dtypeAttribute("stash_type", DType::float32);
  const std::string out = compiled(model(graph({node("LayerNormalization", {"x", "s"}, {"y", "mean"}, {stash}, "n")},
                                               {}, {info("x"), info("s")}, {info("y"), info("mean")})));
  const Graph result = modelOf(out).graph;
  CHECK(result.dtype(valueNamed(result, "y_fp16")) == DType::float16);
  CHECK(result.dtype(valueNamed(result, "mean")) == DType::float32);
  CHECK_THAT(out, Contains(stash));
}

TEST_CASE("an attribute that says an omitted output's dtype stays as it is") {
  const std::string stash = dtypeAttribute("stash_type", DType::float32);
  const std::string out = compiled(model(
      graph({node("LayerNormalization", {"x", "s"}, {"y"}, {stash}, "n")}, {}, {info("x"), info("s")}, {info("y")})));
  CHECK_THAT(out, Contains(stash));
}

TEST_CASE("a model whose nodes are all of another domain imports ONNX's own for its Casts") {
  const std::string out =
      compiled(model(graph({node("QuickGelu", {"x"}, {"y"}, {}, "n", "com.microsoft")}, {}, {info("x")}, {info("y")}),
                     8, {opset(1, "com.microsoft")}));
  CHECK_THAT(out, Contains("x_cast_fp16"));
  CHECK_THAT(out, Catch::Matchers::EndsWith(std::string(
                      Proto().text(onnx::field::kOpsetImport, std::string(Proto().text(1, "").number(2, 13))))));
}

TEST_CASE("the new value behind a graph output is stated like the output, with its shape") {
  const std::string out = compiled(model(graph({node("Relu", {"x"}, {"y"})}, {}, {info("x")}, {info("y")})));
  CHECK_THAT(out, Contains(std::string(Proto().text(onnx::field::kValueInfo, info("y_fp16", DType::float16)))));
}

TEST_CASE("a CastLike that becomes a Cast says its dtype even if the model has no other Cast") {
  const std::string out =
      compiled(model(graph({node("CastLike", {"i", "p"}, {"f"}, {}, "c"), node("Relu", {"f"}, {"y"})}, {},
                           {info("i", DType::int32), info("p")}, {info("y")})));
  CHECK_THAT(out, Contains(node("Cast", {"i"}, {"f"}, {dtypeAttribute("to", DType::float16)}, "c")));
}

TEST_CASE("BitCast keeps the dtypes whose bits it reads and makes") {
  for (const PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::allowMixPrecision}) {
    const std::string bits = dtypeAttribute("to", DType::float32);
    const std::string out =
        compiled(model(graph({node("MatMul", {"x", "x"}, {"m"}), node("BitCast", {"m"}, {"y"}, {bits}, "b")}, {},
                             {info("x")}, {info("y")}),
                       10, {opset(26)}),
                 mode);
    const Graph result = modelOf(out).graph;
    for (std::size_t i = 0; i < result.nodeCount(); ++i) {
      const auto at = static_cast<NodeId>(i);
      if (result.nodeOp(at).type != "BitCast") continue;
      CHECK(result.dtype(result.inputs(at)[0]) == DType::float32);
      CHECK(result.valueName(result.outputs(at)[0]) == "y");
    }
    CHECK_THAT(out, Contains(bits));
  }
}

}  // namespace
}  // namespace precast::test
