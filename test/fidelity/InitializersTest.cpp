// One initializer in several roles.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"
#include "onnx/Message.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 2});
const std::string kY = info("y", DType::float32, {2, 2});
const std::string kWeight = floatTensor("w", {2, 2}, {0.5F, -1, 2, 0.25F});

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

// MatMul is on the white list and Softmax on the black one, so that the mixed modes read `w` at two dtypes.
Messages whiteAndBlack(const char* white = "w", const char* black = "w") {
  return {node("MatMul", {"x", white}, {"a"}, {}, "white"), node("Softmax", {black}, {"b"}, {}, "black"),
          node("Mul", {"a", "b"}, {"y"}, {}, "both")};
}

}  // namespace

TEST_CASE("an initializer that is used at two precisions is copied, and the original keeps its name") {
  RoundTrip trip(model(graph(whiteAndBlack(), {kWeight}, {kX}, {kY})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(has(text, "const w:f32 = 0.5 -1 2 0.25\n"));
  CHECK(has(text, "const w_fp16:f16 = 0.5 -1 2 0.25\n"));
  CHECK(has(text, "MatMul(x_cast_fp16, w_fp16)"));
  CHECK(has(text, "Softmax(w)"));
}

TEST_CASE("a sparse initializer is converted and stays sparse, and is copied where it is read at two precisions") {
  const std::string sparse = Proto()
                                 .text(onnx::field::kSparseValues, floatTensor("w", {3}, {0.5F, -1, 0.25F}))
                                 .text(onnx::field::kSparseIndices, longTensor("", {3}, {0, 1, 3}))
                                 .number(onnx::field::kSparseDims, 2)
                                 .number(onnx::field::kSparseDims, 2);
  const std::string initializer = Proto().text(onnx::field::kSparseInitializer, sparse);
  const std::string product = node("MatMul", {"x", "w"}, {"y"}, {}, "product");
  RoundTrip trip(model(graph({product}, {}, {kX}, {kY}) + initializer));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f16 = 0.5 -1 0.25\n"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "MatMul(x_cast_fp16, w)"));
  RoundTrip two(model(graph(whiteAndBlack(), {}, {kX}, {kY}) + initializer));
  two.check();
  const std::string text = two.text(PrecisionMode::allowMixPrecision);
  CHECK(has(text, "const w:f32 = 0.5 -1 0.25\n"));
  CHECK(has(text, "const w_fp16:f16 = 0.5 -1 0.25\n"));
  CHECK(has(text, "MatMul(x_cast_fp16, w_fp16)"));
  CHECK(has(text, "Softmax(w)"));
}

TEST_CASE("an initializer that is a graph output keeps its dtype for that use") {
  RoundTrip trip(model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "white")}, {kWeight}, {kX},
                             {kY, info("w", DType::float32, {2, 2})})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "const w:f32"));
  CHECK(has(text, "const w_fp16:f16"));
}

TEST_CASE("an initializer that only a graph output reads stays as it is") {
  RoundTrip trip(model(graph({node("Relu", {"x"}, {"y"})}, {kWeight}, {kX}, {kY, info("w", DType::float32, {2, 2})})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f32"));
}

TEST_CASE("an initializer that is listed as input is a constant at IR version 3 and an overridable default from 4 on") {
  const std::string listed = info("w", DType::float32, {2, 2});
  for (std::int64_t irVersion : {3, 4, 8}) {
    CAPTURE(irVersion);
    RoundTrip trip(model(graph(whiteAndBlack(), {kWeight}, {kX, listed}, {kY}), irVersion, {opset(9)}));
    if (irVersion == 3) {
      // The list says what the weight is: both are converted, and no Cast is left to run time.
      RoundTrip constant(model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "white")}, {kWeight}, {kX, listed}, {kY}),
                               irVersion, {opset(9)}));
      constant.check();
      CHECK(has(constant.text(PrecisionMode::forceFp16), "const w:f16"));
      CHECK_FALSE(has(constant.text(PrecisionMode::forceFp16), "Cast(w)"));
      trip.check();
    } else {
      trip.check();
      CHECK(has(trip.text(PrecisionMode::forceFp16), "w_cast_fp16:f16 = Cast(w)"));
    }
  }
}

TEST_CASE("an initializer that two bodies capture is converted once, outside of them") {
  const auto branch = [](const char* name, const char* op, const char* out) {
    return graphAttribute(name,
                          graph({node(op, {"x", "w"}, {out}, {}, name)}, {}, {}, {info(out, DType::float32, {2, 2})}));
  };
  const std::string choose =
      node("If", {"c"}, {"y"}, {branch("then_branch", "MatMul", "t"), branch("else_branch", "Add", "e")});
  RoundTrip trip(model(graph({choose}, {kWeight}, {kX, info("c", DType::boolean, {})}, {kY})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "const w:f16"));
  CHECK_FALSE(has(text, "w_fp16"));
}

TEST_CASE("an initializer that two bodies capture at two precisions has one copy of each") {
  const auto branch = [](const char* name, const std::string& body, const char* out) {
    return graphAttribute(name, graph({body}, {}, {}, {info(out, DType::float32, {2, 2})}));
  };
  const std::string choose = node("If", {"c"}, {"y"},
                                  {branch("then_branch", node("MatMul", {"x", "w"}, {"t"}, {}, "white"), "t"),
                                   branch("else_branch", node("Softmax", {"w"}, {"e"}, {}, "black"), "e")});
  RoundTrip trip(model(graph({choose}, {kWeight}, {kX, info("c", DType::boolean, {})}, {kY})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(has(text, "const w:f32"));
  CHECK(has(text, "const w_fp16:f16"));
}

TEST_CASE("an initializer of a body belongs to that body, also where the graph around it has one of the same dtype") {
  const std::string body = graph({node("MatMul", {"x", "v"}, {"t"}, {}, "inner")},
                                 {floatTensor("v", {2, 2}, {1, 2, 3, 4})}, {}, {info("t", DType::float32, {2, 2})});
  const std::string other =
      graph({node("Add", {"x", "w"}, {"e"}, {}, "outer")}, {}, {}, {info("e", DType::float32, {2, 2})});
  RoundTrip trip(model(
      graph({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", body), graphAttribute("else_branch", other)})},
            {kWeight}, {kX, info("c", DType::boolean, {})}, {kY})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const v:f16"));
}

TEST_CASE("an initializer that nobody reads comes through untouched") {
  RoundTrip trip(model(graph({node("Relu", {"x"}, {"y"})}, {kWeight}, {kX}, {kY})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f32"));
}

TEST_CASE("one Constant node at two precisions is written twice, the copy under a name of its own") {
  const std::string constant = node("Constant", {}, {"w"}, {tensorAttribute("value", kWeight)}, "weight");
  Messages nodes = whiteAndBlack();
  nodes.insert(nodes.begin(), constant);
  RoundTrip trip(model(graph(nodes, {}, {kX}, {kY})));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(has(text, "constnode w:f32"));
  CHECK(has(text, "constnode w_fp16:f16"));
}

}  // namespace precast
