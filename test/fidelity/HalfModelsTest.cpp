// Models that are 16-bit already, wholly or in part, and dtypes that no policy touches.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"
#include "e2e/Tensors.h"

namespace precast {
namespace {

using namespace test;

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;
constexpr DType b16 = DType::bfloat16;

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

// 0.5 -1 2 0.25
std::string weight(const char* name, DType dtype) {
  if (dtype == f16) return rawTensor(name, dtype, {2, 2}, {"\0\x38\0\xbc\0\x40\0\x34", 8});
  if (dtype == b16) return rawTensor(name, dtype, {2, 2}, {"\0\x3f\x80\xbf\0\x40\x80\x3e", 8});
  return floatTensor(name, {2, 2}, {0.5F, -1, 2, 0.25F});
}

std::string cast(const char* from, const char* to, DType dtype) {
  return node("Cast", {from}, {to}, {intAttribute("to", static_cast<std::int64_t>(dtype))}, std::string("cast_") + to);
}

std::string square(const char* name, DType dtype) { return info(name, dtype, {2, 2}); }

}  // namespace

TEST_CASE("a model that is float16 throughout stays so where the mode lets it (onnxconverter-common#276)") {
  RoundTrip trip(model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Relu", {"a"}, {"y"}, {}, "relu")},
                             {weight("w", f16)}, {square("x", f16)}, {square("y", f16)})));
  trip.check();
  for (PrecisionMode mode :
       {PrecisionMode::forceFp16, PrecisionMode::allowFp32ToFp16, PrecisionMode::allowMixPrecision}) {
    CAPTURE(toString(mode));
    CHECK_FALSE(has(trip.text(mode), "Cast"));
  }
  CHECK(has(trip.text(PrecisionMode::forceFp32), "a:f32 = MatMul(x_cast_fp32, w)"));
}

TEST_CASE("a model that is float16 in part is completed without a second Cast anywhere (onnxconverter-common#307)") {
  // What a converter leaves: float32 borders, Casts inside, one operator blocked.
  RoundTrip trip(model(graph({cast("x", "h", f16), node("MatMul", {"h", "w"}, {"a"}, {}, "mul"), cast("a", "s", f32),
                              node("Softmax", {"s"}, {"p"}, {}, "blocked"), cast("p", "q", f16),
                              node("Add", {"q", "w"}, {"b"}, {}, "add"), cast("b", "y", f32)},
                             {weight("w", f16)}, {square("x", f32)}, {square("y", f32)})));
  trip.check();
  // Forced, the blocked operator takes what there is and its two Casts go.
  CHECK(has(trip.text(PrecisionMode::forceFp16), "p:f16 = Softmax(a)"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "Add(p, w)"));
}

TEST_CASE("an output of every mode goes through every mode (onnxconverter-common#276)") {
  const std::string source =
      model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Softmax", {"a"}, {"b"}, {}, "soft"),
                   node("Add", {"b", "w"}, {"y"}, {}, "add")},
                  {weight("w", f32)}, {square("x", f32)}, {square("y", f32)}));
  RoundTrip first(source);
  first.targets({"onnx"}).check();
  for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::allowMixPrecision}) {
    CAPTURE(toString(mode));
    RoundTrip(first.bytes(mode)).targets({"onnx"}).check();
  }
}

TEST_CASE("a bfloat16 model is widened, narrowed or kept, and never relabelled") {
  RoundTrip trip(model(graph({cast("x", "h", b16), node("MatMul", {"h", "w"}, {"a"}, {}, "mul"),
                              node("Add", {"a", "w"}, {"b"}, {}, "add"), cast("b", "y", f32)},
                             {weight("w", b16)}, {square("x", f32)}, {square("y", f32)})));
  trip.targets({"onnx", "ascend910b"}).notRun().check();
  CHECK(has(trip.text(PrecisionMode::mustKeepOriginDtype), "const w:bf16"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f16 = 0.5 -1 2 0.25"));
  CHECK(has(trip.text(PrecisionMode::forceFp32), "const w:f32 = 0.5 -1 2 0.25"));
}

TEST_CASE("a double model is left alone in every mode") {
  std::string bytes;
  for (double value : {0.5, -1.0, 2.0, 0.25}) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  const std::string source = model(graph(
      {node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Softmax", {"a"}, {"y"}, {}, "soft")},
      {rawTensor("w", DType::float64, {2, 2}, bytes)}, {square("x", DType::float64)}, {square("y", DType::float64)}));
  RoundTrip trip(source);
  trip.targets({"onnx"}).check();
  for (PrecisionMode mode : allPrecisionModes()) CHECK((trip.bytes(mode) == source));
}

TEST_CASE("a QDQ model keeps its integers, and its scales stay with the float32 that quantized them") {
  // From version 23 on the schema has a dtype each for x, for the scale and for what is dequantized; the engine's
  // kernels want one for all.
  for (std::int64_t version : {13, 19, 21, 23, 24, 25}) {
    CAPTURE(version);
    const std::string integers = rawTensor("wq", DType::int8, {2, 2}, {"\1\xfe\3\4", 4});
    RoundTrip trip(
        model(graph({node("Relu", {"x"}, {"r"}, {}, "relu"), node("QuantizeLinear", {"r", "sx", "zx"}, {"xq"}, {}, "q"),
                     node("DequantizeLinear", {"xq", "sx", "zx"}, {"xd"}, {}, "dq"),
                     node("DequantizeLinear", {"wq", "sw", "zw"}, {"wd"}, {}, "dw"),
                     node("MatMul", {"xd", "wd"}, {"y"}, {}, "mul")},
                    {floatTensor("sx", {}, {0.02F}), rawTensor("zx", DType::uint8, {}, "\x80"), integers,
                     floatTensor("sw", {}, {0.1F}), rawTensor("zw", DType::int8, {}, std::string(1, '\0'))},
                    {square("x", f32)}, {square("y", f32)}),
              9, {opset(version)}));
    // A step of the quantized scale is 0.02.
    trip.targets({"onnx", "ort-cpu"}).tolerance(0.03).check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "r:f16 = Relu(x_cast_fp16)"));
    CHECK(has(trip.text(PrecisionMode::forceFp16), "xd:f32 = DequantizeLinear("));
    CHECK(has(trip.text(PrecisionMode::forceFp16), "const sx:f32 = 0.02"));
    CHECK(has(trip.text(PrecisionMode::forceFp16), "const wq:int8"));
  }
}

TEST_CASE("an integer model has nothing to decide and comes out byte for byte") {
  const std::string source = model(graph({node("MatMulInteger", {"x", "x"}, {"y"}, {}, "mul")}, {},
                                         {square("x", DType::uint8)}, {square("y", DType::int32)}));
  RoundTrip trip(source);
  trip.check();
  for (PrecisionMode mode : allPrecisionModes()) {
    if (mode != PrecisionMode::allowFp32ToBf16 && mode != PrecisionMode::allowMixPrecisionBf16) {
      CHECK((trip.bytes(mode, "ascend310") == source));
    }
    CHECK((trip.bytes(mode) == source));
  }
}

}  // namespace precast
