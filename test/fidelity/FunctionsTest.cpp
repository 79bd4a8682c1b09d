// Functions of the model, which are inlined call by call: the engine loads what comes of them and computes the same.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"
#include "e2e/Tensors.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 2});
const std::string kY = info("y", DType::float32, {2, 2});

// `nodes` and `body` in a model of opset 17, in every mode of one dtype.
void checkSameResult(const Messages& nodes, const std::string& body) {
  const std::string source = model(graph(nodes, {}, {kX}, {kY}), 8, {opset(17), opset(1, "f")}, {body});
  const std::vector<Tensor> inputs = {floats({2, 2}, {0.5F, -1, 0.25F, 2})};
  const std::vector<Tensor> expected = OrtModel::fromBytes(source).run(inputs);
  for (const PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::allowMixPrecision}) {
    CAPTURE(toString(mode));
    const std::string compiled = compiledBytes(source, mode);
    CHECK(compiled.find(body) == std::string::npos);
    const std::vector<Tensor> actual = OrtModel::fromBytes(compiled).run(inputs);
    REQUIRE(actual.size() == 1);
    CHECK(largestDifference(actual[0], expected[0]) < 1.0 / 128);
  }
}

}  // namespace

TEST_CASE("a function of an older opset whose operators have not changed since is inlined, and gives what it gave") {
  // MatMul, Exp and Softmax are of version 13 in both.
  checkSameResult({node("F", {"x"}, {"t"}, {}, "call", "f"), node("Add", {"t", "x"}, {"y"}, {}, "add")},
                  function("f", "F", {"a"}, {"b"},
                           {node("MatMul", {"a", "a"}, {"m"}, {}, "product"), node("Exp", {"m"}, {"e"}, {}, "exp"),
                            node("Softmax", {"e"}, {"b"}, {}, "softmax")},
                           {opset(13)}));
}

TEST_CASE("an attribute that a call leaves out is the operator's default, or the function's") {
  checkSameResult({node("F", {"x"}, {"t"}, {}, "call", "f"),
                   node("F", {"t"}, {"p"}, {floatAttribute("slope", 0.5F), intAttribute("along", 1)}, "again", "f"),
                   node("MatMul", {"p", "x"}, {"y"}, {}, "product")},
                  function("f", "F", {"a"}, {"b"},
                           {node("LeakyRelu", {"a"}, {"t"}, {referenceAttribute("alpha", "slope", 1)}, "leaky"),
                            node("Softmax", {"t"}, {"b"}, {referenceAttribute("axis", "along", 2)}, "softmax")},
                           {opset(17)}, {intAttribute("along", 0)}));
}

}  // namespace precast
