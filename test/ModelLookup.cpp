// The part of ModelBuilder.h that fails tests; the rest serves programs without Catch2, too.
#include "ModelBuilder.h"

#include <catch2/catch.hpp>

namespace precast::test {

onnx::Model modelOf(std::string_view bytes, const onnx::ReadOptions& options) {
  absl::StatusOr<onnx::Model> model = readBytesOf(bytes, options);
  INFO(model.status());
  REQUIRE(model.ok());
  return *std::move(model);
}

std::string compiledBytes(const onnx::Model& model, const CompileOptions& options) {
  const absl::StatusOr<CompileResult> result = compile(model.graph, options);
  INFO(result.status());
  REQUIRE(result.ok());
  std::string out;
  REQUIRE(onnx::write(*result, *model.source, &out).ok());
  return out;
}

std::string compiledBytes(std::string_view bytes, PrecisionMode mode) {
  CompileOptions options;
  options.policy.mode = mode;
  return compiledBytes(modelOf(bytes), options);
}

ValueId valueNamed(const Graph& graph, std::string_view name) {
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    if (graph.valueName(static_cast<ValueId>(v)) == name) return static_cast<ValueId>(v);
  }
  FAIL("there is no value '" << name << "'");
  return ValueId::none;
}

}  // namespace precast::test
