#include "onnx/OperandCounts.h"

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
using test::Names;
using test::node;

std::string named(std::string_view name) { return test::Proto().text(field::kValueName, name); }

// What reading a model of this node says of it; "" if nothing. Its inputs a, b and d are floats, c a condition.
std::string complaint(const std::string& message, int opset, const Messages& opsets = {}) {
  Messages imports = {test::opset(opset)};
  imports.insert(imports.end(), opsets.begin(), opsets.end());
  const std::string bytes = test::model(
      graph({message}, {}, {info("a"), info("b"), info("d"), info("c", DType::boolean, {})}, {}), 8, imports);
  const auto model = test::readBytesOf(bytes);
  if (model.ok()) return "";
  CHECK(model.status().code() == absl::StatusCode::kInvalidArgument);
  return std::string(model.status().message());
}

TEST_CASE("a node with fewer or more operands than its operator's schema is refused, both numbers named") {
  const struct {
    const char* type;
    Names inputs;
    Names outputs;
    int opset;
    const char* words;
  } rows[] = {
      {"Add", {"a"}, {"y"}, 17, "has 1 input, but Add-14 has 2"},
      {"Add", {"a", "b", "d"}, {"y"}, 13, "has 3 inputs, but Add-13 has 2"},
      {"Add", {"a", "b", ""}, {"y"}, 17, "has 3 inputs, but Add-14 has 2"},
      {"Add", {"a", "b"}, {"y", "z"}, 17, "has 2 outputs, but Add-14 has 1"},
      {"Add", {"a", "b"}, {}, 17, "has 0 outputs, but Add-14 has 1"},
      {"Clip", {"a", "", "", ""}, {"y"}, 17, "has 4 inputs, but Clip-13 has 1 to 3"},
      {"Clip", {"a", "b"}, {"y"}, 6, "has 2 inputs, but Clip-6 has 1"},
      {"Resize", {"a"}, {"y"}, 11, "has 1 input, but Resize-11 has 3 to 4"},
      {"Concat", {}, {"y"}, 17, "has 0 inputs, but Concat-13 has 1 or more"},
      {"Split", {"a"}, {}, 17, "has 0 outputs, but Split-13 has 1 or more"},
      {"RandomNormal", {"a"}, {"y"}, 17, "has 1 input, but RandomNormal-1 has 0"},
      {"Constant", {}, {"y", "z"}, 17, "has 2 outputs, but Constant-13 has 1"},
      {"Loop", {"", "c"}, {"y"}, 10, "has 2 inputs, but Loop-1 has 3 or more"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.type, row.words);
    const std::string said = complaint(node(row.type, row.inputs, row.outputs, {}, "n"), row.opset);
    CHECK_THAT(said, Catch::Contains("node 'n' (" + std::string(row.type) + ") at byte"));
    CHECK_THAT(said, Catch::EndsWith(row.words));
  }
}

TEST_CASE("a node that omits a required operand is refused") {
  CHECK_THAT(complaint(node("Add", {"a", ""}, {"y"}, {}, "n"), 17),
             Catch::EndsWith("omits input 1, which Add-14 requires"));
  CHECK_THAT(complaint(node("Dropout", {"a"}, {"", "mask"}, {}, "n"), 17),
             Catch::EndsWith("omits output 0, which Dropout-13 requires"));
}

TEST_CASE("what ONNX's checker takes is read: optional operands left out or omitted, variadic ones, none of them") {
  const std::string body = graph({}, {}, {named("i"), info("k", DType::boolean, {})}, {named("k"), named("i")});
  const struct {
    const char* what;
    std::string message;
  } rows[] = {
      {"a trailing optional input left out", node("Clip", {"a"}, {"y"})},
      {"optional inputs omitted by name", node("Clip", {"a", "", ""}, {"y"})},
      {"optional outputs omitted", node("LSTM", {"a", "a", "a"}, {"", "y"}, {intAttribute("hidden_size", 2)})},
      {"no output of an operator whose outputs are all optional", node("LSTM", {"a", "a", "a"}, {})},
      {"one variadic input", node("Sum", {"a"}, {"y"})},
      {"an omitted variadic input", node("Concat", {"a", ""}, {"y"}, {intAttribute("axis", 0)})},
      {"a Loop that carries nothing", node("Loop", {"", "c"}, {"y"}, {graphAttribute("body", body)})},
      {"inputs of a Constant", node("Constant", {"a"}, {"y"}, {test::floatAttribute("value_float", 1)})},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(complaint(row.message, 17) == "");
  }
}

TEST_CASE("where the schema cannot know the counts, any number of operands is read") {
  CHECK(complaint(node("Add", {"a"}, {"y"}), 99) == "");
  CHECK(complaint(node("Mine", {"a"}, {"y"}, {}, "", "own"), 17, {test::opset(1, "own")}) == "");
  CHECK(complaint(node("FastGelu", {"a", "b", "d"}, {"y"}, {}, "", "com.microsoft"), 17,
                  {test::opset(1, "com.microsoft")}) == "");
  CHECK(complaint(node("Scaler", {"a", "b"}, {"y"}, {}, "", "ai.onnx.ml"), 17, {test::opset(3, "ai.onnx.ml")}) != "");
}

}  // namespace
}  // namespace precast::onnx
