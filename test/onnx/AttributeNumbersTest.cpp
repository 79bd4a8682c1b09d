#include "onnx/AttributeNumbers.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"

namespace precast::onnx {
namespace {

using test::node;

// The numbers of the one node of a model: "mean=1 scale=2.5".
std::string numbersOf(const std::string& maker) {
  const Model model = test::modelOf(test::model(
      test::graph({maker}, {test::longTensor("s", {1}, {2})}, {test::info("x")}, {"\x0a\x01y"}), 8, {test::opset(20)}));
  std::string numbers;
  for (const AttributeNumber& number : model.graph.attributeNumbers(static_cast<NodeId>(0))) {
    std::string value = std::to_string(number.value);
    value.erase(value.find_last_not_of('0') + 1);
    numbers += (numbers.empty() ? "" : " ") + std::string(number.name) + "=" + value;
  }
  CHECK(model.graph.attributeNumbers().size() == model.graph.attributeNumbers(static_cast<NodeId>(0)).size());
  return numbers;
}

TEST_CASE("the parameters of random numbers and what ConstantOfShape fills with are known to the graph") {
  const std::string shape = test::intsAttribute("shape", {2});
  CHECK(numbersOf(node("RandomNormal", {}, {"y"},
                       {test::floatAttribute("scale", 2.5F), shape, test::floatAttribute("mean", -0.5F)})) ==
        "mean=-0.5 scale=2.5");
  CHECK(numbersOf(node("RandomUniformLike", {"x"}, {"y"}, {test::floatAttribute("high", 2.5F)})) == "high=2.5");
  CHECK(numbersOf(node("RandomUniform", {}, {"y"}, {shape})).empty());
  const auto fill = [](const std::string& tensor) {
    return node("ConstantOfShape", {"s"}, {"y"}, {test::tensorAttribute("value", tensor)});
  };
  CHECK(numbersOf(fill(test::floatTensor("", {1}, {1.5F}))) == "value=1.5");
  CHECK(numbersOf(fill(test::rawTensor("", DType::bfloat16, {1}, std::string("\xC0\x3F", 2)))) == "value=1.5");
  CHECK(numbersOf(fill(test::longTensor("", {1}, {7}))).empty());
  CHECK(numbersOf(node("ConstantOfShape", {"s"}, {"y"})).empty());
  CHECK(numbersOf(node("Relu", {"x"}, {"y"}, {test::floatAttribute("scale", 1)})).empty());
}

}  // namespace
}  // namespace precast::onnx
