// Models that call functions of domain "f", for tests of what becomes of the calls.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "GraphText.h"
#include "ModelBuilder.h"

namespace precast::test {

inline const Messages kFunctionOpsets = {opset(17), opset(1, "f")};

/// A call of a function of domain "f".
inline std::string call(std::string_view name, const Names& inputs, const Names& outputs,
                        const Messages& attributes = {}, std::string_view nodeName = "call") {
  return node(name, inputs, outputs, attributes, nodeName, "f");
}

/// From "x" to "y".
inline std::string modelWith(const Messages& nodes, const Messages& functions,
                             const Messages& opsets = kFunctionOpsets) {
  return model(graph(nodes, {}, {info("x")}, {info("y")}), 8, opsets, functions);
}

/// That `bytes` are refused, with `words` in the message.
inline void checkRefused(const std::string& bytes, absl::StatusCode code, const std::string& words,
                         const onnx::ReadOptions& options = {}) {
  const auto model = readBytesOf(bytes, options);
  REQUIRE_FALSE(model.ok());
  CHECK(model.status().code() == code);
  CHECK_THAT(std::string(model.status().message()), Catch::Contains(words));
}

inline std::string textOfModel(const std::string& bytes) { return textOf(modelOf(bytes).graph); }

}  // namespace precast::test
