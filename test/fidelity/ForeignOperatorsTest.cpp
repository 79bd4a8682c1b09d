// What precast does not know, or may not touch: other domains, sequences, optionals, maps; and what it has to copy.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {2, 4});
const std::string kY = info("y", DType::float32, {2, 4});
const std::string kWeight = floatTensor("w", {4, 4}, std::vector<float>(16, 0.25F));

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

Messages withDomain(const char* domain) { return {opset(17), opset(1, domain)}; }

}  // namespace

TEST_CASE("a custom operator with a value_info keeps its dtypes, with Casts around it") {
  RoundTrip trip(model(
      graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Mystery", {"a"}, {"b"}, {}, "mystery", "my.domain"),
             node("Add", {"b", "a"}, {"y"}, {}, "add")},
            {kWeight}, {kX}, {kY}, {info("b", DType::float32, {2, 4})}),
      8, withDomain("my.domain")));
  trip.targets({"onnx"}).notRun().check();
  const std::string text = trip.text(PrecisionMode::forceFp16);
  CHECK(has(text, "b:f32 = Mystery(a_cast_fp32)"));
  CHECK(has(text, "Add(b_cast_fp16, a)"));
  CHECK(has(trip.messages(PrecisionMode::forceFp16), "warning unknown-op mystery: "));
}

TEST_CASE("a custom operator of unknown dtype has no Cast behind it and its readers keep their dtypes") {
  RoundTrip trip(model(
      graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node("Mystery", {"a"}, {"b"}, {}, "mystery", "my.domain"),
             node("Relu", {"b"}, {"c"}, {}, "relu"), node("Cast", {"c"}, {"y"}, {intAttribute("to", 1)}, "to")},
            {kWeight}, {kX}, {kY}),
      8, withDomain("my.domain")));
  trip.targets({"onnx"}).notRun().check();
  CHECK_FALSE(has(trip.text(PrecisionMode::forceFp16), "Cast(b)"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "Mystery(a_cast_fp32)"));
}

TEST_CASE("a custom operator's weights keep the dtype that it was given them in") {
  RoundTrip trip(model(graph({node("Mystery", {"x", "w"}, {"b"}, {}, "mystery", "my.domain"),
                              node("MatMul", {"b", "w"}, {"y"}, {}, "mul")},
                             {kWeight}, {kX}, {kY}, {info("b", DType::float32, {2, 4})}),
                       8, withDomain("my.domain")));
  trip.targets({"onnx"}).notRun().check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "Mystery(x, w)"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "MatMul(b_cast_fp16, w_fp16)"));
}

TEST_CASE("operators of com.microsoft have schemas and run") {
  for (const char* op : {"Gelu", "QuickGelu"}) {
    CAPTURE(op);
    RoundTrip(
        model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "mul"), node(op, {"a"}, {"b"}, {}, "gelu", "com.microsoft"),
                     node("Add", {"b", "a"}, {"y"}, {}, "add")},
                    {kWeight}, {kX}, {kY}),
              8, withDomain("com.microsoft")))
        .targets({"onnx"})
        .noKernel(op)
        .check();
  }
}

TEST_CASE("ai.onnx.ml operators and maps pass through") {
  RoundTrip(
      model(graph({node("Relu", {"x"}, {"a"}),
                   node("Scaler", {"a"}, {"y"}, {floatsAttribute("offset", {0.5F}), floatsAttribute("scale", {2})},
                        "scaler", "ai.onnx.ml")},
                  {}, {kX}, {kY}),
            8, {opset(17), opset(3, "ai.onnx.ml")}))
      .targets({"onnx"})
      .check();
  // ZipMap makes a sequence of maps of float32 and there is no such thing of float16.
  Proto labels;
  labels.text(1, "classlabels_int64s");
  for (int i = 0; i < 4; ++i) labels.number(8, i);
  const std::string map = Proto().number(1, 7).text(2, std::string(Proto().text(1, std::string(Proto().number(1, 1)))));
  const std::string sequence = Proto().text(1, std::string(Proto().text(5, map)));
  const std::string z = Proto().text(1, "z").text(2, std::string(Proto().text(4, sequence)));
  RoundTrip trip(model(graph({node("Softmax", {"x"}, {"a"}, {}, "soft"),
                              node("ZipMap", {"a"}, {"z"}, {labels.number(20, 7)}, "zip", "ai.onnx.ml")},
                             {}, {kX}, {z}),
                       8, {opset(13), opset(1, "ai.onnx.ml")}));
  trip.targets({"onnx"}).notRun().check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "ZipMap(a_cast_fp32)"));
}

TEST_CASE("sequences as graph inputs and outputs keep what they hold") {
  const std::string element = Proto().text(1, std::string(Proto().number(1, 1)));
  const auto sequence = [&](const char* name) {
    return std::string(
        Proto().text(1, name).text(2, std::string(Proto().text(4, std::string(Proto().text(1, element))))));
  };
  RoundTrip trip(
      model(graph({node("SequenceAt", {"s", "i"}, {"a"}, {}, "at"), node("Relu", {"a"}, {"b"}, {}, "relu"),
                   node("SequenceInsert", {"s", "b"}, {"t"}, {}, "insert")},
                  {longTensor("i", {}, {0})}, {sequence("s")}, {sequence("t")}, {info("a", DType::float32, {2, 4})})));
  trip.notRun().check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "SequenceInsert(s, b_cast_fp32)"));
}

TEST_CASE("doc strings, metadata, quantization annotations, training info and unknown fields are copied through") {
  const std::string training = Proto().text(1, graph({}, {}, {}, {}));
  const std::string annotation =
      Proto().text(1, "w").text(2, std::string(Proto().text(1, "SCALE_TENSOR").text(2, "w")));
  const std::string property = Proto().text(1, "key").text(2, "value");
  const std::string relu =
      Proto().raw(node("Relu", {"a"}, {"y"})).text(6, "a node's doc").text(9, property).text(60, "unknown");
  const std::string mul = Proto().raw(node("MatMul", {"x", "w"}, {"a"}, {}, "mul")).text(6, "converted node's doc");
  const std::string weight = Proto().raw(kWeight).text(12, "a tensor's doc");
  const std::string body =
      Proto().raw(graph({mul, relu}, {weight}, {kX}, {kY})).text(10, "a graph's doc").text(14, annotation);
  const std::string source = Proto()
                                 .raw(model(body))
                                 .text(2, "producer")
                                 .text(3, "1.0")
                                 .text(4, "domain")
                                 .number(5, 7)
                                 .text(6, "a model's doc")
                                 .text(14, property)
                                 .text(20, training)
                                 .text(99, "unknown");
  RoundTrip trip(source);
  trip.check();
  const std::string bytes = trip.bytes(PrecisionMode::forceFp16);
  for (const char* kept : {"a node's doc", "converted node's doc", "a tensor's doc", "a graph's doc", "a model's doc",
                           "SCALE_TENSOR", "producer"}) {
    CAPTURE(kept);
    CHECK(has(bytes, kept));
  }
  CHECK(has(bytes, std::string(Proto().text(20, training))));
  CHECK(has(bytes, std::string(Proto().text(99, "unknown"))));
  CHECK(has(bytes, std::string(Proto().text(60, "unknown"))));
}

TEST_CASE("attributes keep their order and those that nobody knows stay") {
  const std::string conv = node("Conv", {"p", "k"}, {"q"},
                                {intsAttribute("pads", {1, 1, 1, 1}), textAttribute("nobody_knows", "x"),
                                 intsAttribute("kernel_shape", {3, 3}), intAttribute("group", 1)},
                                "conv");
  // The engine refuses an attribute that the schema does not have; this is about bytes alone.
  const onnx::Model source =
      modelOf(model(graph({conv}, {floatTensor("k", {1, 1, 3, 3}, std::vector<float>(9, 0.125F))},
                          {info("p", DType::float32, {1, 1, 4, 4})}, {info("q", DType::float32, {1, 1, 4, 4})})));
  const std::string bytes = compiledBytes(source);
  CHECK(bytes.find("pads") < bytes.find("nobody_knows"));
  CHECK(bytes.find("nobody_knows") < bytes.find("kernel_shape"));
  CHECK(bytes.find("kernel_shape") < bytes.find("group"));
}

}  // namespace precast
