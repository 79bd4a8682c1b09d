// verify(): each thing that it finds, with its exact message, and what it lets pass.
#include "precast/Verify.h"

#include <catch2/catch.hpp>

#include "GraphText.h"

namespace precast {
namespace {

std::string verified(const char* text, int opset = 17) {
  return std::string(verify(test::graphOfText(text, opset)).message());
}

TEST_CASE("graphs that are right verify") {
  for (const char* text :
       {"", "in x; out x", "in x; a = Relu(x); out a, a", "in x, y:?; a = Add(x, y); out a",
        "in x; const s, b, m, v; a = BatchNormalization(x, s, b, m, v); out a", "in x; a = Clip(x, -, x); out a",
        "in x; a = Frob(x); out a", "in c:bool, x; y = If(c) { a = Relu(x); out a } { out x }; out y"}) {
    CAPTURE(text);
    CHECK(verified(text).empty());
  }
}

TEST_CASE("dtypes that the schema does not allow are refused") {
  CHECK(verified("in x:i64; a:i64 = Sin(x); out a") ==
        "node 'a': input 0 'x' is int64, which Sin-7 does not allow there");
  CHECK(verified("in x; a:f16 = Relu(x); out a") ==
        "node 'a': input 0 'x' is float32 but output 0 'a' is float16, and Relu-14 wants one dtype for both");
  CHECK(verified("in x, y:f16; a = Concat(x, y); out a") ==
        "node 'a': input 0 'x' is float32 but input 1 'y' is float16, and Concat-13 wants one dtype for both");
  // From opset 15 the parameters of BatchNormalization have dtypes of their own.
  constexpr const char* kMixed = "in x:f16; const s, b, m, v; a:f16 = BatchNormalization(x, s, b, m, v); out a";
  CHECK(verified(kMixed, 15).empty());
  CHECK_THAT(verified(kMixed, 9), Catch::Contains("wants one dtype for both"));
}

// The notation cannot say these.
TEST_CASE("values that nothing makes or that are not visible are refused") {
  Graph graph;
  const OpKindId op = graph.addOpKind({"", "Op", "", 0, false, {}});
  const ValueId x = graph.addValue("x", DType::float32);
  const NodeId owner = *graph.addNode(op, "owner", {}, {});
  const RegionId body = *graph.addRegion(owner, "body");
  const ValueId inner = graph.addValue("inner", DType::float32, {}, body);
  const ValueId innerOut[] = {inner};
  REQUIRE(graph.addNode(op, "maker", {}, innerOut, body).ok());
  Graph reads = graph;
  const ValueId none[] = {x};
  REQUIRE(reads.addNode(op, "r", none, {}).ok());
  CHECK(verify(reads).message() == "node 'r': input 0 'x' is no input, no constant and no node's output");
  Graph peeks = graph;
  REQUIRE(peeks.addNode(op, "r", innerOut, {}).ok());
  CHECK(verify(peeks).message() == "node 'r': input 0 'inner' belongs to a body that does not enclose the node");
  Graph hands = graph;
  REQUIRE(hands.addOutput(x).ok());
  CHECK_FALSE(verify(hands).ok());
  Graph wrongScope = graph;
  REQUIRE(wrongScope.addOutput(inner).ok());
  CHECK_FALSE(verify(wrongScope).ok());
  CHECK(verify(graph).ok());
  for (const Graph* each : {&reads, &peeks, &hands, &wrongScope})
    CHECK(verify(*each).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a cycle does not verify") {
  Graph graph;
  const OpKindId op = graph.addOpKind({"", "Op", "", 0, false, {}});
  const ValueId x = graph.addValue("x", DType::float32);
  const ValueId each[] = {x};
  REQUIRE(graph.addNode(op, "n", each, each).ok());
  CHECK(verify(graph).message() == "nodes form a cycle: node 'n' reads its own result");
}

}  // namespace
}  // namespace precast
