// The first C++ example of README.md, as printed.
#include <catch2/catch.hpp>
#include <fstream>

#include "Command.h"
#include "ModelBuilder.h"
#include "ReadmeExample.h"

using namespace precast;
using namespace precast::test;

TEST_CASE("the first C++ example of the README compiles a model") {
  const ScratchFolder folder;
  const std::string bytes = model(
      test::graph({node("MatMul", {"x", "w"}, {"y"})}, {floatTensor("w", {2}, {1, 2})}, {info("x")}, {info("y")}));
  const std::string in = folder.file("in.onnx");
  const std::string out = folder.file("out.onnx");
  std::ofstream(in, std::ios::binary) << bytes;
  REQUIRE(toFloat16(in, out).ok());
  const absl::StatusOr<onnx::Model> written = onnx::readFile(out);
  REQUIRE(written.ok());
  CHECK(written->graph.dtype(valueNamed(written->graph, "w")) == DType::float16);
}
