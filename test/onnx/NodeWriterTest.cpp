// Single nodes of a graph that changed since it was read: what is written anew, and what is copied around it.
#include "onnx/NodeWriter.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "FlatRope.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::info;
using test::Messages;
using test::Names;
using test::Proto;
using test::valueNamed;

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;

/// A model of one node and a graph of it to be changed. What a node's bodies and tensors become are marks.
struct OneNode {
  explicit OneNode(const std::string& node, const Messages& opsets = {test::opset(17)}, DType output = f32)
      : model(test::modelOf(test::model(test::graph({node}, {test::longTensor("s", {2}, {1, 1})},
                                                    {info("x"), info("b", DType::boolean, {}), info("i", DType::int64)},
                                                    {info("y", output)}),
                                        8, opsets))),
        graph(model.graph) {}

  /// The node with other operands; "" is an omitted one.
  void rewire(const Names& inputs, const Names& outputs, std::string_view type, std::string_view name) {
    OpKind kind = graph.nodeOp(NodeId{0});
    kind.type = std::string(type);
    Graph next = graph.withoutNodes();
    const auto valuesOf = [&](const Names& names) {
      std::vector<ValueId> values;
      for (const std::string& each : names) {
        if (each.empty())
          values.push_back(ValueId::none);
        else if (each[0] == '+')
          values.push_back(next.addValue(each, f32));
        else
          values.push_back(valueNamed(model.graph, each));
      }
      return values;
    };
    const absl::StatusOr<NodeId> node = next.addNode(next.addOpKind(kind), name, valuesOf(inputs), valuesOf(outputs));
    REQUIRE(node.ok());
    next.setNodePayload(*node, 1);
    graph = std::move(next);
  }

  absl::StatusOr<std::string> tryWrite(absl::Span<const NodeImplMode> implModes = {}) {
    const auto mark = [](const std::string& text, Rope& out) {
      out.text() += text;
      out.close();
    };
    const NodeWriter writer(
        graph, *model.source, implModes,
        [&](RegionId region, Rope& out) {
          if (status.ok()) mark("body " + std::string(graph.region(region).name), out);
          return status;
        },
        [&](ValueId value, ByteRange range, Rope& out) {
          const std::string from = range.empty() ? "nothing" : std::to_string(range.size()) + " bytes";
          if (status.ok()) mark(std::string(graph.valueName(value)) + " of " + from, out);
          return status;
        });
    Rope out;
    if (absl::Status written = writer.write(NodeId{0}, out); !written.ok()) return written;
    pieces = out.pieces().size();
    const std::string bytes = test::flatten(out, model.source->bytes);
    CHECK(bytes.size() == out.size());
    return bytes;
  }
  std::string write(absl::Span<const NodeImplMode> implModes = {}) { return *tryWrite(implModes); }

  Model model;
  Graph graph;
  absl::Status status;  ///< of the writers of bodies and tensors
  std::size_t pieces = 0;
};

std::string asField(const std::string& node) { return Proto().text(field::kNode, node); }

std::string metadata(std::string_view key, std::string_view value) {
  return Proto().text(field::kNodeMetadata,
                      std::string(Proto().text(field::kKey, key).text(field::kEntryValue, value)));
}

TEST_CASE("a node that nothing changed is one piece of the file, with its tag and length") {
  OneNode same(test::node("Relu", {"x"}, {"y"}, {test::intAttribute("unheard", 1)}, "n"));
  CHECK(same.write() == asField(test::node("Relu", {"x"}, {"y"}, {test::intAttribute("unheard", 1)}, "n")));
  CHECK(same.pieces == 1);
  // No attribute of Relu says a dtype.
  same.graph.setValueDType(valueNamed(same.graph, "y"), f16);
  same.write();
  CHECK(same.pieces == 1);
}

TEST_CASE("operands, name and type are written where they stood and everything else is copied") {
  const std::string doc = std::string(Proto().text(6, "doc").text(99, "unknown")) + metadata("k", "v");
  const std::string attribute = test::intAttribute("axis", 1);
  const auto node = [&](std::string_view type, const Names& inputs, const Names& outputs, std::string_view name) {
    return test::node(type, inputs, outputs, {attribute}, name, "my") + doc;
  };
  const struct {
    Names inputs, outputs;
    const char* type;
    const char* name;
  } rows[] = {{{"x", "", "i"}, {"y"}, "Mine", "n"},
              {{"+cast", "", "i"}, {"y"}, "Mine", "n"},
              {{"x", "", "+i"}, {"y"}, "Mine", "n"},
              {{"x", "", "i"}, {"+y"}, "Mine", "n"},
              {{"x", "", "i"}, {"y"}, "Mine", "other name"}};
  for (const auto& row : rows) {
    CAPTURE(row.inputs, row.outputs, row.name);
    OneNode changed(node("Mine", {"x", "", "i"}, {"y"}, "n"), {test::opset(17), test::opset(1, "my")});
    changed.rewire(row.inputs, row.outputs, row.type, row.name);
    CHECK(changed.write() == asField(node(row.type, row.inputs, row.outputs, row.name)));
  }
}

TEST_CASE("a node that had no name gets the one that it has now, behind its other fields") {
  OneNode named(test::node("Relu", {"x"}, {"y"}));
  named.rewire({"x"}, {"y"}, "Relu", "n");
  CHECK(named.write() == asField(test::node("Relu", {"x"}, {"y"}) + std::string(Proto().text(field::kNodeName, "n"))));
}

TEST_CASE("a CastLike that became a Cast has one operand, no old attribute and a dtype") {
  OneNode cast(test::node("CastLike", {"x", "x"}, {"y"}, {test::intAttribute("saturate", 0)}, "n"), {test::opset(19)});
  cast.rewire({"x"}, {"y"}, "Cast", "n");
  cast.graph.setValueDType(valueNamed(cast.graph, "y"), f16);
  CHECK(cast.write() == asField(test::node("Cast", {"x"}, {"y"}, {test::intAttribute("to", 10)}, "n")));
}

TEST_CASE("a CastLike that became a Cast has no old attribute, also where that stands before the operator") {
  const std::string saturate = Proto().text(field::kAttribute, test::intAttribute("saturate", 0));
  OneNode cast(saturate + test::node("CastLike", {"x", "x"}, {"y"}, {}, "n"), {test::opset(19)});
  cast.rewire({"x"}, {"y"}, "Cast", "n");
  cast.graph.setValueDType(valueNamed(cast.graph, "y"), f16);
  CHECK(cast.write() == asField(test::node("Cast", {"x"}, {"y"}, {test::intAttribute("to", 10)}, "n")));
}

TEST_CASE("an attribute says the dtype of the result as it did, or is added where the default is another") {
  const std::string zeroAttribute = test::tensorAttribute(
      "value",
      Proto().number(field::kDims, 1).number(field::kDataType, 10).text(field::kRawData, std::string(2, '\0')));
  const std::string fill = test::floatTensor("", {1}, {2});
  const std::string mark = "y of " + std::to_string(fill.size()) + " bytes";
  const struct {
    const char* op;
    const char* input;
    Messages before;
    DType to;
    Messages after;
    int opset = 17;
  } rows[] = {
      {"Cast", "i", {test::intAttribute("to", 1)}, f16, {test::intAttribute("to", 10)}},
      {"Cast", "i", {test::intAttribute("to", 1)}, DType::bfloat16, {test::intAttribute("to", 16)}},
      {"Cast", "i", {test::intAttribute("to", 1)}, DType::int32, {test::intAttribute("to", 1)}},
      {"Cast", "i", {test::textAttribute("to", "FLOAT")}, f16, {test::textAttribute("to", "FLOAT16")}, 5},
      {"EyeLike", "i", {test::intAttribute("dtype", 1)}, f16, {test::intAttribute("dtype", 10)}},
      {"EyeLike", "x", {}, f16, {test::intAttribute("dtype", 10)}},
      {"EyeLike", "x", {}, f32, {}},
      {"RandomNormalLike",
       "x",
       {test::intAttribute("k", 1)},
       f16,
       {test::intAttribute("k", 1), test::intAttribute("dtype", 10)}},
      {"ConstantOfShape", "s", {test::tensorAttribute("value", fill)}, f16, {test::tensorAttribute("value", mark)}},
      {"ConstantOfShape", "s", {}, f16, {zeroAttribute}},
      {"LayerNormalization", "x", {test::intAttribute("stash_type", 1)}, f16, {test::intAttribute("stash_type", 1)}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.op, row.before.size(), toString(row.to));
    Names inputs = {row.input};
    if (std::string_view(row.op) == "LayerNormalization") inputs.push_back("x");
    OneNode changed(test::node(row.op, inputs, {"y"}, row.before), {test::opset(row.opset)});
    changed.graph.setValueDType(valueNamed(changed.graph, "y"), row.to);
    const std::string head = test::node(row.op, inputs, {"y"});
    std::string attributes;
    for (const std::string& attribute : row.after) attributes += Proto().text(field::kAttribute, attribute);
    CHECK(changed.write() == asField(head + attributes));
  }
}

TEST_CASE("a Constant of plain floats becomes one of a tensor, and one of a tensor stays so") {
  const std::string tensor = test::floatTensor("t", {2}, {1, 2});
  const std::string docString = Proto().text(13, "why");
  const auto made = [&](const std::string& mark) {
    return Proto()
        .text(field::kAttributeName, "value")
        .text(field::kT, mark)
        .number(field::kAttributeType, 4)
        .raw(docString);
  };
  const struct {
    std::string before;
    std::string after;
  } rows[] = {
      {test::floatAttribute("value_float", 3) + docString, made("y of nothing")},
      {test::floatsAttribute("value_floats", {1, 2}) + docString, made("y of nothing")},
      {test::tensorAttribute("value", tensor) + docString, made("y of " + std::to_string(tensor.size()) + " bytes")},
  };
  for (const auto& row : rows) {
    CAPTURE(row.before);
    OneNode constant(test::node("Constant", {}, {"y"}, {row.before}));
    CHECK(constant.write() == asField(test::node("Constant", {}, {"y"}, {row.before})));
    constant.graph.setValueDType(valueNamed(constant.graph, "y"), f16);
    CHECK(constant.write() == asField(test::node("Constant", {}, {"y"}, {row.after})));
  }
  OneNode integer(test::node("Constant", {}, {"y"}, {test::intAttribute("value_int", 3)}), {test::opset(17)},
                  DType::int64);
  CHECK(integer.write() == asField(test::node("Constant", {}, {"y"}, {test::intAttribute("value_int", 3)})));
}

TEST_CASE("a node that the file does not have is a Cast, whose dtype is a word before opset 6") {
  for (int version : {5, 6, 17}) {
    OneNode cast(test::node("Relu", {"x"}, {"y"}, {}, "n"), {test::opset(version)});
    cast.rewire({"x"}, {"+x_cast"}, "Cast", "x_cast");
    cast.graph.setNodePayload(NodeId{0}, 0);
    cast.graph.setValueDType(static_cast<ValueId>(cast.graph.valueCount() - 1), DType::bfloat16);
    const std::string to = version < 6 ? test::textAttribute("to", "BFLOAT16") : test::intAttribute("to", 16);
    CHECK(cast.write() == asField(test::node("Cast", {"x"}, {"+x_cast"}, {to}, "x_cast")));
  }
}

TEST_CASE("an implementation mode is an entry of its own, which replaces those of earlier compilations") {
  const std::string relu = test::node("Relu", {"x"}, {"y"}, {}, "n");
  const std::string own = metadata("precast.impl_mode", "high_precision");
  const std::string old = metadata("precast.impl_mode", "high_performance");
  const std::string foreign = metadata("impl_mode", "theirs");
  const std::vector<NodeImplMode> ours = {{NodeId{0}, ImplMode::highPrecision}};
  const std::vector<NodeImplMode> others = {{NodeId{7}, ImplMode::highPrecision}};
  const struct {
    std::string before;
    std::vector<NodeImplMode> modes;
    std::string after;
  } rows[] = {{relu, ours, relu + own},
              {relu + foreign, ours, relu + foreign + own},
              {relu + old + foreign, ours, relu + foreign + own},
              {relu + own + foreign, ours, relu + own + foreign},  // as it was
              {relu + own + own, ours, relu + own},
              {relu + old + own, ours, relu + own},
              {relu + own + foreign + old, ours, relu + foreign + own},
              // What this compilation did not choose is not what its report says.
              {relu + old, {}, relu},
              {relu + old + foreign + own, {}, relu + foreign},
              {relu + old, others, relu},
              {relu + foreign, {}, relu + foreign},
              {relu, others, relu}};
  for (const auto& row : rows) CHECK(OneNode(row.before).write(row.modes) == asField(row.after));
}

TEST_CASE("bodies are written in their places, and their error is the node's") {
  const std::string branch = test::graph({test::node("Relu", {"x"}, {"r"})}, {}, {}, {info("r")});
  const auto ifNode = [](const std::string& first, const std::string& second) {
    return test::node("If", {"b"}, {"y"},
                      {test::graphAttribute("else_branch", first), test::graphAttribute("then_branch", second)});
  };
  OneNode node(ifNode(branch, branch));
  CHECK(node.write() == asField(ifNode("body else_branch", "body then_branch")));
  node.status = absl::DataLossError("no body");
  CHECK(node.tryWrite().status() == node.status);
  OneNode constant(test::node("Constant", {}, {"y"}, {test::floatAttribute("value_float", 3)}));
  constant.graph.setValueDType(valueNamed(constant.graph, "y"), f16);
  constant.status = absl::DataLossError("no tensor");
  CHECK(constant.tryWrite().status() == constant.status);
}

TEST_CASE("a length that is not in its shortest form is written anew") {
  const std::string relu = test::node("Relu", {"x"}, {"y"}, {}, "n");
  std::string graph = std::string(1, '\x0a') + static_cast<char>(relu.size() | 0x80U) + '\0' + relu;
  graph += test::graph({}, {}, {info("x")}, {info("y")});
  const Model model = test::modelOf(test::model(graph));
  const NodeWriter writer(model.graph, *model.source, {}, nullptr, nullptr);
  Rope out;
  REQUIRE(writer.write(NodeId{0}, out).ok());
  CHECK(test::flatten(out, model.source->bytes) == asField(relu));
}

}  // namespace
}  // namespace precast::onnx
