#include "CompiledModel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "ModelBuilder.h"

namespace precast::test {

namespace {

namespace fs = std::filesystem;

// Of sizes that end neither at a chunk nor at a vector of elements.
constexpr std::int64_t kWidths[] = {301, 197, 1023, 511, 333};
constexpr std::size_t kLayers = std::size(kWidths) - 1;

std::string weights(std::size_t count, std::uint32_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525U + 1013904223U;
    value = static_cast<float>(static_cast<std::int32_t>(seed)) * 0x1p-31F;
  }
  values.front() = 70000;  // saturates
  return floatBytes(values);
}

}  // namespace

std::string weightedModel(std::string_view dataFile, std::string* data) {
  Messages nodes;
  Messages initializers;
  for (std::size_t i = 0; i < kLayers; ++i) {
    const std::string name = "w" + std::to_string(i);
    const Dims dims = {kWidths[i], kWidths[i + 1]};
    const std::string bytes = weights(static_cast<std::size_t>(dims[0] * dims[1]), static_cast<std::uint32_t>(i + 1));
    if (dataFile.empty()) {
      initializers.push_back(rawTensor(name, DType::float32, dims, bytes));
    } else {
      initializers.push_back(externalTensor(name, DType::float32, dims,
                                            {{"location", std::string(dataFile)},
                                             {"offset", std::to_string(data->size())},
                                             {"length", std::to_string(bytes.size())}}));
      *data += bytes;
    }
    nodes.push_back(node("MatMul", {i == 0 ? "x" : "h" + std::to_string(i), name}, {"h" + std::to_string(i + 1)}));
  }
  return model(graph(nodes, initializers, {info("x", DType::float32, {1, kWidths[0]})},
                     {info("h" + std::to_string(kLayers), DType::float32, {1, kWidths[kLayers]})}));
}

CompiledModel::CompiledModel(bool external) {
  std::string data;
  const std::string bytes = external ? weightedModel("in.onnx.data", &data) : weightedModel();
  writeBytes(path("in.onnx"), bytes);
  if (external) writeBytes(path("in.onnx.data"), data);
  absl::StatusOr<onnx::Model> read = onnx::readFile(path("in.onnx"));
  REQUIRE(read.ok());
  model_ = *std::move(read);
  absl::StatusOr<CompileResult> compiled = compile(model_.graph);
  REQUIRE(compiled.ok());
  result_ = *std::move(compiled);
  REQUIRE(result_.rewrite.constants.size() == kLayers);
}

std::vector<std::string> CompiledModel::names() const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path()))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string contentsOf(const std::string& path) {
  const absl::StatusOr<onnx::Model> model = onnx::readFile(path);
  if (!model.ok()) FAIL(std::string(model.status().message()));
  std::map<std::string, std::string> contents;
  for (std::size_t v = 0; v < model->graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (!model->graph.isConstant(value)) continue;
    const auto bytes = model->graph.tensor(model->graph.tensorOf(value)).data;
    contents.emplace(model->graph.valueName(value),
                     std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  std::string all;
  for (const auto& [name, bytes] : contents) all.append(name).append(bytes);
  return all;
}

}  // namespace precast::test
