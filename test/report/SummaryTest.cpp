#include <limits>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"
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

TEST_CASE("a Constant node is not counted whatever its attribute is, and wherever it stands", "[report]") {
  namespace field = onnx::field;
  using test::node;
  using test::Proto;
  const std::string sparse = Proto()
                                 .text(field::kSparseValues, test::floatTensor("", {1}, {1}))
                                 .text(field::kSparseIndices, test::longTensor("", {1}, {0}))
                                 .number(field::kSparseDims, 2);
  const std::string word = Proto().text(field::kAttributeName, "value_string").text(field::kS, "word");
  for (const std::string& attribute :
       {std::string(Proto().text(field::kAttributeName, "sparse_value").text(field::kSparseTensor, sparse)),
        test::tensorAttribute("value", test::floatTensor("", {2}, {1, 2})), test::floatsAttribute("value_floats", {1}),
        test::intAttribute("value_int", 1), word}) {
    const std::string constant = node("Constant", {}, {"k"}, {attribute}, "constant");
    const auto body = [&](const std::string& result) {
      return test::graph({node("Constant", {}, {"k2"}, {attribute}), node("Relu", {"x"}, {result})}, {}, {},
                         {test::info(result)});
    };
    const onnx::Model model = test::modelOf(
        test::model(test::graph({constant, node("If", {"b"}, {"y"},
                                                {test::graphAttribute("then_branch", body("t")),
                                                 test::graphAttribute("else_branch", body("e"))})},
                                {}, {test::info("b", DType::boolean, {}), test::info("x")}, {test::info("y")})));
    REQUIRE(model.graph.nodeCount() == 6);
    const absl::StatusOr<CompileResult> result = compile(model.graph);
    REQUIRE(result.ok());
    ReportInput input;
    input.graph = &model.graph;
    input.result = &*result;
    const Summary summary = summarize(input);
    CHECK(summary.nodes == 3);
    CHECK(summary.float16Nodes == 2);
    CHECK(summary.float32Nodes + summary.otherNodes == 1);
  }
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
