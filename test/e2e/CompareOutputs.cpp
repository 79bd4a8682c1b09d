// precast_compare_outputs ORIGINAL.onnx OTHER.onnx SHAPE...: runs both models on the same seeded input, one SHAPE
// ("1x3x160x160") per graph input (four dimensions: a page of text), and prints how far each output of the second is
// from that of the first.

#include "OrtRunner.h"
#include "Tensors.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using precast::test::Optimization;
using precast::test::OrtModel;
using precast::test::seededPage;
using precast::test::Shape;
using precast::test::Tensor;
using precast::test::TensorInfo;

Shape parseShape(const std::string& text) {
  Shape shape;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t used = 0;
    shape.push_back(std::stoll(text.substr(at), &used));
    at += used;
    if (at < text.size() && text[at++] != 'x') throw std::runtime_error("not a shape: '" + text + "'");
  }
  return shape;
}

void compare(const std::vector<std::string>& arguments) {
  const OrtModel original(arguments[0], Optimization::off);
  const OrtModel other(arguments[1], Optimization::off);
  if (arguments.size() - 2 != original.inputs().size()) {
    throw std::runtime_error(
        fmt::format("the model has {} inputs, {} shapes were given", original.inputs().size(), arguments.size() - 2));
  }
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < original.inputs().size(); ++i) {
    const TensorInfo& input = original.inputs()[i];
    const Shape shape = parseShape(arguments[i + 2]);
    const bool isPicture = input.dtype == precast::DType::float32 && shape.size() == 4;
    inputs.push_back(isPicture ? seededPage(shape, 1) : seededTensor(input, shape, 1));
  }
  const std::vector<Tensor> expected = original.run(inputs);
  const std::vector<Tensor> actual = other.run(inputs);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    fmt::print("output '{}': cosine similarity {:.6f}, largest difference {:.3g}{}\n", original.outputs()[i].name,
               cosineSimilarity(expected[i], actual[i]), largestDifference(expected[i], actual[i]),
               bitEqual(expected[i], actual[i]) ? ", bit-equal" : "");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    fmt::print(stderr, "usage: precast_compare_outputs ORIGINAL.onnx OTHER.onnx SHAPE...\n");
    return 2;
  }
  try {
    compare(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "precast_compare_outputs: {}\n", error.what());
    return 1;
  }
  return 0;
}
