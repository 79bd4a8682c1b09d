// precision-semantics, section 6, what only a model file has: attributes that say a dtype, value_info, and values whose
// dtype nobody states.
//
// sentence                                     | test
// operators whose output dtype is an attribute | operators that name their dtype in an attribute are retyped
// a Constant node through its attribute        | a Constant node is converted through its attribute
// unknown dtype: inferred, else left alone     | a value of unknown dtype is inferred or left alone
// value_info is retyped, never dropped         | value_info is retyped with its value
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "Setup.h"
#include "onnx/Message.h"

namespace precast {
namespace {

using namespace test;

// The model that `bytes` compiles to, read again.
onnx::Model compiledModel(const std::string& bytes, PrecisionMode mode = PrecisionMode::forceFp16) {
  const std::string out = compiledBytes(bytes, mode);
  // Compiling it again changes nothing.
  CHECK(compiledBytes(out, mode) == out);
  return modelOf(out);
}

DType dtypeOf(const onnx::Model& model, std::string_view name) {
  return model.graph.dtype(valueNamed(model.graph, name));
}

TEST_CASE("input_fp16_nodes takes an input with its default, and no sparse or plain initializer") {
  const std::string weights = floatTensor("w", {2}, {1, 3});
  const std::string sparse =
      Proto()
          .text(onnx::field::kSparseValues, floatTensor("w", {1}, {3}))
          .text(onnx::field::kSparseIndices, rawTensor("", DType::int64, {1}, std::string(8, '\0')))
          .number(onnx::field::kSparseDims, 2);
  const Messages nodes = {node("Mul", {"x", "w"}, {"y"})};
  const std::string withSparse =
      graph(nodes, {}, {info("x")}, {info("y")}) + std::string(Proto().text(onnx::field::kSparseInitializer, sparse));
  const struct {
    std::string model;
    DType dtype;  // that the model has in the output
    const char* message;
  } rows[] = {
      {model(graph(nodes, {weights}, {info("x"), info("w", DType::float32, {2})}, {info("y")})), DType::float16, ""},
      {model(graph(nodes, {weights}, {info("x")}, {info("y")})), DType::float32,
       "--input_fp16_nodes: entry 'w' is a constant of the model and no input"},
      {model(withSparse), DType::float32, "--input_fp16_nodes: entry 'w' is a constant of the model and no input"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.message);
    const onnx::Model source = modelOf(row.model);
    CompileOptions options;
    options.policy.mode = PrecisionMode::mustKeepOriginDtype;
    options.policy.inputFp16Nodes = {"w"};
    std::string messages;
    options.diagnostics = [&](const Diagnostic& diagnostic) { messages += diagnostic.message; };
    const absl::StatusOr<CompileResult> result = compile(source.graph, options);
    REQUIRE(result.ok());
    std::string out;
    REQUIRE(onnx::write(*result, *source.source, &out).ok());
    const onnx::Model compiled = modelOf(out);
    CHECK(messages == row.message);
    CHECK(compiled.graph.dtype(valueNamed(compiled.graph, "w")) == row.dtype);
    CHECK(verify(compiled.graph).ok());  // all operands of Mul have one dtype
  }
}

TEST_CASE("the default of an input that becomes float16 is reported like a constant") {
  const auto messagesFor = [](const std::vector<float>& values) {
    const onnx::Model source =
        modelOf(model(graph({node("Mul", {"x", "w"}, {"y"}, {}, "m")}, {floatTensor("w", {2}, values)},
                            {info("x"), info("w", DType::float32, {2})}, {info("y")})));
    CompileOptions options;
    options.policy.inputFp16Nodes = {"w"};
    const absl::StatusOr<CompileResult> result = compile(source.graph, options);
    REQUIRE(result.ok());
    std::string out;
    const absl::StatusOr<onnx::WriteResult> written = onnx::write(*result, *source.source, &out);
    REQUIRE(written.ok());
    std::string messages;
    reportConversions(source.graph, *result, written->conversions,
                      [&](const Diagnostic& diagnostic) { messages += diagnostic.message; });
    return messages;
  };
  CHECK(
      messagesFor({1, 1e6F}) ==
      "node 'm': default 'w' has 1 of 2 values beyond the range of float16 (largest magnitude 1000000); they saturate");
  CHECK(messagesFor({0, 1e-12F}).find("node 'm': default 'w' becomes zero in float16") == 0);
  CHECK(messagesFor({1, 3}).empty());
}

TEST_CASE("a fill that float16 cannot hold is reported at the node that fills") {
  const auto messagesFor = [](float fill, const char* name, const std::string& reader, NumericGuard guard) {
    const std::string value = tensorAttribute("value", floatTensor("", {1}, {fill}));
    const onnx::Model source = modelOf(
        model(graph({node("Relu", {"x"}, {"r"}), node("ConstantOfShape", {"s"}, {"c"}, {value}, name), reader}, {},
                    {info("x"), info("s", DType::int64, {1}), info("b", DType::boolean, {1})}, {info("y")})));
    CompileOptions options;
    options.policy.numericGuard = guard;
    const absl::StatusOr<CompileResult> result = compile(source.graph, options);
    REQUIRE(result.ok());
    std::string out;
    const absl::StatusOr<onnx::WriteResult> written = onnx::write(*result, *source.source, &out);
    REQUIRE(written.ok());
    CHECK(written->fills.size() == 1);
    std::string messages;
    reportConversions(
        source.graph, *result, written->conversions,
        [&](const Diagnostic& diagnostic) {
          CHECK(diagnostic.node == static_cast<NodeId>(1));
          messages += std::string(toString(diagnostic.severity)) + " " + std::string(diagnostic.id) + ": " +
                      diagnostic.message + "\n";
        },
        written->fills);
    return messages;
  };
  const std::string mul = node("Mul", {"r", "c"}, {"y"});
  const std::string where = node("Where", {"b", "r", "c"}, {"y"});
  constexpr auto kWarn = NumericGuard::warn;
  CHECK(messagesFor(-1e30F, "f", mul, kWarn) ==
        "warning weight-out-of-range: node 'f': fill of 'c' has 1 of 1 values beyond the range of float16 (largest "
        "magnitude 1.0000000150474662e+30); they saturate\n");
  CHECK(messagesFor(1e-12F, "", mul, kWarn) ==
        "warning constant-vanishes: node #1 (ConstantOfShape): fill of 'c' becomes zero in float16: its largest "
        "magnitude is 9.999999960041972e-13\n");
  CHECK(messagesFor(-1e30F, "f", where, kWarn).find("note weight-out-of-range: node 'f': fill of 'c'") == 0);
  CHECK(messagesFor(0.5F, "f", mul, kWarn).empty());
  CHECK(messagesFor(0, "f", mul, kWarn).empty());
  CHECK(messagesFor(-1e30F, "f", mul, NumericGuard::off).empty());
}

TEST_CASE("an output that the Cast of the model's opset does not give is refused, not written") {
  const auto wordsFor = [](int version) {
    const onnx::Model source =
        modelOf(model(graph({node("Relu", {"x"}, {"y"})}, {}, {info("x")}, {info("y")}), 9, {opset(version)}));
    CompileOptions options;
    options.policy.outputType.all = DType::float8e5m2;
    const absl::StatusOr<CompileResult> result = compile(source.graph, options);
    REQUIRE(result.ok());
    std::string out;
    const absl::StatusOr<onnx::WriteResult> written = onnx::write(*result, *source.source, &out);
    return written.ok() ? std::string("written") : std::string(written.status().message());
  };
  CHECK(wordsFor(13) == "value 'y' cannot be cast from float16 to float8e5m2: Cast-13, which the model's opset 13 has, "
                        "does not allow that");
  CHECK(wordsFor(19) == "written");
}

TEST_CASE("operators that name their dtype in an attribute are retyped") {
  const std::string zero = floatTensor("", {1}, {0.5F});
  const std::string dtypeFloat = intAttribute("dtype", 1);
  struct Row {
    const char* op;
    Messages attributes;
    DType input;
  };
  const Row rows[] = {{"ConstantOfShape", {tensorAttribute("value", zero)}, DType::int64},
                      {"ConstantOfShape", {}, DType::int64},
                      {"EyeLike", {dtypeFloat}, DType::float32},
                      {"RandomNormalLike", {dtypeFloat}, DType::float32},
                      {"RandomUniformLike", {dtypeFloat}, DType::float32}};
  for (const Row& row : rows) {
    CAPTURE(row.op, row.attributes.size());
    const onnx::Model model =
        compiledModel(test::model(graph({node(row.op, {"x"}, {"c"}, row.attributes), node("Relu", {"c"}, {"y"})}, {},
                                        {info("x", row.input)}, {info("y")})));
    CHECK(dtypeOf(model, "c") == DType::float16);
    CHECK(dtypeOf(model, "y") == DType::float32);
  }
}

TEST_CASE("a Constant node is converted through its attribute") {
  const onnx::Model model = compiledModel(
      test::model(graph({node("Constant", {}, {"k"}, {tensorAttribute("value", floatTensor("", {2}, {1, 2}))}),
                         node("Add", {"x", "k"}, {"y"})},
                        {}, {info("x")}, {info("y")})));
  const ValueId k = valueNamed(model.graph, "k");
  CHECK(model.graph.dtype(k) == DType::float16);
  CHECK(model.graph.isConstant(k));
  CHECK(*tensorBytes(model.graph, k) == 4);
}

TEST_CASE("a value of unknown dtype is inferred or left alone") {
  const Messages opsets = {opset(17), opset(1, "my.domain")};
  // Relu ties its result to its input, Add the custom operator's result to x: float32, which a Cast may then lower.
  const std::string tied =
      test::model(graph({node("Relu", {"x"}, {"r"}), node("Mine", {"r"}, {"m"}, {}, "mine", "my.domain"),
                         node("Add", {"m", "x"}, {"y"})},
                        {}, {info("x")}, {info("y")}),
                  8, opsets);
  CHECK(dtypeOf(modelOf(tied), "r") == DType::float32);
  CHECK(dtypeOf(modelOf(tied), "m") == DType::float32);
  const onnx::Model model = compiledModel(tied);
  CHECK(dtypeOf(model, "r") == DType::float16);
  CHECK(dtypeOf(model, "r_cast_fp32") == DType::float32);
  CHECK(dtypeOf(model, "m_cast_fp16") == DType::float16);
  // Nothing says what Mine gives here: its reader keeps its own dtypes, and no Cast is put on the value.
  const onnx::Model unknown = modelOf(test::model(graph({node("Mine", {"x"}, {"m"}, {}, "mine", "my.domain"),
                                                         node("Theirs", {"m", "x"}, {"y"}, {}, "theirs", "my.domain")},
                                                        {}, {info("x")}, {info("y")}),
                                                  8, opsets));
  const absl::StatusOr<CompileResult> result = compile(unknown.graph);
  REQUIRE(result.ok());
  CHECK(result->rewrite.casts.empty());
  CHECK(result->graph.dtype(valueNamed(result->graph, "m")) == DType::undefined);
}

TEST_CASE("value_info is retyped with its value") {
  const std::string out = compiledBytes(modelOf(test::model(
      graph({node("Relu", {"x"}, {"r"}), node("Exp", {"r"}, {"y"})}, {}, {info("x", DType::float32, {3, 4})},
            {info("y", DType::float32, {3, 4})}, {info("r", DType::float32, {3, 4})}))));
  CHECK(out.find(info("r", DType::float16, {3, 4})) != std::string::npos);
  CHECK(out.find(info("r", DType::float32, {3, 4})) == std::string::npos);
}

}  // namespace
}  // namespace precast
