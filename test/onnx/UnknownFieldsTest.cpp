// What this version does not know, or only copies, is in the output byte for byte: at every level of a model, in
// messages that stay as they are and in those that are rewritten.
#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::compiledBytes;
using test::info;
using test::node;
using test::Proto;

// Fields of numbers that no message has, of every wire type, told apart by where they stand. With `doc` also a
// doc_string of that field number.
class Marks {
 public:
  std::string in(const std::string& message, const std::string& where, std::uint32_t doc = 0) {
    std::string marks = Proto().text(1001, "in " + where).number(1002, static_cast<std::int64_t>(all_.size() + 300));
    appendFixed32(marks, 1003, static_cast<std::uint32_t>(all_.size()));
    appendTag(marks, 1004, WireType::fixed64);
    marks += std::string(8, static_cast<char>('a' + all_.size() % 26));
    if (doc != 0) marks += Proto().text(doc, "doc of " + where);
    all_.emplace_back(where, marks);
    return message + marks;
  }
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

std::string typedInfo(Marks& marks, std::string_view name, const std::string& where) {
  const std::string dim = marks.in(Proto().number(field::kDimValue, 2), where + ", dimension");
  const std::string shape = marks.in(Proto().text(field::kDim, dim), where + ", shape");
  const std::string tensor =
      marks.in(Proto().number(field::kElemType, 1).text(field::kShape, shape), where + ", tensor");
  const std::string type = marks.in(Proto().text(field::kTensorType, tensor), where + ", type");
  return marks.in(Proto().text(field::kValueName, name).text(field::kValueType, type), where, 3);
}

TEST_CASE("A12: unknown fields and doc strings survive at every level, and a field's order stays") {
  for (PrecisionMode mode : {PrecisionMode::mustKeepOriginDtype, PrecisionMode::forceFp16}) {
    Marks marks;
    const auto attribute = [&](const std::string& attribute, const std::string& where) {
      return marks.in(attribute, where, 13);
    };
    const auto tensor = [&](const std::string& name, const std::string& where) {
      return marks.in(test::floatTensor(name, {2}, {1, 2}), where, 12);
    };
    const std::string branch =
        marks.in(test::graph({marks.in(node("Add", {"c", "w"}, {"r"}, {}, "add"), "node of a body", 6)}, {}, {},
                             {typedInfo(marks, "r", "output of a body")}),
                 "body", 10);
    const std::string body = marks.in(
        test::graph(
            {marks.in(node("Constant", {}, {"c"},
                           {attribute(test::tensorAttribute("value", tensor("", "tensor of a Constant")), "value")},
                           "k"),
                      "Constant", 6),
             marks.in(node("Constant", {}, {"f"},
                           {attribute(test::floatsAttribute("value_floats", {1, 2}), "value_floats")}, "l"),
                      "Constant of floats", 6),
             marks.in(node("Cast", {"i"}, {"h"}, {attribute(test::intAttribute("to", 1), "to")}, "cast"), "Cast", 6),
             node("Mul", {"h", "f"}, {"m"}, {}, "mul"),
             marks.in(node("If", {"b"}, {"t"},
                           {attribute(test::graphAttribute("then_branch", branch), "then_branch"),
                            test::graphAttribute("else_branch",
                                                 test::graph({node("Relu", {"m"}, {"e"})}, {}, {}, {info("e")}))},
                           "if"),
                      "If", 6),
             marks.in(node("Add", {"x", "t"}, {"y"}, {}, "sum"), "node", 6),
             marks.in(node("Gather", {"n", "n"}, {"z"}, {}, "pick"), "node of integers", 6)},
            {tensor("w", "initializer"), marks.in(test::longTensor("n", {2}, {0, 1}), "initializer of integers", 12)},
            {typedInfo(marks, "x", "input"), info("i", DType::int64), info("b", DType::boolean, {})},
            {typedInfo(marks, "y", "output"), info("z", DType::int64)}, {typedInfo(marks, "m", "value_info")}),
        "graph", 10);
    const std::string opset = marks.in(test::opset(17), "opset_import");
    const std::string source = marks.in(test::model(body, 8, {opset}), "model", 6);
    const std::string out = compiledBytes(source, mode);
    CHECK((out == source) == (mode == PrecisionMode::mustKeepOriginDtype));
    for (const auto& [where, bytes] : marks.all()) {
      CAPTURE(where, mode);
      CHECK(out.find(bytes) != std::string::npos);
    }
    CHECK(compiledBytes(out, mode) == out);
  }
}

}  // namespace
}  // namespace precast::onnx
