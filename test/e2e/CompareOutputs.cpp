// precast_compare_outputs ORIGINAL.onnx OTHER.onnx INPUT...: runs both models on the same inputs, one INPUT
// ("1x3x160x160" for a page of text, "1x512:tone", ":16000"; see describedTensor) per graph input, and prints how far
// each output of the second is from that of the first.

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
using precast::test::Tensor;

void compare(const std::vector<std::string>& arguments) {
  const OrtModel original(arguments[0], Optimization::off);
  const OrtModel other(arguments[1], Optimization::off);
  if (arguments.size() - 2 != original.inputs().size()) {
    throw std::runtime_error(
        fmt::format("the model has {} inputs, {} were described", original.inputs().size(), arguments.size() - 2));
  }
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < original.inputs().size(); ++i) {
    inputs.push_back(describedTensor(original.inputs()[i], arguments[i + 2]));
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
    fmt::print(stderr, "usage: precast_compare_outputs ORIGINAL.onnx OTHER.onnx INPUT...\n");
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
