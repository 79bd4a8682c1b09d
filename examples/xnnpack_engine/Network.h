// The engine's own IR and its own reader of ONNX: layers in order, each with one float result, and constants by name.
// It knows nothing of precast, and precast nothing of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"

namespace xnn_engine {

struct Constant {
  std::vector<std::int64_t> dims;
  std::vector<float> floats;           // of a float32 tensor
  std::vector<std::int64_t> integers;  // of an integer tensor
};

struct Layer {
  std::string op;
  std::vector<std::string> inputs;
  std::string output;
  std::map<std::string, std::vector<std::int64_t>> integers;  // attributes
  std::map<std::string, float> floats;

  std::int64_t integer(const std::string& name, std::size_t at, std::int64_t otherwise) const;
  float real(const std::string& name, float otherwise) const;
};

struct Network {
  std::string input;
  std::string output;
  std::vector<Layer> layers;
  std::unordered_map<std::string, Constant> constants;
};

/// kInvalidArgument if `bytes` are no ONNX model, kUnimplemented if the engine has no use for a part of it.
absl::StatusOr<Network> readNetwork(const std::string& bytes);

}  // namespace xnn_engine
