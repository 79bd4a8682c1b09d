// Resize and Upsample: the picture may be float16, scales and roi may not.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

const std::string kScales = floatTensor("scales", {4}, {1, 1, 2, 2});
const std::string kRoi = floatTensor("roi", {8}, {0, 0, 0, 0, 1, 1, 1, 1});

std::string picture(const char* name, std::int64_t extent = 4) {
  return info(name, DType::float32, {1, 2, extent, extent});
}

// Relu, the node, Relu.
std::string around(std::int64_t version, const std::string& node, const Messages& initializers) {
  return model(graph({test::node("Relu", {"x"}, {"a"}), node, test::node("Relu", {"b"}, {"y"})}, initializers,
                     {picture("x")}, {picture("y", 8)}),
               8, {opset(version)});
}

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("Resize takes float16 data and float32 scales (onnxruntime#1782, onnxruntime#8327, onnxruntime#14827)") {
  const std::string mode = textAttribute("mode", "linear");
  for (std::int64_t version : {10, 11, 13, 18, 19}) {
    CAPTURE(version);
    // At opset 11 roi must be there and is empty; from 13 on it may be left out.
    const Names inputs = version == 10   ? Names{"a", "scales"}
                         : version == 11 ? Names{"a", "noRoi", "scales"}
                                         : Names{"a", "", "scales"};
    const Messages constants = version == 11 ? Messages{kScales, floatTensor("noRoi", {0}, {})} : Messages{kScales};
    RoundTrip trip(around(version, node("Resize", inputs, {"b"}, {mode}, "resize"), constants));
    trip.check();
    const std::string text = trip.text(PrecisionMode::forceFp16);
    CHECK(has(text, "const scales:f32 = 1 1 2 2\n"));
    CHECK(has(text, "b:f16 = Resize(a, "));
    CHECK(has(text, "scales)\n"));
  }
}

TEST_CASE("Resize with roi keeps roi and scales (onnxconverter-common#306)") {
  const Messages attributes{textAttribute("mode", "linear"),
                            textAttribute("coordinate_transformation_mode", "tf_crop_and_resize")};
  for (std::int64_t version : {11, 13, 18, 19}) {
    CAPTURE(version);
    RoundTrip trip(
        around(version, node("Resize", {"a", "roi", "scales"}, {"b"}, attributes, "resize"), {kRoi, kScales}));
    trip.check();
    const std::string text = trip.text(PrecisionMode::forceFp16);
    CHECK(has(text, "const roi:f32"));
    CHECK(has(text, "const scales:f32"));
    CHECK(has(text, "b:f16 = Resize(a, roi, scales)"));
  }
}

TEST_CASE("Resize by sizes, with roi and scales left out or empty, stays valid") {
  const std::string sizes = longTensor("sizes", {4}, {1, 2, 8, 8});
  for (std::int64_t version : {11, 13, 18}) {
    CAPTURE(version);
    if (version > 11) RoundTrip(around(version, node("Resize", {"a", "", "", "sizes"}, {"b"}), {sizes})).check();
    // As exporters write it: one empty constant in both places.
    const std::string nothing = floatTensor("nothing", {0}, {});
    RoundTrip(around(version, node("Resize", {"a", "nothing", "nothing", "sizes"}, {"b"}), {sizes, nothing})).check();
  }
}

TEST_CASE("scales that are computed in the graph reach Resize as float32") {
  // Half the graph computes scales by float arithmetic, which the force modes lower and raise again.
  const Messages nodes{node("Mul", {"s", "two"}, {"scales"}, {}, "double"), node("Relu", {"x"}, {"a"}),
                       node("Resize", {"a", "", "scales"}, {"y"}, {}, "resize")};
  RoundTrip trip(model(
      graph(nodes, {floatTensor("two", {1}, {2})}, {picture("x"), info("s", DType::float32, {4})}, {picture("y", 8)}),
      8, {opset(13)}));
  trip.feed({floats({1, 2, 4, 4}, std::vector<float>(32, 0.5F)), floats({4}, {0.5F, 0.5F, 1, 1})}).check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "y_fp16:f16 = Resize(a, -, scales_cast_fp32)"));
}

TEST_CASE("Upsample's scales stay float32, as attribute and as input") {
  const std::string mode = textAttribute("mode", "nearest");
  RoundTrip(around(7, node("Upsample", {"a"}, {"b"}, {mode, floatsAttribute("scales", {1, 1, 2, 2})}), {})).check();
  RoundTrip trip(around(9, node("Upsample", {"a", "scales"}, {"b"}, {mode}), {kScales}));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "b:f16 = Upsample(a, scales)"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "const scales:f32"));
}

}  // namespace precast
