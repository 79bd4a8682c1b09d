#include "onnx/NodeReader.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::ExactBytes;
using test::Messages;
using test::Proto;

TEST_CASE("a node gives its operands in order with the omitted ones in their places") {
  const ExactBytes bytes(
      test::node("Clip", {"x", "", "max", ""}, {"", "y"}, {test::intAttribute("a", -7)}, "clip", "d"));
  NodeParts node;
  REQUIRE(readNode(bytes.span(), {0, bytes.span().size()}, node).ok());
  CHECK(node.inputs == std::vector<std::string_view>{"x", "", "max", ""});
  CHECK(node.outputs == std::vector<std::string_view>{"", "y"});
  CHECK(node.type == "Clip");
  CHECK(node.name == "clip");
  CHECK(node.domain == "d");
  REQUIRE(node.attribute("a") != nullptr);
  CHECK(node.attribute("a")->number == -7);
  CHECK(node.attribute("b") == nullptr);
}

TEST_CASE("fields of a node may stand in any order and the domain ai.onnx is the empty one") {
  const std::string text = Proto()
                               .text(field::kDomain, "ai.onnx")
                               .text(field::kAttribute, test::textAttribute("mode", "linear"))
                               .text(field::kOutput, "y")
                               .text(field::kOpType, "Resize")
                               .text(field::kInput, "x");
  const ExactBytes bytes(text);
  NodeParts node;
  node.bodies.emplace_back();  // of the node before
  REQUIRE(readNode(bytes.span(), {0, text.size()}, node).ok());
  CHECK(node.domain.empty());
  CHECK(node.bodies.empty());
  CHECK(node.inputs.size() == 1);
  CHECK(node.attribute("mode")->text == "linear");
}

TEST_CASE("bodies are found in g and in graphs and in their order") {
  const std::string list =
      Proto().text(field::kAttributeName, "bodies").text(field::kGraphs, "").text(field::kGraphs, "");
  const ExactBytes bytes(test::node("If", {"c"}, {"y"}, {test::graphAttribute("then_branch", ""), list}));
  NodeParts node;
  REQUIRE(readNode(bytes.span(), {0, bytes.span().size()}, node).ok());
  REQUIRE(node.bodies.size() == 3);
  CHECK(node.bodies[0].name == "then_branch");
  CHECK(node.bodies[1].name == "bodies");
  CHECK(node.bodies[1].graph.begin < node.bodies[2].graph.begin);
}

TEST_CASE("B15: an attribute that stands there twice is refused by name") {
  for (std::size_t others : {0, 100}) {
    Messages attributes;
    for (std::size_t i = 0; i < others; ++i) attributes.push_back(test::intAttribute("a" + std::to_string(i), 1));
    attributes.insert(attributes.begin(), test::intAttribute("axis", 1));
    attributes.push_back(test::intAttribute("axis", 2));
    const ExactBytes bytes(test::node("Concat", {"x"}, {"y"}, attributes, "c"));
    NodeParts node;
    const absl::Status status = readNode(bytes.span(), {0, bytes.span().size()}, node);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(status.message()),
               Catch::Contains("node 'c' (Concat) at byte 0: attribute 'axis' stands there twice"));
  }
}

TEST_CASE("errors name a node by its place in the file, and by its name if it has one") {
  NodeParts node;
  node.type = "Cast";
  node.message = {120, 140};
  CHECK(labelOf(node) == "unnamed node (Cast) at byte 120");
  node.name = "c";
  CHECK(labelOf(node) == "node 'c' (Cast) at byte 120");
}

TEST_CASE("B17: a node with 10^5 attributes and inputs is read in linear time") {
  Proto text;
  for (int i = 0; i < 100000; ++i)
    text.text(field::kAttribute, test::intAttribute("a" + std::to_string(i), i)).text(field::kInput, "x");
  const ExactBytes bytes{std::string(text)};
  NodeParts node;
  REQUIRE(readNode(bytes.span(), {0, bytes.span().size()}, node).ok());
  CHECK(node.attributes.size() == 100000);
  CHECK(node.inputs.size() == 100000);
}

TEST_CASE("every cut of a node is refused or reads as a shorter node") {
  const std::string whole = test::node("Constant", {}, {"y"}, {test::tensorAttribute("value", "")}, "name");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const ExactBytes bytes(whole.substr(0, size));
    NodeParts node;
    const absl::Status status = readNode(bytes.span(), {0, size}, node);
    if (!status.ok()) CHECK(status.code() == absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace precast::onnx
