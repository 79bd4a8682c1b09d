// The order of nodes: sorted where the source is not, and Casts in their place.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 2});
const std::string kY = info("y", DType::float32, {2, 2});
const std::string kWeight = floatTensor("w", {2, 2}, {0.5F, -1, 2, 0.25F});

// Every node that reads `name` stands behind the one that makes it.
bool inOrder(const std::string& text, const std::string& first, const std::string& second) {
  return text.find(first) < text.find(second) && text.find(second) != std::string::npos;
}

}  // namespace

TEST_CASE("Casts stand between the nodes that they serve and not at the end of the list") {
  RoundTrip trip(
      model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "white"), node("Softmax", {"a"}, {"b"}, {}, "black"),
                   node("MatMul", {"b", "w"}, {"y"}, {}, "white2")},
                  {kWeight}, {kX}, {kY})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(inOrder(text, "x_cast_fp16:f16", "a:f16 = MatMul"));
  CHECK(inOrder(text, "a:f16 = MatMul", "a_cast_fp32:f32"));
  CHECK(inOrder(text, "b:f32 = Softmax", "b_cast_fp16:f16"));
}

TEST_CASE("nodes out of order are put in order, and those that were in order keep it") {
  const std::string bytes =
      compiledBytes(model(graph({node("Relu", {"b"}, {"y"}, {}, "last"), node("MatMul", {"x", "w"}, {"a"}, {}, "first"),
                                 node("Exp", {"a"}, {"c"}, {}, "third"), node("Relu", {"a"}, {"b"}, {}, "second")},
                                {kWeight}, {kX}, {kY, info("c", DType::float32, {2, 2})})));
  CHECK(inOrder(bytes, "first", "third"));
  CHECK(inOrder(bytes, "third", "second"));
  CHECK(inOrder(bytes, "second", "last"));
  CHECK(compiledBytes(bytes) == bytes);
}

TEST_CASE("a node that a body captures from stands before the body's owner") {
  const auto branch = [](const char* name, const char* op, const char* out) {
    return graphAttribute(name, graph({node(op, {"a"}, {out}, {}, out)}, {}, {}, {info(out, DType::float32, {2, 2})}));
  };
  // The owner has no operand that says so.
  const std::string bytes = compiledBytes(model(
      graph({node("If", {"c"}, {"y"}, {branch("then_branch", "Relu", "t"), branch("else_branch", "Exp", "e")}, "owner"),
             node("MatMul", {"x", "w"}, {"a"}, {}, "captured")},
            {kWeight}, {kX, info("c", DType::boolean, {})}, {kY})));
  CHECK(inOrder(bytes, "captured", "owner"));
  RoundTrip(bytes).check();
}

}  // namespace precast
