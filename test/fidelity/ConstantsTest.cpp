// Numbers at the edges of float16.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

float ofBits(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::string halves(const std::vector<std::uint16_t>& bits) {
  return {reinterpret_cast<const char*>(bits.data()), 2 * bits.size()};
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("constants become what IEEE 754 says: infinities, NaN payloads, signed zeros, subnormals, ties") {
  // value, and its float16 bits; beyond the range finite values saturate (weight_clip).
  const std::vector<std::pair<float, std::uint16_t>> rows = {
      {kInfinity, 0x7C00},
      {-kInfinity, 0xFC00},
      {ofBits(0x7FC02000), 0x7E01},
      {ofBits(0xFFC00000), 0xFE00},
      {ofBits(0x7F802000), 0x7E01},  // a signalling NaN turns quiet
      {0.0F, 0x0000},
      {-0.0F, 0x8000},
      {65504, 0x7BFF},
      {65519.996F, 0x7BFF},
      {65520, 0x7BFF},
      {-65520, 0xFBFF},
      {1e38F, 0x7BFF},
      {-3.4028235e38F, 0xFBFF},
      {6.1035156e-5F, 0x0400},
      {6.097555e-5F, 0x03FF},
      {5.9604645e-8F, 0x0001},
      {2.9802322e-8F, 0x0000},
      {2.9802326e-8F, 0x0001},
      {-1e-9F, 0x8000},
      {1e-45F, 0x0000},
      {1.00048828125F, 0x3C00},
      {1.00146484375F, 0x3C02},
      {0.1F, 0x2E66}};
  std::vector<float> values;
  std::vector<std::uint16_t> bits;
  for (const auto& [value, half] : rows) {
    values.push_back(value);
    bits.push_back(half);
  }
  const auto count = static_cast<std::int64_t>(values.size());
  RoundTrip trip(model(graph({node("Where", {"c", "w", "x"}, {"y"}, {}, "where")}, {floatTensor("w", {count}, values)},
                             {info("c", DType::boolean, {1}), info("x", DType::float32, {1})},
                             {info("y", DType::float32, {count})})));
  trip.notCompared().check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), halves(bits)));
}

TEST_CASE("tiny weights round to zero or to a subnormal and are not pushed up") {
  const std::vector<float> tiny = {1e-9F, -1e-9F, 1e-8F, 4e-8F, -4e-8F, 1e-7F};
  RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {"y"}, {}, "mul")}, {floatTensor("w", {6}, tiny)},
                             {info("x", DType::float32, {6})}, {info("y", DType::float32, {6})})));
  trip.check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), halves({0, 0x8000, 0, 1, 0x8001, 2})));
}

TEST_CASE("a mask of the lowest float32 number makes no NaN, and the guard keeps it (coremltools PR#2669)") {
  const float lowest = std::numeric_limits<float>::lowest();
  // One row masked throughout: its Softmax is NaN as soon as the sums are -inf.
  const std::string mask = floatTensor("mask", {2, 4}, {0, 0, lowest, lowest, lowest, lowest, lowest, lowest});
  const std::string source = model(graph({node("MatMul", {"x", "w"}, {"scores"}, {}, "scores"),
                                          node("Add", {"scores", "mask"}, {"masked"}, {}, "add"),
                                          node("Softmax", {"masked"}, {"y"}, {intAttribute("axis", 1)}, "soft")},
                                         {floatTensor("w", {4, 4}, std::vector<float>(16, 0.5F)), mask},
                                         {info("x", DType::float32, {2, 4})}, {info("y", DType::float32, {2, 4})}));
  for (NumericGuard guard : {NumericGuard::warn, NumericGuard::keep}) {
    RoundTrip trip(source);
    PrecisionPolicy policy;
    policy.numericGuard = guard;
    trip.policy(policy).check();  // compared: no NaN anywhere, plain or rounded
    const std::string text = trip.text(PrecisionMode::forceFp16);
    const std::string messages = trip.messages(PrecisionMode::forceFp16);
    if (guard == NumericGuard::keep) {
      CHECK(has(text, "masked:f32 = Add(scores_cast_fp32, mask)"));
    } else {
      CHECK(has(text, "const mask:f16 = 0 0 -65504 -65504"));
      CHECK(has(messages, "warning weight-out-of-range add: "));
      CHECK(has(messages, "mask"));
    }
  }
}

TEST_CASE("a mask of -inf stays -inf") {
  const std::string mask = floatTensor("mask", {4}, {0, -kInfinity, 0, -kInfinity});
  RoundTrip trip(model(graph(
      {node("Add", {"x", "mask"}, {"a"}, {}, "add"), node("Softmax", {"a"}, {"y"}, {intAttribute("axis", 0)}, "soft")},
      {mask}, {info("x", DType::float32, {4})}, {info("y", DType::float32, {4})})));
  trip.check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), halves({0, 0xFC00, 0, 0xFC00})));
}

TEST_CASE("without weight_clip what is beyond the range becomes infinite") {
  RoundTrip trip(model(
      graph({node("Where", {"c", "w", "x"}, {"y"}, {}, "where")}, {floatTensor("w", {3}, {65520, -1e9F, 65519.996F})},
            {info("c", DType::boolean, {1}), info("x", DType::float32, {1})}, {info("y", DType::float32, {3})})));
  PrecisionPolicy policy;
  policy.weightClip = false;
  trip.policy(policy).notCompared().check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), halves({0x7C00, 0xFC00, 0x7BFF})));
}

TEST_CASE("constants without elements and scalars are converted like others") {
  RoundTrip trip(model(graph({node("Concat", {"x", "none"}, {"a"}, {intAttribute("axis", 0)}, "concat"),
                              node("Mul", {"a", "scalar"}, {"y"}, {}, "mul")},
                             {floatTensor("none", {0}, {}), floatTensor("scalar", {}, {0.5F})},
                             {info("x", DType::float32, {4})}, {info("y", DType::float32, {4})})));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const scalar:f16 = 0.5"));
}

TEST_CASE("contents in typed fields come out as the same numbers") {
  // float_data; int32_data for float16 is written by some exporters.
  const std::string typed = Proto().number(1, 2).number(2, 1).text(4, floatBytes({0.5F, 65504})).text(8, "w");
  RoundTrip trip(model(graph({node("Mul", {"x", "w"}, {"y"}, {}, "mul")}, {typed}, {info("x", DType::float32, {2})},
                             {info("y", DType::float32, {2})})));
  trip.tolerance(1.0 / 64).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f16 = 0.5 65504"));
}

}  // namespace precast
