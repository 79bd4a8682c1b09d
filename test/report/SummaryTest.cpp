#include <limits>

#include <catch2/catch.hpp>

#include "precast/Report.h"
#include "report/HandBuiltPlan.h"

namespace precast {
namespace {

TEST_CASE("every node but constants is counted once, by its leading float operand", "[report]") {
  HandBuiltPlan built;
  built.constantNode("c", built.value("w"));
  for (DType dtype : {DType::float16, DType::float16, DType::float32, DType::bfloat16}) {
    built.node("", "Relu", {built.value("")}, {}, dtype, Reason::keptOrigin);
  }
  built.node("", "Add", {built.value("", DType::int64)}, {}, DType::undefined, Reason::notFloat);
  ReportInput input;
  input.graph = &built.graph;
  input.result = &built.result;
  const Summary summary = summarize(input);
  CHECK(summary.nodes == 5);
  CHECK(summary.float16Nodes == 2);
  CHECK(summary.float32Nodes == 1);
  CHECK(summary.bfloat16Nodes == 1);
  CHECK(summary.otherNodes == 1);
  CHECK_FALSE(summary.bytesAfter.has_value());
}

TEST_CASE("cast bytes leave out unknown shapes and stop at the limit", "[report]") {
  HandBuiltPlan built;
  ReportInput input;
  input.graph = &built.graph;
  input.result = &built.result;
  auto& casts = built.result.rewrite.casts;
  casts.resize(3);
  casts[0].bytes = 10;
  casts[2].bytes = 32;
  CHECK(summarize(input).castBytes == 42);
  casts[0].bytes = std::numeric_limits<std::int64_t>::max();
  CHECK(summarize(input).castBytes == std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace precast
