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

ValueId valueNamed(const Graph& graph, std::string_view name) {
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    if (graph.valueName(static_cast<ValueId>(v)) == name) return static_cast<ValueId>(v);
  }
  FAIL("there is no value '" << name << "'");
  return ValueId::none;
}

}  // namespace precast::test
