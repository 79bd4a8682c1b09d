// Numbers among a node's attributes that float16 cannot hold: as constants, by the table of precision-semantics,
// section 9.
#include "passes/AttributeConstants.h"

#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "ModelBuilder.h"
#include "Setup.h"

namespace precast {
namespace {

using namespace test;
using namespace test::modes;

const std::string kShape = intsAttribute("shape", {2});

// "r", made by `maker`, into `reader`, which makes "y" of it and of x.
std::string withReader(const std::string& maker, const std::string& reader, const Messages& others = {}) {
  Messages nodes{maker, reader};
  nodes.insert(nodes.end(), others.begin(), others.end());
  return model(graph(nodes, {longTensor("s", {1}, {2})},
                     {info("x"), info("b", DType::boolean, {2}), info("h", DType::float16)}, {info("y")}),
               8, {opset(17)});
}

std::string random(const char* op, const Messages& attributes) {
  const bool isLike = std::string(op).find("Like") != std::string::npos;
  Messages all = attributes;
  if (!isLike) all.push_back(kShape);
  return node(op, isLike ? Names{"x"} : Names{}, {"r"}, all, "r");
}

std::string filled(float value) {
  return node("ConstantOfShape", {"s"}, {"r"}, {tensorAttribute("value", floatTensor("", {1}, {value}))}, "r");
}

const std::string kMul = node("Mul", {"x", "r"}, {"y"}, {}, "y");

std::string messages(const std::string& bytes, NumericGuard guard = NumericGuard::warn, PrecisionMode mode = kForce16) {
  const onnx::Model model = modelOf(bytes);
  CompileOptions options;
  options.policy.mode = mode;
  options.policy.numericGuard = guard;
  std::string lines;
  options.diagnostics = [&](const Diagnostic& message) {
    CHECK(message.node == static_cast<NodeId>(0));
    lines += std::string(toString(message.severity)) + " " + std::string(message.id) + " " + message.nodeName + ": " +
             message.message + "\n";
  };
  CHECK(plan(model.graph, options).ok());
  return lines;
}

// The dtypes of the nodes under the guard on keep, and why.
std::string kept(const std::string& bytes, const char* nodes, PrecisionMode mode = kForce16) {
  Setup setup(*Target::builtin("onnx"), mode, 17);
  setup.options.policy.numericGuard = NumericGuard::keep;
  const onnx::Model model = modelOf(bytes);
  const std::string compiled = setup.compiled(model.graph);  // and compiles to itself
  CHECK_FALSE(compiled.empty());
  return setup.decided(model.graph, nodes);
}

TEST_CASE("parameters of random numbers that float16 cannot hold are warned about with node and attribute") {
  CHECK(messages(withReader(random("RandomNormal", {floatAttribute("scale", 1e6F)}), kMul)) ==
        "warning weight-out-of-range r: node 'r' (RandomNormal): attribute 'scale' is 1000000, beyond the range of "
        "float16, in which its result becomes infinite\n");
  CHECK(messages(withReader(random("RandomNormalLike", {floatAttribute("scale", 0x1p-30F)}), kMul)) ==
        "warning constant-vanishes r: node 'r' (RandomNormalLike): attribute 'scale' is 9.313225746154785e-10, which "
        "is zero in float16\n");
  struct Row {
    const char* op;
    Messages attributes;
    const char* attribute;  // that is named; "" if none is
  };
  const float inf = std::numeric_limits<float>::infinity();
  const Row rows[] = {
      {"RandomNormal", {}, ""},
      {"RandomNormal", {floatAttribute("mean", -70000)}, "'mean' is -70000"},
      {"RandomNormal", {floatAttribute("mean", 65519)}, ""},
      {"RandomNormal", {floatAttribute("mean", 65520)}, "'mean' is 65520"},
      {"RandomNormal", {floatAttribute("mean", 1e-9F)}, ""},
      {"RandomNormal", {floatAttribute("mean", 70000), floatAttribute("scale", 1e6F)}, "'scale' is 1000000"},
      {"RandomNormal", {floatAttribute("scale", 0)}, ""},
      {"RandomNormal", {floatAttribute("scale", inf)}, ""},
      {"RandomNormalLike", {floatAttribute("mean", 1e6F)}, "'mean' is 1000000"},
      {"RandomUniform", {floatAttribute("high", 1e6F)}, "'high' is 1000000"},
      {"RandomUniform", {floatAttribute("low", -1e6F)}, "'low' is -1000000"},
      {"RandomUniform", {floatAttribute("low", 1e-9F)}, ""},  // 0 to 1, but for that
      {"RandomUniform", {floatAttribute("high", 0x1p-30F)}, "'high' is 9.313225746154785e-10, which is zero"},
      {"RandomUniform", {floatAttribute("low", -1), floatAttribute("high", 1e-9F)}, ""},
      {"RandomUniformLike", {floatAttribute("low", -1e9F)}, "'low' is -1000000000"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.op, row.attribute);
    const std::string bytes = withReader(random(row.op, row.attributes), kMul);
    const std::string said = messages(bytes);
    CHECK(said.empty() == std::string(row.attribute).empty());
    CHECK_THAT(said, Catch::Contains(row.attribute));
    CHECK(messages(bytes, NumericGuard::off).empty());
    CHECK(messages(bytes, NumericGuard::warn, kForce32).empty());
    // The node is float32, unless nothing is lost but what vanishes, as of any constant.
    const bool keeps = !said.empty() && said.find("zero in float16") == std::string::npos;
    CHECK(messages(bytes, NumericGuard::keep).empty() == (said.empty() || keeps));
    CHECK((kept(bytes, "r").find("f32") != std::string::npos) == keeps);
  }
  // The model's own float16.
  CHECK(messages(withReader(random("RandomNormal", {floatAttribute("scale", 1e6F), intAttribute("dtype", 10)}),
                            node("Cast", {"r"}, {"y"}, {intAttribute("to", 1)})))
            .empty());
}

TEST_CASE("keep keeps what is made of an attribute beyond the range, and whoever reads it as more than a bound") {
  const std::string big = random("RandomNormal", {floatAttribute("scale", 1e6F)});
  CHECK(kept(withReader(big, kMul), "r, y") == "-> f32; f32 f32 -> f32");
  CHECK(kept(withReader(filled(-1e30F), kMul), "r, y") == "i64 -> f32; f32 f32 -> f32");
  CHECK(kept(withReader(filled(-60000), kMul), "r, y") == "i64 -> f16; f16 f16 -> f16");
  CHECK(kept(withReader(filled(-std::numeric_limits<float>::infinity()), kMul), "r, y") ==
        "i64 -> f16; f16 f16 -> f16");
  // As constants do, a bound saturates; beside another reader it would become infinite in a Cast.
  const std::string where = node("Where", {"b", "x", "r"}, {"y"}, {}, "y");
  CHECK(kept(withReader(filled(-1e30F), where), "r, y") == "i64 -> f16; bool f16 f16 -> f16");
  CHECK(kept(withReader(filled(-1e30F), where, {node("Mul", {"y", "r"}, {"z"}, {}, "z")}), "r, y") ==
        "i64 -> f32; bool f32 f32 -> f32");
  // A product with it is beyond the range too.
  CHECK(kept(withReader(filled(-1e30F), node("Mul", {"x", "r"}, {"m"}, {}, "m"),
                        {node("Softmax", {"m"}, {"y"}, {}, "y")}),
             "r, m, y") == "i64 -> f32; f32 f32 -> f32; f32 -> f32");
  // Nothing is lost in bfloat16, and nothing is lowered by must_keep_origin_dtype.
  CHECK(kept(withReader(filled(-1e30F), kMul), "r", PrecisionMode::mustKeepOriginDtype) == "i64 -> f32");
  Setup setup(*Target::builtin("onnx"), kForce16, 17);
  setup.options.policy.numericGuard = NumericGuard::keep;
  const onnx::Model model = modelOf(withReader(filled(-1e30F), kMul));
  const absl::StatusOr<PrecisionPlan> decided = plan(model.graph, setup.options);
  REQUIRE(decided.ok());
  CHECK(explain(model.graph, *decided, static_cast<NodeId>(0)) ==
        "r is float32: a constant is beyond the range of float16 (value)");
  CHECK(explain(model.graph, *decided, static_cast<NodeId>(1)) ==
        "y is float32: a constant is beyond the range of float16 (r), because of r; r is float32: a constant is beyond "
        "the range of float16 (value)");
}

TEST_CASE("a bound that is random is a note") {
  const std::string big = random("RandomUniform", {floatAttribute("high", 1e6F)});
  CHECK_THAT(messages(withReader(big, node("Min", {"x", "r"}, {"y"}))),
             Catch::StartsWith("note weight-out-of-range r"));
}

}  // namespace
}  // namespace precast
