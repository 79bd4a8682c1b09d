#include "WeightedModel.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "onnx/Message.h"

namespace precast::bench {

namespace {

using namespace onnx;

constexpr std::uint64_t kWidth = 2048;
constexpr std::uint64_t kMatrixBytes = kWidth * kWidth * sizeof(float);
constexpr std::uint64_t kFloat32 = 1;

// Weights as they are: normally distributed around zero, a megabyte of them over and over.
std::string someWeights() {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0F, 0.05F);
  std::vector<float> values((std::size_t{1} << 20) / sizeof(float));
  for (float& value : values) value = normal(random);
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

void writeMatrix(std::ofstream& out, const std::string& weights) {
  for (std::uint64_t at = 0; at < kMatrixBytes; at += weights.size())
    out.write(weights.data(), static_cast<std::streamsize>(weights.size()));
}

std::string info(const std::string& name) {
  std::string shape;
  for (std::uint64_t size : {std::uint64_t{1}, kWidth}) {
    std::string dim;
    appendNumber(dim, field::kDimValue, size);
    appendText(shape, field::kDim, dim);
  }
  std::string tensor;
  appendNumber(tensor, field::kElemType, kFloat32);
  appendText(tensor, field::kShape, shape);
  std::string type;
  appendText(type, field::kTensorType, tensor);
  std::string message;
  appendText(message, field::kValueName, name);
  appendText(message, field::kValueType, type);
  return message;
}

std::string matMul(std::uint64_t i) {
  std::string message;
  appendText(message, field::kInput, "x" + std::to_string(i));
  appendText(message, field::kInput, "w" + std::to_string(i));
  appendText(message, field::kOutput, "x" + std::to_string(i + 1));
  appendText(message, field::kOpType, "MatMul");
  return message;
}

void appendEntry(std::string& tensor, std::string_view key, const std::string& value) {
  std::string entry;
  appendText(entry, field::kKey, key);
  appendText(entry, field::kEntryValue, value);
  appendText(tensor, field::kExternalData, entry);
}

// A TensorProto up to its raw_data; all of it if the contents are external.
std::string tensorHead(std::uint64_t i, const std::string& dataName) {
  std::string tensor;
  appendNumber(tensor, field::kDims, kWidth);
  appendNumber(tensor, field::kDims, kWidth);
  appendNumber(tensor, field::kDataType, kFloat32);
  appendText(tensor, field::kTensorName, "w" + std::to_string(i));
  if (dataName.empty()) {
    appendLength(tensor, field::kRawData, kMatrixBytes);
    return tensor;
  }
  appendEntry(tensor, "location", dataName);
  appendEntry(tensor, "offset", std::to_string(i * kMatrixBytes));
  appendEntry(tensor, "length", std::to_string(kMatrixBytes));
  appendNumber(tensor, field::kDataLocation, 1);
  return tensor;
}

}  // namespace

bool writeWeightedModel(const std::string& path, std::uint64_t bytes, Weights weights) {
  const std::uint64_t matrices = (bytes + kMatrixBytes - 1) / kMatrixBytes;
  const bool inside = weights == Weights::inside;
  const std::string dataPath = path + ".data";
  const std::string dataName = inside ? "" : std::filesystem::path(dataPath).filename().string();
  std::vector<std::string> heads;
  std::string nodes;
  std::uint64_t initializerBytes = 0;
  for (std::uint64_t i = 0; i < matrices; ++i) {
    appendText(nodes, field::kNode, matMul(i));
    const std::string tensor = tensorHead(i, dataName);
    std::string head;
    appendLength(head, field::kInitializer, tensor.size() + (inside ? kMatrixBytes : 0));
    heads.push_back(head + tensor);
    initializerBytes += heads.back().size() + (inside ? kMatrixBytes : 0);
  }
  std::string borders;
  appendText(borders, field::kGraphInput, info("x0"));
  appendText(borders, field::kGraphOutput, info("x" + std::to_string(matrices)));
  std::string opset;
  appendNumber(opset, field::kOpsetVersion, 17);
  std::string model;
  appendNumber(model, field::kIrVersion, 8);
  appendText(model, field::kOpsetImport, opset);
  appendLength(model, field::kGraph, nodes.size() + initializerBytes + borders.size());
  std::ofstream out(path, std::ios::binary);
  out << model << nodes;
  const std::string some = someWeights();
  for (const std::string& head : heads) {
    out << head;
    if (inside) writeMatrix(out, some);
  }
  out << borders;
  if (inside) return static_cast<bool>(out.flush());
  std::ofstream data(dataPath, std::ios::binary);
  if (weights == Weights::external) {
    for (std::uint64_t i = 0; i < matrices; ++i) writeMatrix(data, some);
  }
  data.close();
  std::error_code error;
  std::filesystem::resize_file(dataPath, matrices * kMatrixBytes, error);
  return out.flush() && data && !error;
}

}  // namespace precast::bench
