// The bytes of an ONNX model of one Relu, y = max(x, 0) on four float32, for examples that need a model and have none.
#pragma once

#include <string>

// One field of a protobuf message, short enough for a length of one byte.
inline std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

inline std::string smallModel() {
  const std::string shape = field(1, "\x08\x04");                   // one dimension of 4
  const std::string type = field(1, "\x08\x01" + field(2, shape));  // a float32 tensor
  const std::string node = field(1, "x") + field(2, "y") + field(3, "relu") + field(4, "Relu");
  const std::string graph = field(1, node) + field(2, "small") + field(11, field(1, "x") + field(2, type)) +
                            field(12, field(1, "y") + field(2, type));
  return "\x08\x08" + field(7, graph) + field(8, "\x10\x0D");  // IR 8, opset 13
}
