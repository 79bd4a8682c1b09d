// Weights in files beside the model: converted, not relabelled, and written to a file of the output's own.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kX = info("x", DType::float32, {64, 64});
const std::string kY = info("y", DType::float32, {64, 64});

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

// 64 x 64 numbers that float16 holds exactly, so that nothing but a wrong offset or dtype can change them.
std::string weights(float first) {
  std::vector<float> values;
  for (int i = 0; i < 4096; ++i) values.push_back(first + static_cast<float>(i % 61) / 64);
  return floatBytes(values);
}

std::string halvesOf(const std::string& floats) {
  std::string out(floats.size() / 2, '\0');
  ConversionStats stats;
  convertElements(DType::float32, reinterpret_cast<const std::byte*>(floats.data()), DType::float16,
                  reinterpret_cast<std::byte*>(out.data()), out.size() / 2, Overflow::saturate, stats);
  return out;
}

std::string external(const char* name, const Entries& entries) {
  return externalTensor(name, DType::float32, {64, 64}, entries);
}

// y = (x * u) * v, both weights outside the model.
std::string twoWeights(const Entries& u, const Entries& v) {
  return model(graph({node("MatMul", {"x", "u"}, {"a"}, {}, "first"), node("MatMul", {"a", "v"}, {"y"}, {}, "second")},
                     {external("u", u), external("v", v)}, {kX}, {kY}));
}

Entries at(const char* file, std::uint64_t offset) {
  return {{"location", file}, {"offset", std::to_string(offset)}, {"length", "16384"}};
}

std::string dataOf(const RoundTrip& trip, PrecisionMode mode) { return readBytes(trip.path(mode) + ".data"); }

}  // namespace

TEST_CASE("weights outside the model are converted and not relabelled (onnxconverter-common#308, onnx#3588)") {
  const std::string u = weights(-0.5F);
  const std::string v = weights(0.25F);
  RoundTrip trip(twoWeights(at("model.data", 0), at("model.data", 16384)));
  trip.file("model.data", u + v).tolerance(0.1).check();
  const std::string data = dataOf(trip, PrecisionMode::forceFp16);
  CHECK(data.substr(0, 8192) == halvesOf(u));
  CHECK(data.substr(8192) == halvesOf(v));
  CHECK(dataOf(trip, PrecisionMode::mustKeepOriginDtype) == u + v);
  CHECK_FALSE(has(trip.bytes(PrecisionMode::forceFp16), "model.data"));
}

TEST_CASE("many data files, gaps, odd offsets and a missing length all lead to the same weights (onnxruntime#15063)") {
  const std::string u = weights(-0.5F);
  const std::string v = weights(0.25F);
  RoundTrip many(twoWeights(at("u.bin", 0), {{"location", "sub/v.bin"}}));
  many.file("u.bin", u).file("sub/v.bin", v).tolerance(0.1).check();
  CHECK(has(dataOf(many, PrecisionMode::forceFp16), halvesOf(u)));
  CHECK(has(dataOf(many, PrecisionMode::forceFp16), halvesOf(v)));
  RoundTrip gaps(twoWeights(at("model.data", 4096), at("model.data", 4096 + 16384 + 3)));
  gaps.file("model.data", std::string(4096, '?') + u + "???" + v + "tail").tolerance(0.1).check();
  CHECK(has(dataOf(gaps, PrecisionMode::forceFp16), halvesOf(v)));
}

TEST_CASE("two tensors that share bytes are written as two") {
  const std::string u = weights(-0.5F);
  RoundTrip trip(twoWeights(at("model.data", 0), at("model.data", 0)));
  trip.file("model.data", u).tolerance(0.1).check();
  CHECK(dataOf(trip, PrecisionMode::forceFp16).size() == 2 * 8192);
}

TEST_CASE("one external weight at two precisions is written at both") {
  const std::string w = weights(-0.5F);
  RoundTrip trip(model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "white"),
                              node("Softmax", {"w"}, {"b"}, {}, "black"), node("Add", {"a", "b"}, {"y"}, {}, "add")},
                             {external("w", at("model.data", 0))}, {kX}, {kY})));
  trip.file("model.data", w).tolerance(0.1).check();
  const std::string data = dataOf(trip, PrecisionMode::allowMixPrecision);
  CHECK(has(data, w));
  CHECK(has(data, halvesOf(w)));
}

TEST_CASE("an external weight of a body and one of a Constant node") {
  const std::string w = weights(-0.5F);
  const std::string inner = graph({node("MatMul", {"x", "w"}, {"t"}, {}, "in")}, {external("w", at("model.data", 0))},
                                  {}, {info("t", DType::float32, {64, 64})});
  const std::string other =
      graph({node("Relu", {"x"}, {"e"}, {}, "relu")}, {}, {}, {info("e", DType::float32, {64, 64})});
  RoundTrip trip(model(
      graph({node("If", {"c"}, {"y"}, {graphAttribute("then_branch", inner), graphAttribute("else_branch", other)})},
            {}, {kX, info("c", DType::boolean, {})}, {kY})));
  trip.feed({floats({64, 64}, std::vector<float>(4096, 0.125F)), flag(true)});
  trip.file("model.data", w).tolerance(0.1).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const w:f16"));
}

TEST_CASE("an external weight that is a graph output, and one that nobody reads") {
  const std::string u = weights(-0.5F);
  const std::string v = weights(0.25F);
  RoundTrip trip(model(graph({node("MatMul", {"x", "u"}, {"y"}, {}, "mul")},
                             {external("u", at("model.data", 0)), external("v", at("model.data", 16384))}, {kX},
                             {kY, info("u", DType::float32, {64, 64})})));
  trip.file("model.data", u + v).tolerance(0.1).check();
  CHECK(has(dataOf(trip, PrecisionMode::forceFp16), u));
  CHECK(has(dataOf(trip, PrecisionMode::forceFp16), halvesOf(u)));
  CHECK(has(dataOf(trip, PrecisionMode::forceFp16), v));
}

TEST_CASE("offsets beyond 4 GiB are read where they are") {
  // A sparse file: it takes the room of its two ends.
  const ScratchFolder scratch;
  const std::string u = weights(-0.5F);
  const std::uint64_t far = (std::uint64_t{5} << 30) + 4096;
  std::ofstream(scratch.file("model.data"), std::ios::binary) << u;
  std::filesystem::resize_file(scratch.file("model.data"), far);
  std::ofstream(scratch.file("model.data"), std::ios::binary | std::ios::app) << weights(0.25F);
  std::ofstream(scratch.file("model.onnx"), std::ios::binary) << twoWeights(at("model.data", 0), at("model.data", far));
  const absl::StatusOr<onnx::Model> source = onnx::readFile(scratch.file("model.onnx"));
  INFO(source.status());
  REQUIRE(source.ok());
  const absl::StatusOr<CompileResult> result = compile(source->graph);
  REQUIRE(result.ok());
  REQUIRE(onnx::writeFile(*result, *source->source, scratch.file("out.onnx")).ok());
  CHECK((readBytes(scratch.file("out.onnx.data")) == halvesOf(u) + halvesOf(weights(0.25F))));
}

}  // namespace precast
