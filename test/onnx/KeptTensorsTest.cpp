// External tensors that are no constant of the graph: in attributes of any operator, in sparse tensors, in functions
// and in training_info. The output may lie in another folder than its source, so it holds their contents.
#include "onnx/KeptTensors.h"

#include <catch2/catch.hpp>

#include "Command.h"
#include "GraphText.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using absl::StatusCode;
using Catch::Contains;
using test::Entries;
using test::floatBytes;
using test::info;
using test::Messages;
using test::node;
using test::Proto;
using test::tensorAttribute;

const std::string kContents = floatBytes({1.5F, -2});
const std::string kHalves("\x00\x3E\x00\xC0", 4);

std::string external(std::string_view location = "w", const test::Dims& dims = {2}) {
  return test::externalTensor("t", DType::float32, dims, {{"location", std::string(location)}, {"offset", "4"}});
}

std::string tensorsAttribute(std::string_view name, const Messages& tensors) {
  return Proto().text(field::kAttributeName, name).each(field::kTensors, tensors).number(field::kAttributeType, 9);
}

std::string modelOf(const Messages& nodes, const Messages& functions = {}) {
  return test::model(
      test::graph(nodes, {test::longTensor("s", {1}, {2})}, {info("x"), info("b", DType::boolean, {})}, {info("y")}), 8,
      {test::opset(17), test::opset(1, "my")}, functions);
}

std::string custom(const std::string& attribute) { return node("Table", {"x"}, {"y"}, {attribute}, "n", "my"); }

// Either `inside` or Relu makes y of x.
std::string ifNode(const std::string& inside) {
  const auto branch = [](const std::string& node) { return test::graph({node}, {}, {}, {"\x0a\x01y"}); };
  return node("If", {"b"}, {"y"},
              {test::graphAttribute("then_branch", branch(inside)),
               test::graphAttribute("else_branch", branch(node("Relu", {"x"}, {"y"})))});
}

using Models = std::vector<std::pair<std::string, std::string>>;  // by where the tensor is

Models inAttributes(const std::string& tensor) {
  const std::string function =
      test::function("my", "F", {"x"}, {"y"}, {custom(tensorAttribute("table", tensor))}, {test::opset(1, "my")});
  return {
      {"t", modelOf({custom(tensorAttribute("table", tensor))})},
      {"tensors", modelOf({custom(tensorsAttribute("tables", {test::floatTensor("", {1}, {7}), tensor}))})},
      {"body", modelOf({ifNode(custom(tensorAttribute("table", tensor)))})},
      {"called function", modelOf({node("F", {"x"}, {"y"}, {}, "call", "my")}, {function})},
      {"Constant, not its value",
       modelOf({node("Constant", {}, {"c"}, {test::floatAttribute("value_float", 1), tensorAttribute("table", tensor)}),
                node("Add", {"x", "c"}, {"y"})})},
  };
}

struct Folder {
  Folder() { test::writeBytes(scratch.file("w"), "head" + kContents); }
  absl::StatusOr<Model> read(const std::string& bytes) const {
    test::writeBytes(scratch.file("m.onnx"), bytes);
    return readFile(scratch.file("m.onnx"));
  }
  /// What is written to a folder without the data; it must be readable there.
  std::string compiled(const std::string& bytes, PrecisionMode mode) const {
    const absl::StatusOr<Model> model = read(bytes);
    INFO(model.status());
    REQUIRE(model.ok());
    CompileOptions options;
    options.policy.mode = mode;
    const absl::StatusOr<CompileResult> result = compile(model->graph, options);
    INFO(result.status());
    REQUIRE(result.ok());
    const test::ScratchFolder elsewhere;
    REQUIRE(writeFile(*result, *model->source, elsewhere.file("out.onnx")).ok());
    const absl::StatusOr<Model> again = readFile(elsewhere.file("out.onnx"));
    INFO(again.status());
    CHECK(again.ok());
    return test::readBytes(elsewhere.file("out.onnx"));
  }
  test::ScratchFolder scratch;
};

std::string insideTensor(const test::Dims& dims = {2}) {
  return test::rawTensor("t", DType::float32, dims, kContents.substr(0, 4 * static_cast<std::size_t>(dims[0])));
}

// Each is written as if its tensor had never been outside. Not to the byte where a function is called: with its tensors
// inside, a model that needs no change is left with its functions.
void checkSameAsInside(const Models& outside, const Models& inside, bool isSameSize) {
  const Folder folder;
  for (std::size_t i = 0; i < outside.size(); ++i) {
    for (PrecisionMode mode : {PrecisionMode::mustKeepOriginDtype, PrecisionMode::forceFp16}) {
      CAPTURE(outside[i].first, mode);
      const std::string bytes = folder.compiled(outside[i].second, mode);
      const std::string oracle = folder.compiled(inside[i].second, mode);
      // A sparse initializer is converted, whether its values were outside or not.
      const bool isConverted = mode == PrecisionMode::forceFp16 && outside[i].first.find("sparse init") == 0;
      CHECK_THAT(bytes, !Contains("location"));
      if (!isConverted) CHECK_THAT(bytes, Contains(kContents));
      CHECK(test::textOf(test::modelOf(bytes).graph) == test::textOf(test::modelOf(oracle).graph));
      if (isSameSize) CHECK(bytes.size() == oracle.size());
    }
  }
}

TEST_CASE("an external tensor in an attribute is written with its contents") {
  checkSameAsInside(inAttributes(external()), inAttributes(insideTensor()), false);
}

TEST_CASE("the fill of a ConstantOfShape may be outside, and is converted like one inside") {
  const Folder folder;
  const auto fill = [](const std::string& tensor) {
    return modelOf(
        {node("ConstantOfShape", {"s"}, {"c"}, {tensorAttribute("value", tensor)}), node("MatMul", {"x", "c"}, {"y"})});
  };
  CHECK_THAT(folder.compiled(fill(external("w", {1})), PrecisionMode::mustKeepOriginDtype),
             Contains(kContents.substr(0, 4)) && !Contains("location"));
  const std::string halved = folder.compiled(fill(external("w", {1})), PrecisionMode::forceFp16);
  CHECK_THAT(halved, Contains(kHalves.substr(0, 2)) && !Contains(kContents.substr(0, 4)) && !Contains("location"));
  CHECK(halved == folder.compiled(fill(insideTensor({1})), PrecisionMode::forceFp16));
}

TEST_CASE("external tensors in attributes go through the one door") {
  const Folder folder;
  for (const auto& [place, bytes] : inAttributes(external("../m/w"))) {
    CAPTURE(place);
    CHECK(folder.read(bytes).status().code() == StatusCode::kPermissionDenied);
  }
  for (const auto& [place, bytes] : inAttributes(external())) {
    CAPTURE(place);
    CHECK(test::readBytesOf(bytes).status().code() == StatusCode::kFailedPrecondition);
    CHECK(sourceBytes(*folder.read(bytes)->source) == bytes.size() + kContents.size());
  }
}

const std::string kRelu = node("Relu", {"x"}, {"y"});

std::string sparse(const std::string& values) {
  return Proto()
      .text(field::kSparseValues, values)
      .text(field::kSparseIndices, test::longTensor("", {2}, {0, 1}))
      .number(field::kSparseDims, 2);
}

std::string sparseAttribute(std::string_view name, const std::string& tensor) {
  return Proto().text(field::kAttributeName, name).text(field::kSparseTensor, tensor).number(field::kAttributeType, 11);
}

// Models by where the tensor stands, in messages that are copied.
Models inCopies(const std::string& tensor) {
  const std::string constant = node("Constant", {}, {"y"}, {tensorAttribute("value", tensor)});
  const auto function = [](const Messages& nodes, const Messages& defaults = {}) {
    return test::function("my", "F", {"x"}, {"y"}, nodes, {test::opset(17)}, defaults);
  };
  const std::string branch = test::graph({node("Identity", {"t"}, {"y"})}, {tensor}, {}, {"\x0a\x01y"});
  const std::string body = node(
      "If", {"x"}, {"y"}, {test::graphAttribute("then_branch", branch), test::graphAttribute("else_branch", branch)});
  const auto training = [&](std::uint32_t graphField) {
    return modelOf({kRelu}) +
           std::string(Proto().text(field::kTrainingInfo, std::string(Proto().text(graphField, branch))));
  };
  const std::string initializer = Proto().text(field::kSparseInitializer, sparse(tensor));
  const std::string inBranch =
      node("If", {"b"}, {"y"},
           {test::graphAttribute("then_branch",
                                 test::graph({node("Add", {"x", "t"}, {"y"})}, {}, {}, {"\x0a\x01y"}) + initializer),
            test::graphAttribute("else_branch", test::graph({kRelu}, {}, {}, {"\x0a\x01y"}))});
  return {
      {"function", modelOf({kRelu}, {function({constant})})},
      {"body in a function", modelOf({kRelu}, {function({body})})},
      {"default of a function", modelOf({kRelu}, {function({kRelu}, {tensorAttribute("table", tensor)})})},
      {"training_info, initialization", training(field::kInitialization)},
      {"training_info, algorithm", training(field::kAlgorithm)},
      {"sparse attribute", modelOf({custom(sparseAttribute("table", sparse(tensor)))})},
      {"sparse Constant", modelOf({node("Constant", {}, {"c"}, {sparseAttribute("sparse_value", sparse(tensor))}),
                                   node("Add", {"x", "c"}, {"y"})})},
      {"sparse initializer",
       test::model(test::graph({node("Add", {"x", "t"}, {"y"})}, {}, {info("x")}, {info("y")}) + initializer)},
      {"sparse initializer of a body", modelOf({inBranch})},
  };
}

TEST_CASE("external tensors in functions that nobody calls, in training_info and in sparse tensors follow the output") {
  checkSameAsInside(inCopies(external()), inCopies(insideTensor()), true);
}

TEST_CASE("an external tensor of a function that nobody calls may lead nowhere, but not out of the directory") {
  const Folder folder;
  const auto function = [](const std::string& tensor) {
    return modelOf({kRelu}, {test::function("my", "F", {"x"}, {"y"},
                                            {node("Constant", {}, {"y"}, {tensorAttribute("value", tensor)})},
                                            {test::opset(17)})});
  };
  const std::string nowhere = function(external("gone"));
  CHECK(folder.compiled(nowhere, PrecisionMode::mustKeepOriginDtype) == nowhere);
  CHECK(test::compiledBytes(nowhere, PrecisionMode::mustKeepOriginDtype) == nowhere);
  CHECK(folder.read(function(external("../m/w"))).status().code() == StatusCode::kPermissionDenied);
}

TEST_CASE("an external tensor in graphs nested without end, of a function that nobody calls, is over a limit") {
  const Folder folder;
  std::string branch = test::graph({node("Identity", {"t"}, {"y"})}, {external()}, {}, {"\x0a\x01y"});
  for (int i = 0; i < 2000; ++i) {
    const std::string body = node("If", {"x"}, {"y"}, {test::graphAttribute("then_branch", branch)});
    branch = test::graph({body}, {}, {}, {"\x0a\x01y"});
  }
  const std::string function =
      test::function("my", "F", {"x"}, {"y"}, {node("If", {"x"}, {"y"}, {test::graphAttribute("then_branch", branch)})},
                     {test::opset(17)});
  CHECK(folder.read(modelOf({kRelu}, {function})).status().code() == StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace precast::onnx
