// Operators that say the dtype of their result in an attribute, or take it from a default.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 2});
const std::string kY = info("y", DType::float32, {2, 2});
const std::string kShape = longTensor("shape", {2}, {2, 2});

std::string dtypeAttribute(DType dtype) { return intAttribute("dtype", static_cast<std::int64_t>(dtype)); }

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

// y = x * value, where `maker` makes "value".
std::string timesMade(const std::string& maker, std::int64_t version = 13, const Messages& initializers = {kShape}) {
  return model(graph({maker, node("Mul", {"x", "value"}, {"y"}, {}, "mul")}, initializers, {kX}, {kY}), 8,
               {opset(version)});
}

}  // namespace

TEST_CASE("every attribute of Constant that holds floats is converted (onnxruntime#20570)") {
  const std::string byTensor =
      node("Constant", {}, {"value"}, {tensorAttribute("value", floatTensor("", {2}, {1, 2}))}, "c");
  const std::string byFloat = node("Constant", {}, {"value"}, {floatAttribute("value_float", 3)}, "c");
  const std::string byFloats = node("Constant", {}, {"value"}, {floatsAttribute("value_floats", {1, 2})}, "c");
  for (const std::string& constant : {byTensor, byFloat, byFloats}) {
    RoundTrip trip(timesMade(constant));
    trip.check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "constnode value:f16"));
    CHECK_FALSE(has(trip.text(PrecisionMode::forceFp16), "Cast(value)"));
  }
}

TEST_CASE("ConstantOfShape without a value fills with zeros of the dtype that is wanted (onnxruntime#20570)") {
  for (std::int64_t version : {9, 13}) {
    RoundTrip trip(timesMade(node("ConstantOfShape", {"shape"}, {"value"}, {}, "zeros"), version));
    trip.check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "value:f16 = ConstantOfShape(shape)"));
  }
}

TEST_CASE("ConstantOfShape converts the value that it fills with, raw or as floats") {
  const std::string raw = floatTensor("", {1}, {2.5F});
  const std::string typed = Proto().number(1, 1).number(2, 1).text(4, floatBytes({2.5F}));
  for (const std::string& value : {raw, typed}) {
    RoundTrip trip(timesMade(node("ConstantOfShape", {"shape"}, {"value"}, {tensorAttribute("value", value)}, "fill")));
    trip.check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "value:f16 = ConstantOfShape(shape)"));
  }
  // Integers are none of its business.
  const std::string ones =
      node("ConstantOfShape", {"shape"}, {"i"}, {tensorAttribute("value", longTensor("", {1}, {1}))}, "ones");
  const std::string convert = node("Cast", {"i"}, {"value"}, {intAttribute("to", 1)}, "convert");
  RoundTrip(model(graph({ones, convert, node("Mul", {"x", "value"}, {"y"}, {}, "mul")}, {kShape}, {kX}, {kY}))).check();
}

TEST_CASE("EyeLike says its dtype, or takes that of its input") {
  RoundTrip(timesMade(node("EyeLike", {"x"}, {"value"}, {}, "eye"))).noKernel("EyeLike").targets({"onnx"}).check();
  RoundTrip said(timesMade(node("EyeLike", {"x"}, {"value"}, {dtypeAttribute(DType::float32)}, "eye")));
  said.noKernel("EyeLike").targets({"onnx"}).check();
  CHECK(has(said.text(PrecisionMode::forceFp16), "value:f16 = EyeLike("));
  // From an integer there is no other source of the dtype.
  const std::string fromInt = node("EyeLike", {"i"}, {"value"}, {dtypeAttribute(DType::float32)}, "eye");
  RoundTrip(model(graph({fromInt, node("Mul", {"x", "value"}, {"y"}, {}, "mul")}, {},
                        {kX, info("i", DType::int64, {2, 2})}, {kY})))
      .noKernel("EyeLike")
      .targets({"onnx"})
      .check();
}

TEST_CASE("what takes its dtype from an input that is float16 now says the dtype that it had") {
  for (const char* op : {"EyeLike", "RandomNormalLike", "RandomUniformLike", "Bernoulli"}) {
    CAPTURE(op);
    // In the mixed modes the product is of 16 bits and the maker's result float32.
    RoundTrip trip(
        model(graph({node("MatMul", {"x", "x"}, {"m"}, {}, "product"), node("Sigmoid", {"m"}, {"s"}, {}, "sigmoid"),
                     node(op, {"s"}, {"like"}, {}, "maker"), node("Add", {"like", "x"}, {"y"}, {}, "add")},
                    {}, {kX}, {kY}),
              8, {opset(15)}));
    trip.targets({"onnx", "ort-cpu", "tensorrt"}).noKernel(op).notCompared().check();
  }
  RoundTrip eye(
      model(graph({node("MatMul", {"x", "x"}, {"m"}, {}, "product"), node("EyeLike", {"m"}, {"value"}, {}, "eye"),
                   node("Add", {"value", "x"}, {"y"}, {}, "add")},
                  {}, {kX}, {kY}),
            8, {opset(15)}));
  eye.targets({"onnx"}).noKernel("EyeLike").check();
  CHECK(has(eye.text(PrecisionMode::allowMixPrecision), "value:f32 = EyeLike(m)"));
}

TEST_CASE("random numbers are made in the dtype that is wanted, said or by default") {
  for (const char* op : {"RandomNormal", "RandomUniform"}) {
    for (const Messages& dtype : {Messages{}, Messages{dtypeAttribute(DType::float32)}}) {
      CAPTURE(op, dtype.size());
      Messages attributes = dtype;
      attributes.push_back(intsAttribute("shape", {2, 2}));
      RoundTrip trip(timesMade(node(op, {}, {"value"}, attributes, "random")));
      trip.noKernel(op).notCompared().targets({"onnx"}).check();
      CHECK(has(trip.text(PrecisionMode::forceFp16), std::string("value:f16 = ") + op + "()"));
    }
  }
  for (const char* op : {"RandomNormalLike", "RandomUniformLike", "Bernoulli"}) {
    for (const Messages& dtype : {Messages{}, Messages{dtypeAttribute(DType::float32)}}) {
      CAPTURE(op, dtype.size());
      RoundTrip trip(model(graph({node("Sigmoid", {"x"}, {"p"}), node(op, {"p"}, {"value"}, dtype, "random"),
                                  node("Mul", {"x", "value"}, {"y"}, {}, "mul")},
                                 {}, {kX}, {kY}),
                           8, {opset(15)}));
      trip.noKernel(op).notCompared().targets({"onnx"}).check();
      CHECK(has(trip.text(PrecisionMode::forceFp16), std::string("value:f16 = ") + op + "(p)"));
    }
  }
}

TEST_CASE("Multinomial draws integers from float16 logits") {
  for (const Messages& dtype : {Messages{}, Messages{dtypeAttribute(DType::int64)}}) {
    const DType drawn = dtype.empty() ? DType::int32 : DType::int64;
    RoundTrip(model(graph({node("Relu", {"x"}, {"a"}), node("Multinomial", {"a"}, {"y"}, dtype, "draw")}, {}, {kX},
                          {info("y", drawn, {2, 1})})))
        .noKernel("Multinomial")
        .notCompared()
        .check();
  }
}

TEST_CASE("windows of opset 17 are made in the dtype that is wanted") {
  const std::string size = longTensor("size", {}, {2});
  for (const char* op : {"HannWindow", "HammingWindow", "BlackmanWindow"}) {
    CAPTURE(op);
    RoundTrip trip(timesMade(node(op, {"size"}, {"value"}, {}, "window"), 17, {size}));
    trip.noKernel(op).targets({"onnx"}).check();
  }
}

TEST_CASE("sequences and optionals keep what they hold, made by attribute or by value") {
  const std::string empty = node("SequenceEmpty", {}, {"s"}, {dtypeAttribute(DType::float32)}, "empty");
  const std::string insert = node("SequenceInsert", {"s", "a"}, {"t"}, {}, "insert");
  const std::string join = node("ConcatFromSequence", {"t"}, {"y"}, {intAttribute("axis", 0)}, "join");
  for (const std::string& made : {empty, node("SequenceEmpty", {}, {"s"}, {}, "empty")}) {
    RoundTrip trip(model(graph({node("Relu", {"x"}, {"a"}), made, insert, join}, {}, {kX}, {kY})));
    trip.check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "SequenceInsert(s, a_cast_fp32)"));
  }
  const std::string optional = node("Optional", {"a"}, {"o"}, {}, "optional");
  const std::string element = node("OptionalGetElement", {"o"}, {"b"}, {}, "element");
  RoundTrip(model(graph({node("Relu", {"x"}, {"a"}), optional, element, node("Relu", {"b"}, {"y"})}, {}, {kX}, {kY}), 8,
                  {opset(15)}))
      .check();
}

TEST_CASE("SplitToSequence hands on pieces of the dtype that it got") {
  RoundTrip trip(model(graph({node("Relu", {"x"}, {"a"}), node("SplitToSequence", {"a"}, {"s"}, {}, "split"),
                              node("SequenceAt", {"s", "i"}, {"b"}, {}, "at"), node("Relu", {"b"}, {"y"})},
                             {longTensor("i", {}, {0})}, {kX}, {info("y", DType::float32, {1, 2})})));
  trip.check();
}

}  // namespace precast
