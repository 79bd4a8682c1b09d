// Operands whose dtype the schema fixes or ties, and operators that have no 16-bit form at all.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

std::string batchNormalization(std::int64_t version) {
  Messages parameters;
  for (const char* name : {"scale", "bias", "mean", "var"}) parameters.push_back(floatTensor(name, {2}, {0.5F, 2}));
  return model(graph({node("BatchNormalization", {"x", "scale", "bias", "mean", "var"}, {"y"}, {}, "norm")}, parameters,
                     {info("x", DType::float32, {1, 2, 3, 3})}, {info("y", DType::float32, {1, 2, 3, 3})}),
               8, {opset(version)});
}

}  // namespace

TEST_CASE("BatchNormalization's parameters follow what the schema ties at each opset") {
  for (std::int64_t version : {7, 9, 14, 15, 17}) {
    CAPTURE(version);
    RoundTrip trip(batchNormalization(version));
    trip.check();
    // Up to opset 13 all operands have one dtype, in 14 mean and variance are on their own, from 15 so are scale and
    // bias; force_fp16 asks for float16 everywhere.
    CHECK(has(trip.text(PrecisionMode::forceFp16), "const var:f16"));
  }
}

TEST_CASE("Dropout's ratio and training flag stay legal") {
  for (std::int64_t version : {12, 13}) {
    CAPTURE(version);
    RoundTrip(model(graph({node("Dropout", {"x", "ratio", "training"}, {"y", "mask"}, {}, "drop")},
                          {floatTensor("ratio", {}, {0.5F}), rawTensor("training", DType::boolean, {}, {"\0", 1})},
                          {info("x", DType::float32, {2, 3})},
                          {info("y", DType::float32, {2, 3}), info("mask", DType::boolean, {2, 3})}),
                    8, {opset(version)}))
        .check();
  }
}

TEST_CASE("NonMaxSuppression reads boxes, scores and thresholds in float32") {
  RoundTrip trip(
      model(graph({node("Relu", {"boxes"}, {"b"}), node("Relu", {"scores"}, {"s"}),
                   node("NonMaxSuppression", {"b", "s", "max", "iou", "score"}, {"y"}, {}, "nms")},
                  {longTensor("max", {1}, {3}), floatTensor("iou", {1}, {0.5F}), floatTensor("score", {1}, {0})},
                  {info("boxes", DType::float32, {1, 4, 4}), info("scores", DType::float32, {1, 1, 4})},
                  {info("y", DType::int64, {-1, 3})}),
            8, {opset(11)}));
  // Far from each other, so that rounding moves nothing across a threshold.
  trip.feed({floats({1, 4, 4}, {0, 0, 1, 1, 4, 4, 5, 5, 0, 0, 1, 1, 8, 8, 9, 9}), floats({1, 1, 4}, {4, 3, 2, 1})});
  trip.targets({"onnx"}).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "NonMaxSuppression(b_cast_fp32, s_cast_fp32, max, iou, score)"));
}

TEST_CASE("Range, whose schema has no float16, keeps its three operands") {
  RoundTrip trip(model(graph({node("Range", {"start", "limit", "delta"}, {"r"}, {}, "range"),
                              node("Mul", {"r", "r"}, {"y"}, {}, "square")},
                             {floatTensor("start", {}, {0}), floatTensor("delta", {}, {0.5F})},
                             {info("limit", DType::float32, {})}, {info("y", DType::float32, {4})}),
                       8, {opset(11)}));
  trip.feed({floats({}, {2})}).check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "r:f32 = Range(start, limit, delta)"));
  CHECK(has(text, "r_cast_fp16:f16 = Cast(r)"));
}

TEST_CASE("DynamicQuantizeLinear, which is float32 only, stands in a graph that is converted") {
  RoundTrip trip(model(
      graph({node("Relu", {"x"}, {"a"}), node("DynamicQuantizeLinear", {"a"}, {"q", "scale", "zero"}, {}, "quantize"),
             node("DequantizeLinear", {"q", "scale", "zero"}, {"b"}, {}, "dequantize"), node("Relu", {"b"}, {"y"})},
            {}, {info("x", DType::float32, {8})}, {info("y", DType::float32, {8})}),
      8, {opset(11)}));
  trip.tolerance(1.0 / 64).targets({"onnx"}).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "q:u8, scale:f32, zero:u8 = DynamicQuantizeLinear(a_cast_fp32)"));
}

TEST_CASE("bounds of Pad and Clip have the dtype of what they bound, also where nodes have no name") {
  const std::string x = info("x", DType::float32, {2, 2});
  RoundTrip pad(model(graph({node("Relu", {"x"}, {"a"}), node("Pad", {"a", "pads", "value"}, {"y"})},
                            {longTensor("pads", {4}, {0, 1, 0, 1}), floatTensor("value", {}, {-1})}, {x},
                            {info("y", DType::float32, {2, 4})}),
                      8, {opset(13)}));
  pad.check();
  CHECK(has(pad.text(PrecisionMode::forceFp16), "const value:f16 = -1"));
  RoundTrip clip(model(graph({node("Relu", {"x"}, {"a"}), node("Clip", {"a", "low", "high"}, {"y"})},
                             {floatTensor("low", {}, {-0.5F}), floatTensor("high", {}, {0.5F})}, {x},
                             {info("y", DType::float32, {2, 2})}),
                       8, {opset(12)}));
  clip.check();
  CHECK(has(clip.text(PrecisionMode::forceFp16), "const high:f16 = 0.5"));
  // One bound for two data dtypes: computed bounds get a Cast, constants a copy.
  RoundTrip both(model(graph({node("Clip", {"x", "low"}, {"a"}), node("Softmax", {"x"}, {"b"}, {}, "black"),
                              node("Clip", {"b", "low"}, {"c"}), node("Add", {"a", "c"}, {"y"})},
                             {floatTensor("low", {}, {-0.5F})}, {x}, {info("y", DType::float32, {2, 2})}),
                       8, {opset(13)}));
  both.check();
}

TEST_CASE("what a Loop counts and what GatherND and TopK index stays an integer") {
  RoundTrip(model(graph({node("TopK", {"x", "k"}, {"values", "indices"}, {}, "top"),
                         node("Gather", {"x", "indices"}, {"y"}, {}, "gather")},
                        {longTensor("k", {1}, {2})}, {info("x", DType::float32, {5})},
                        {info("values", DType::float32, {2}), info("indices", DType::int64, {2}),
                         info("y", DType::float32, {2})}),
                  8, {opset(11)}))
      .feed({floats({5}, {0.25F, 3, -1, 2, 0.5F})})
      .check();
}

TEST_CASE("a mean over a float16 input takes a legal row, its axes stay int64") {
  RoundTrip(model(graph({node("Relu", {"x"}, {"a"}), node("ReduceSum", {"a", "axes"}, {"b"}, {}, "sum"),
                         node("ReduceMean", {"b"}, {"y"}, {}, "mean")},
                        {longTensor("axes", {1}, {1})}, {info("x", DType::float32, {2, 3})},
                        {info("y", DType::float32, {1, 1})}),
                  8, {opset(13)}))
      .check();
}

}  // namespace precast
