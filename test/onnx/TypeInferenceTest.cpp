#include "onnx/TypeInference.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::graph;
using test::graphAttribute;
using test::info;
using test::intAttribute;
using test::Messages;
using test::node;

std::string named(std::string_view name) { return test::Proto().text(field::kValueName, name); }

// The dtype of "y", of which no value_info says anything. Inputs: x float32, h float16, i int64, c bool, s int64.
std::string dtypeOfY(const Messages& nodes, int opset = 17, const Messages& opsets = {}) {
  Messages imports = {test::opset(opset)};
  imports.insert(imports.end(), opsets.begin(), opsets.end());
  const std::string bytes = test::model(graph(nodes, {},
                                              {info("x"), info("h", DType::float16), info("i", DType::int64),
                                               info("c", DType::boolean, {}), info("n", DType::int64, {})},
                                              {named("y")}),
                                        8, imports);
  const auto model = test::readBytesOf(bytes);
  if (!model.ok()) return std::string(model.status().message());
  return std::string(toString(model->graph.dtype(test::valueNamed(model->graph, "y"))));
}

const std::string kUnknown = node("Mine", {"x"}, {"u"}, {}, "", "own");
const Messages kOwn = {test::opset(1, "own")};

TEST_CASE("dtypes that no value_info states follow from schemas, attributes and defaults") {
  const struct {
    const char* what;
    Messages nodes;
    const char* dtype;
  } rows[] = {
      {"a tied operand", {node("Relu", {"h"}, {"y"})}, "float16"},
      {"a fixed operand", {node("Shape", {"h"}, {"y"})}, "int64"},
      {"a chain", {node("Relu", {"h"}, {"a"}), node("Neg", {"a"}, {"b"}), node("Exp", {"b"}, {"y"})}, "float16"},
      {"the second input decides", {node("Where", {"c", "h", "h"}, {"y"})}, "float16"},
      {"Cast", {node("Cast", {"x"}, {"y"}, {intAttribute("to", 11)})}, "float64"},
      {"CastLike", {node("CastLike", {"x", "h"}, {"y"})}, "float16"},
      {"ConstantOfShape by default", {node("ConstantOfShape", {"i"}, {"y"})}, "float32"},
      {"ConstantOfShape by its value",
       {node("ConstantOfShape", {"i"}, {"y"},
             {test::tensorAttribute("value", test::rawTensor("", DType::float16, {1}, std::string(2, '\0')))})},
       "float16"},
      {"EyeLike of its input", {node("EyeLike", {"h"}, {"y"})}, "float16"},
      {"EyeLike of its attribute", {node("EyeLike", {"h"}, {"y"}, {intAttribute("dtype", 1)})}, "float32"},
      {"RandomNormal by default", {node("RandomNormal", {}, {"y"})}, "float32"},
      {"what a sequence holds",
       {node("SequenceConstruct", {"h", "h"}, {"q"}), node("SequenceAt", {"q", "n"}, {"y"})},
       "float16"},
      {"what a grown sequence holds",
       {node("SequenceEmpty", {}, {"q"}, {intAttribute("dtype", 10)}), node("SequenceInsert", {"q", "h"}, {"r"}),
        node("ConcatFromSequence", {"r"}, {"y"}, {intAttribute("axis", 0)})},
       "float16"},
      {"a sequence itself", {node("SplitToSequence", {"h"}, {"y"})}, "sequence"},
      {"what an optional holds", {node("Optional", {"h"}, {"o"}), node("OptionalGetElement", {"o"}, {"y"})}, "float16"},
      {"Identity of a sequence",
       {node("SequenceConstruct", {"h"}, {"q"}), node("Identity", {"q"}, {"r"}), node("SequenceAt", {"r", "n"}, {"y"})},
       "float16"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(dtypeOfY(row.nodes) == row.dtype);
  }
}

TEST_CASE("what a sequence or optional of the model's interface holds is what its type says") {
  const auto typed = [](std::string_view name, const std::string& type) {
    return std::string(test::Proto().text(field::kValueName, name).text(field::kValueType, type));
  };
  const auto containerOf = [](std::uint32_t kind, const std::string& type) {
    return std::string(test::Proto().text(kind, std::string(test::Proto().text(field::kContainedType, type))));
  };
  const std::string half = test::Proto().text(
      field::kTensorType, std::string(test::Proto().number(field::kElemType, static_cast<int>(DType::float16))));
  const std::string sequence = containerOf(field::kSequenceType, half);
  const std::string optional = containerOf(field::kOptionalType, half);
  const std::string both = containerOf(field::kOptionalType, sequence);
  const std::string n = info("n", DType::int64, {});
  const std::string loop = graph({node("SequenceAt", {"v", "n"}, {"r"})}, {}, {named("t"), named("b"), named("v")},
                                 {named("b"), named("v"), named("r")});
  const struct {
    const char* what;
    const std::string& type;
    Messages nodes;
  } rows[] = {
      {"an element", sequence, {node("SequenceAt", {"s", "n"}, {"y"})}},
      {"all elements", sequence, {node("ConcatFromSequence", {"s"}, {"y"}, {intAttribute("axis", 0)})}},
      {"one less", sequence, {node("SequenceErase", {"s"}, {"q"}), node("SequenceAt", {"q", "n"}, {"y"})}},
      {"in a body", sequence, {node("Loop", {"n", "", "s"}, {"q", "y"}, {graphAttribute("body", loop)})}},
      {"after a body",
       sequence,
       {node("Loop", {"n", "", "s"}, {"q", "z"}, {graphAttribute("body", loop)}),
        node("SequenceAt", {"q", "n"}, {"y"})}},
      {"an optional", optional, {node("OptionalGetElement", {"s"}, {"y"})}},
      {"an optional sequence", both, {node("OptionalGetElement", {"s"}, {"q"}), node("SequenceAt", {"q", "n"}, {"y"})}},
      {"a sequence made optional",
       sequence,
       {node("Optional", {"s"}, {"o"}), node("OptionalGetElement", {"o"}, {"q"}),
        node("SequenceAt", {"q", "n"}, {"y"})}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto model = test::modelOf(test::model(graph(row.nodes, {}, {typed("s", row.type), n}, {named("y")})));
    CHECK(toString(model.graph.dtype(test::valueNamed(model.graph, "y"))) == "float16");
  }
}

TEST_CASE("bodies take dtypes from their owner, and owners from their bodies") {
  const std::string half = graph({node("Relu", {"h"}, {"r"})}, {}, {}, {named("r")});
  CHECK(dtypeOfY({node("If", {"c"}, {"y"},
                       {graphAttribute("then_branch", half), graphAttribute("else_branch", half)})}) == "float16");
  const std::string loop = graph({node("Relu", {"v"}, {"r"}), node("Cast", {"t"}, {"s"}, {intAttribute("to", 10)})}, {},
                                 {named("t"), named("b"), named("v")}, {named("b"), named("r"), named("s")});
  CHECK(dtypeOfY({node("Loop", {"n", "c", "h"}, {"y"}, {graphAttribute("body", loop)})}) == "float16");
  CHECK(dtypeOfY({node("Loop", {"n", "c", "x"}, {"z", "y"}, {graphAttribute("body", loop)})}) == "float16");
  const std::string scan =
      graph({node("Add", {"a", "e"}, {"r"})}, {}, {named("a"), named("e")}, {named("r"), named("r")});
  CHECK(dtypeOfY({node("Scan", {"h", "h"}, {"z", "y"},
                       {graphAttribute("body", scan), intAttribute("num_scan_inputs", 1)})}) == "float16");
}

TEST_CASE("results of unknown operators take the one dtype that their readers allow, else stay unknown") {
  CHECK(dtypeOfY({node("Mine", {"x"}, {"y"}, {}, "", "own")}, 17, kOwn) == "undefined");
  CHECK(dtypeOfY({kUnknown, node("Relu", {"u"}, {"y"})}, 17, kOwn) == "undefined");
  CHECK(dtypeOfY({kUnknown, node("Add", {"u", "h"}, {"y"})}, 17, kOwn) == "float16");
  CHECK(dtypeOfY({kUnknown, node("Add", {"h", "u"}, {"y"})}, 17, kOwn) == "float16");
  CHECK(dtypeOfY({kUnknown, node("Not", {"u"}, {"y"})}, 17, kOwn) == "bool");
}

TEST_CASE("an operator newer than the opset has no schema, and its result no dtype") {
  CHECK(dtypeOfY({node("Gelu", {"x"}, {"y"})}, 19) == "undefined");
  CHECK(dtypeOfY({node("Gelu", {"x"}, {"y"})}, 20) == "float32");
}

TEST_CASE("B19: a value_info that contradicts the schema is refused with node, value and both dtypes") {
  const std::string bytes =
      test::model(graph({node("Relu", {"x"}, {"y"}, {}, "relu")}, {}, {info("x")}, {info("y", DType::float16)}));
  CHECK_THAT(std::string(test::readBytesOf(bytes).status().message()),
             Catch::Contains("node 'relu' (Relu): output 0 'y' is float32 by the operator's schema but value_info says "
                             "float16"));
}

}  // namespace
}  // namespace precast::onnx
