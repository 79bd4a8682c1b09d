// Casts that stand in the source, and those that a conversion adds.
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

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

std::string cast(const char* from, const char* to, DType dtype) {
  return node("Cast", {from}, {to}, {intAttribute("to", static_cast<std::int64_t>(dtype))}, std::string("cast_") + to);
}

PrecisionPolicy keeping(const std::vector<std::string>& names) {
  PrecisionPolicy policy;
  for (const std::string& name : names) policy.keepDtype.push_back({NodeSelector::Kind::node, name, ""});
  return policy;
}

}  // namespace

TEST_CASE("a Cast to float32 takes the dtype that its reader has (onnxruntime#25522, onnxruntime#11245)") {
  // The peers retype the Cast's value_info and leave its attribute.
  RoundTrip trip(model(graph({cast("i", "f", DType::float32), node("Mul", {"f", "w"}, {"y"}, {}, "mul")}, {kWeight},
                             {info("i", DType::int64, {4})}, {kY}, {info("f", DType::float32, {4})})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "f:f16 = Cast(i)"));
  CHECK(has(trip.text(PrecisionMode::mustKeepOriginDtype), "f:f32 = Cast(i)"));
}

TEST_CASE("a Cast from bool and one to an integer pass values on") {
  RoundTrip(model(graph({node("Greater", {"x", "w"}, {"g"}, {}, "greater"), cast("g", "f", DType::float32),
                         node("Mul", {"f", "x"}, {"m"}, {}, "mul"), node("Floor", {"m"}, {"n"}),
                         cast("n", "i", DType::int32), cast("i", "y", DType::float32)},
                        {kWeight}, {kX}, {kY})))
      .check();
}

TEST_CASE("Casts between floats are retargeted or vanish in the force modes, and stay elsewhere") {
  RoundTrip trip(model(graph({node("Relu", {"x"}, {"a"}), cast("a", "d", DType::float64),
                              cast("d", "f", DType::float32), node("Mul", {"f", "w"}, {"y"}, {}, "mul")},
                             {kWeight}, {kX}, {kY})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "f:f16 = Cast(d)"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "d:f64 = Cast(a)"));
}

TEST_CASE("a loss of precision that the user wrote stays outside the force modes (onnxruntime#8787)") {
  RoundTrip trip(model(graph({cast("x", "h", DType::float16), cast("h", "y", DType::float32)}, {}, {kX}, {kY})));
  trip.check();
  for (PrecisionMode mode : {PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowMixPrecision,
                             PrecisionMode::allowFp32ToFp16, PrecisionMode::forceFp16}) {
    CAPTURE(toString(mode));
    CHECK(has(trip.text(mode), "h:f16 = Cast(x)"));
    CHECK(has(trip.text(mode), "y:f32 = Cast(h)"));
  }
}

TEST_CASE("two operators that stay float32 have no pair of Casts between them (onnxruntime#19437)") {
  RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "first"), node("Exp", {"a"}, {"b"}, {}, "second"),
                              node("Relu", {"b"}, {"y"}, {}, "third")},
                             {kWeight}, {kX}, {kY})));
  trip.policy(keeping({"first", "second"})).check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "b:f32 = Exp(a)"));
  CHECK(count(text, "Cast(") == 2);  // before and behind "third"
}

TEST_CASE("a Cast whose result nobody reads does no harm (onnxconverter-common#307)") {
  RoundTrip trip(
      model(graph({node("Relu", {"x"}, {"y"}, {}, "relu"), cast("y", "unread", DType::float16)}, {}, {kX}, {kY})));
  trip.check();
}

TEST_CASE("a value that many read has one Cast for each dtype") {
  Messages nodes{node("Relu", {"x"}, {"a"})};
  Names sums;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "v" + std::to_string(i);
    nodes.push_back(node(i % 2 == 0 ? "Exp" : "Mul", i % 2 == 0 ? Names{"a"} : Names{"a", "w"}, {name}, {}, name));
    sums.push_back(name);
  }
  nodes.push_back(node("Sum", sums, {"y"}, {}, "sum"));
  RoundTrip trip(model(graph(nodes, {kWeight}, {kX}, {kY})));
  trip.policy(keeping({"v0", "v2", "v4"})).check();
  CHECK(count(trip.text(PrecisionMode::forceFp16), "Cast(a)") == 1);
}

TEST_CASE("the last operator stays float32 and so does the graph's output") {
  for (const char* last : {"Exp", "Relu"}) {
    RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "mul"), node(last, {"a"}, {"y"}, {}, "last")},
                               {kWeight}, {kX}, {kY})));
    trip.policy(keeping({"last"})).check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), std::string("y:f32 = ") + last + "(a_cast_fp32)"));
  }
}

TEST_CASE("a graph output that the graph reads too, one listed twice and an input that is an output keep their names") {
  RoundTrip read(model(graph({node("Mul", {"x", "w"}, {"y"}, {}, "mul"), node("Relu", {"y"}, {"z"}, {}, "relu")},
                             {kWeight}, {kX}, {kY, info("z", DType::float32, {4})})));
  read.check();
  CHECK(has(read.text(PrecisionMode::forceFp16), "Relu(y_fp16)"));
  RoundTrip through(model(graph({node("Mul", {"x", "w"}, {"y"}, {}, "mul")}, {kWeight}, {kX}, {kY, kX})));
  through.notRun().check();
}

TEST_CASE("a Cast makes a graph output of its own dtype") {
  for (DType dtype : {DType::float16, DType::float32, DType::float64, DType::int32}) {
    CAPTURE(toString(dtype));
    RoundTrip(model(graph({node("Mul", {"x", "w"}, {"a"}, {}, "mul"), cast("a", "y", dtype)}, {kWeight}, {kX},
                          {info("y", dtype, {4})})))
        .check();
  }
}

TEST_CASE("chains of Casts give what they gave") {
  RoundTrip(model(graph({cast("x", "a", DType::float16), cast("a", "b", DType::float32), cast("b", "c", DType::float16),
                         cast("c", "d", DType::float32), node("Mul", {"d", "w"}, {"y"}, {}, "mul")},
                        {kWeight}, {kX}, {kY})))
      .check();
  RoundTrip(model(graph({cast("x", "a", DType::float32), cast("a", "b", DType::float32),
                         node("Mul", {"b", "w"}, {"c"}, {}, "mul"), cast("c", "y", DType::float32)},
                        {kWeight}, {kX}, {kY})))
      .check();
}

TEST_CASE("CastLike's result is what its readers want, whatever the pattern has become") {
  const auto castLike = [](const char* from, const char* like, const char* to) {
    return node("CastLike", {from, like}, {to}, {}, std::string("like_") + to);
  };
  RoundTrip trip(model(graph({castLike("i", "w", "f"), node("Mul", {"f", "w"}, {"y"}, {}, "mul")}, {kWeight},
                             {info("i", DType::int64, {4})}, {kY})));
  trip.check();
  // The pattern is read by an operator that keeps its dtype: result and pattern part.
  RoundTrip parted(model(graph({node("Exp", {"x"}, {"p"}, {}, "kept"), castLike("i", "p", "f"),
                                node("Mul", {"f", "w"}, {"m"}, {}, "mul"), node("Add", {"m", "p"}, {"y"}, {}, "add")},
                               {kWeight}, {kX, info("i", DType::int64, {4})}, {kY})));
  parted.policy(keeping({"kept"})).check();
  RoundTrip half(model(graph({castLike("x", "h", "a"), node("Relu", {"a"}, {"b"}), castLike("b", "x", "y")}, {},
                             {kX, info("h", DType::float16, {1})}, {kY})));
  half.check();
}

}  // namespace precast
