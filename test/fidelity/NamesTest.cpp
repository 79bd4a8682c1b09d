// Names: missing, empty, doubled, unicode, and such that we would have given ourselves.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {4});
const std::string kY = info("y", DType::float32, {4});
const std::string kWeight = floatTensor("w", {4}, {0.5F, -1, 2, 0.25F});

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("nodes without names stay without, and the Casts between them have names") {
  RoundTrip(model(graph({node("Mul", {"x", "w"}, {"a"}), node("Softmax", {"a"}, {"b"}), node("Mul", {"b", "w"}, {"y"})},
                        {kWeight}, {kX}, {kY})))
      .check();
}

TEST_CASE("a name that is written but empty is no name") {
  const std::string unnamed = Proto().raw(node("Mul", {"x", "w"}, {"a"})).text(3, "");
  RoundTrip(model(graph({unnamed, node("Softmax", {"a"}, {"y"})}, {kWeight}, {kX}, {kY}))).check();
}

TEST_CASE("two nodes of one name are the source's affair, as is their name") {
  // ONNX Runtime refuses such a model, so it is not run; nothing is renamed and no third one is added.
  RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "n"), node("Relu", {"a"}, {"b"}, {}, "n"),
                              node("Softmax", {"b"}, {"y"}, {}, "m")},
                             {kWeight}, {kX}, {kY})));
  trip.notRun().check();
}

TEST_CASE("values and nodes that are called as our Casts would be make the Casts count on") {
  RoundTrip trip(model(graph(
      {node("Mul", {"x", "x_cast_fp16"}, {"y_fp16"}, {}, "y_cast_fp32"),
       node("Add", {"y_fp16", "w_fp16"}, {"x_cast_fp16_1"}, {}, "x_cast_fp16"),
       node("Softmax", {"x_cast_fp16_1"}, {"s"}, {}, "black"), node("Mul", {"s", "w"}, {"m"}, {}, "w_fp16"),
       node("Add", {"m", "w_fp16"}, {"y"}, {}, "last")},
      {kWeight, floatTensor("w_fp16", {4}, {1, 2, 3, 4})}, {kX, info("x_cast_fp16", DType::float32, {4})}, {kY})));
  trip.check();
}

TEST_CASE("a name of a body that ours would meet is seen too") {
  const auto branch = [](const char* name, const std::string& inner, const char* out) {
    return graphAttribute(name, graph({inner, node("Exp", {"x_cast_fp16"}, {out}, {}, std::string("e") + out)}, {}, {},
                                      {info(out, DType::float32, {4})}));
  };
  RoundTrip trip(
      model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "mul"),
                   node("If", {"c"}, {"y"},
                        {branch("then_branch", node("Relu", {"a"}, {"x_cast_fp16"}, {}, "a_cast_fp32"), "t"),
                         branch("else_branch", node("Mul", {"a", "w"}, {"x_cast_fp16"}, {}, "x_cast_fp16"), "e")})},
                  {kWeight}, {kX, info("c", DType::boolean, {})}, {kY})));
  trip.check();
}

TEST_CASE("names in other alphabets, with spaces, slashes, quotes and dots go through and into ours") {
  const std::string strange = "/модель/слой.1:0 \"ю\"\\ 層";
  RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {strange}, {}, strange),
                              node("Softmax", {strange}, {"b"}, {}, "ß"), node("Mul", {"b", "w"}, {"y"}, {}, "y")},
                             {kWeight}, {kX}, {kY})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::allowMixPrecision), "Softmax"));
}

TEST_CASE("very long names are no trouble") {
  const std::string name(5000, 'n');
  RoundTrip(model(graph({node("Mul", {"x", "w"}, {name}, {}, name), node("Softmax", {name}, {"y"}, {}, "s")}, {kWeight},
                        {kX}, {kY})))
      .check();
}

TEST_CASE("operands that are left out in the middle stay left out") {
  const std::string lstm =
      node("LSTM", {"s", "W", "R", "", "", "h"}, {"", "yh", ""}, {intAttribute("hidden_size", 2)}, "lstm");
  const std::vector<float> sixteen(16, 0.125F);
  RoundTrip trip(model(graph({node("Relu", {"x"}, {"s"}), lstm, node("Relu", {"yh"}, {"y"})},
                             {floatTensor("W", {1, 8, 2}, sixteen), floatTensor("R", {1, 8, 2}, sixteen),
                              floatTensor("h", {1, 1, 2}, {0.5F, -0.5F})},
                             {info("x", DType::float32, {3, 1, 2})}, {info("y", DType::float32, {1, 1, 2})}),
                       8, {opset(14)}));
  trip.check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "-, yh:f16, - = LSTM(s, W, R, -, -, h)"));
}

TEST_CASE("a node and a value of one name are two things") {
  RoundTrip(model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "a"), node("Softmax", {"a"}, {"b"}, {}, "w"),
                         node("Mul", {"b", "w"}, {"y"}, {}, "x")},
                        {kWeight}, {kX}, {kY})))
      .check();
}

}  // namespace precast
