// value_infos: missing, wrong, in bodies; and the versions that a model may have.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 2});
const std::string kY = info("y", DType::float32, {2, 2});
const std::string kWeight = floatTensor("w", {2, 2}, {0.5F, -1, 2, 0.25F});

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

Messages chain() {
  return {node("MatMul", {"x", "w"}, {"a"}, {}, "mul"),      node("Softmax", {"a"}, {"b"}, {}, "soft"),
          node("Shape", {"b"}, {"s"}, {}, "shape"),          node("Reshape", {"b", "s"}, {"r"}, {}, "reshape"),
          node("Greater", {"r", "a"}, {"g"}, {}, "greater"), node("Where", {"g", "r", "a"}, {"y"}, {}, "where")};
}

}  // namespace

TEST_CASE("a model without value_infos is inferred from the schemas") {
  RoundTrip trip(model(graph(chain(), {kWeight}, {kX}, {kY})));
  trip.feed({floats({2, 2}, {3, -2, 1, -4})}).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "g:bool = Greater(r, a)"));
}

TEST_CASE("value_infos follow their values and none is lost") {
  Messages infos;
  for (const char* name : {"a", "b", "r"}) infos.push_back(info(name, DType::float32, {2, 2}));
  infos.push_back(info("s", DType::int64, {2}));
  infos.push_back(info("g", DType::boolean, {2, 2}));
  infos.push_back(info("w", DType::float32, {2, 2}));
  infos.push_back(info("nobody", DType::float32, {2, 2}));  // names nothing, and is copied
  RoundTrip trip(model(graph(chain(), {kWeight}, {kX}, {kY}, infos)));
  trip.feed({floats({2, 2}, {3, -2, 1, -4})}).check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), info("a", DType::float16, {2, 2})));
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), info("w", DType::float16, {2, 2})));
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), info("nobody", DType::float32, {2, 2})));
}

TEST_CASE("a Cast of ours may have the name of one that was removed, but not its value_info") {
  // The model's own Cast gives way in force_fp16; norm, which the guard keeps in float32, brings one of the same name.
  PrecisionPolicy keeping;
  keeping.numericGuard = NumericGuard::keep;
  for (const char* name : {"v_cast_fp32", "other"}) {
    RoundTrip trip(model(
        graph({node("Relu", {"x"}, {"v"}, {}, "relu"), node("Cast", {"v"}, {name}, {intAttribute("to", 1)}, "cast"),
               node("Exp", {name}, {"z"}, {}, "exp"),
               node("BatchNormalization", {name, "w", "w", "w", "big"}, {"y"}, {}, "norm")},
              {floatTensor("w", {2}, {0.5F, 1}), floatTensor("big", {2}, {9e7F, 1})},
              {info("x", DType::float16, {2, 2})}, {kY, info("z", DType::float32, {2, 2})},
              {info("v", DType::float16, {2, 2}), info(name, DType::float32, {2, 2})})));
    trip.policy(keeping).check();
  }
}

TEST_CASE("value_infos without a shape, without a type and of bodies follow too") {
  const std::string untyped = Proto().text(1, "b");
  const std::string inner = graph({node("Relu", {"a"}, {"t0"}, {}, "r1"), node("Relu", {"t0"}, {"t"}, {}, "r2")}, {},
                                  {}, {info("t", DType::float32, {2, 2})}, {info("t0", DType::float32, {2, 2})});
  const std::string other = graph({node("Relu", {"x"}, {"e"}, {}, "r3")}, {}, {}, {info("e", DType::float32, {2, 2})});
  RoundTrip trip(model(
      graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Relu", {"a"}, {"b"}, {}, "relu"),
             node("If", {"c"}, {"i"}, {graphAttribute("then_branch", inner), graphAttribute("else_branch", other)}),
             node("Add", {"i", "b"}, {"y"})},
            {kWeight}, {kX, info("c", DType::boolean, {})}, {kY}, {untyped})));
  trip.check();
  CHECK(has(trip.bytes(PrecisionMode::forceFp16), info("t0", DType::float16, {2, 2})));
}

TEST_CASE("a value_info that the schema contradicts is an error that names both") {
  const std::string bytes = model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Relu", {"a"}, {"y"})},
                                        {kWeight}, {kX}, {kY}, {info("a", DType::float16, {2, 2})}));
  const absl::StatusOr<onnx::Model> read = readBytesOf(bytes);
  REQUIRE_FALSE(read.ok());
  CHECK(read.status().code() == absl::StatusCode::kInvalidArgument);
  const std::string message(read.status().message());
  CHECK(has(message, "'a'"));
  CHECK(has(message, "mul"));
  CHECK(has(message, "float32"));
  CHECK(has(message, "float16"));
}

TEST_CASE("one graph at every opset from 7 to 26") {
  for (std::int64_t version = 7; version <= 26; ++version) {
    CAPTURE(version);
    // Squeeze and Softmax have changed in between.
    RoundTrip(model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"),
                           node("Softmax", {"a"}, {"b"}, {intAttribute("axis", 1)}, "soft"),
                           node("Add", {"b", "w"}, {"y"}, {}, "add")},
                          {kWeight}, {kX}, {kY}),
                    version < 14 ? 7 : 10, {opset(version)}))
        .targets({"onnx"})
        .check();
  }
}

TEST_CASE("one graph at every IR version from 3 to 13") {
  for (std::int64_t irVersion = 3; irVersion <= 13; ++irVersion) {
    CAPTURE(irVersion);
    const Messages inputs = irVersion == 3 ? Messages{kX, info("w", DType::float32, {2, 2})} : Messages{kX};
    RoundTrip(model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Relu", {"a"}, {"y"})}, {kWeight}, inputs,
                          {kY}),
                    irVersion, {opset(9)}))
        .targets({"onnx"})
        .check();
  }
}

TEST_CASE("an opset newer than the schemas is read by the newest of them, with a note") {
  std::string notes;
  onnx::ReadOptions options;
  options.diagnostics = [&](const Diagnostic& d) { notes.append(d.id).append(": ").append(d.message).append("\n"); };
  const std::string bytes =
      model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mul")}, {kWeight}, {kX}, {kY}), 13, {opset(900)});
  const onnx::Model read = modelOf(bytes, options);
  CHECK(has(notes, "900"));
  RoundTrip(bytes).targets({"onnx"}).notRun().check();
}

TEST_CASE("bfloat16 where the schema of that opset has none leaves the node in float32") {
  // MatMul has bfloat16 from 13 on.
  for (std::int64_t version : {12, 13}) {
    CAPTURE(version);
    RoundTrip trip(
        model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mul")}, {kWeight}, {kX}, {kY}), 7, {opset(version)}));
    trip.targets({"onnx"}).check();
    const std::string text = trip.text(PrecisionMode::allowMixPrecisionBf16);
    CHECK(has(text, version < 13 ? "y:f32 = MatMul(x, w)" : "y_bf16:bf16 = MatMul(x_cast_bf16, w)"));
  }
}

}  // namespace precast
