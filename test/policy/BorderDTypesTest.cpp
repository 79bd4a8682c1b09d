// What output_type and input_fp16_nodes make of a graph's borders. How they are read: OutputTypeTest, NameListsTest.
#include <catch2/catch.hpp>
#include <string>

#include "GraphBuilder.h"
#include "policy/BorderDTypes.h"
#include "precast/PolicyFiles.h"

namespace precast {
namespace {

constexpr std::string_view kGraph = R"({"schema":"precast.graph/1",
  "inputs":[{"name":"image","dtype":"float32"},{"name":"mask","dtype":"bfloat16"},{"name":"ids","dtype":"int64"}],
  "constants":[],
  "nodes":[{"name":"split","op":"Split","inputs":["image"],
            "outputs":[{"name":"left","dtype":"float32"},{"name":"right","dtype":"float32"}]},
           {"name":"inner","op":"Relu","inputs":["left"],"outputs":[{"name":"relu","dtype":"float32"}]},
           {"name":"top","op":"ArgMax","inputs":["relu"],"outputs":[{"name":"best","dtype":"int64"}]}],
  "outputs":["right","relu","best","mask","right"]})";

struct Borders {
  std::string inputs;
  std::string outputs;
  std::string messages;
};

Borders bordersOf(const PrecisionPolicy& policy) {
  const Graph graph = test::graphOf(kGraph);
  Borders borders;
  const policy::BorderDTypes dtypes = policy::borderDTypes(graph, policy, [&](const Diagnostic& diagnostic) {
    const char* severity = diagnostic.severity == Severity::note ? "note " : "warning ";
    borders.messages += severity + std::string(diagnostic.id) + ": " + diagnostic.message + '\n';
  });
  for (DType dtype : dtypes.inputs) borders.inputs += std::string(toString(dtype)) + ' ';
  for (DType dtype : dtypes.outputs) borders.outputs += std::string(toString(dtype)) + ' ';
  CHECK(policy::borderDTypes(graph, policy, {}).outputs == dtypes.outputs);
  return borders;
}

PrecisionPolicy policyOf(std::string_view outputType, std::string_view inputs) {
  PrecisionPolicy policy;
  if (!outputType.empty()) {
    const absl::StatusOr<OutputType> parsed = parseOutputType(outputType, "--output_type");
    REQUIRE(parsed.ok());
    policy.outputType = *parsed;
  }
  if (!inputs.empty()) {
    const absl::StatusOr<std::vector<std::string>> parsed = parseInputFp16Nodes(inputs, "--input_fp16_nodes");
    REQUIRE(parsed.ok());
    policy.inputFp16Nodes = *parsed;
  }
  return policy;
}

TEST_CASE("the model's inputs and outputs get what the flags say and else keep their dtypes", "[border]") {
  struct Row {
    const char* outputType;
    const char* inputFp16Nodes;
    const char* inputs;
    const char* outputs;
    const char* messages;
  };
  constexpr const char* ownInputs = "float32 bfloat16 int64 ";
  constexpr const char* ownOutputs = "float32 float32 int64 bfloat16 float32 ";
  const Row rows[] = {
      {"", "", ownInputs, ownOutputs, ""},
      {"", "image;mask", "float16 float16 int64 ", ownOutputs, ""},
      {"", "ids", ownInputs, ownOutputs,
       "warning input-fp16-not-float: --input_fp16_nodes: input 'ids' is int64 and stays so\n"},
      {"", "imag;image", "float16 bfloat16 int64 ", ownOutputs,
       "warning input-fp16-unmatched: --input_fp16_nodes: entry 'imag' matches no input of the model, nearest is "
       "'image'\n"},
      {"", "left", ownInputs, ownOutputs,
       "warning input-fp16-unmatched: --input_fp16_nodes: entry 'left' matches no input of the model\n"},
      {"FP16", "", ownInputs, "float16 float16 int64 float16 float16 ",
       "note output-type-not-float: --output_type: output 'best' is int64 and stays so\n"},
      {"INT64", "", ownInputs, "int64 int64 int64 int64 int64 ", ""},
      {"split:1:FP16", "", ownInputs, "float16 float32 int64 bfloat16 float16 ", ""},
      {"top:0:INT32;inner:0:UINT8", "", ownInputs, "float32 uint8 int32 bfloat16 float32 ", ""},
      {"split:0:FP16", "", ownInputs, ownOutputs,
       "warning output-type-unmatched: --output_type: entry 'split:0' matches no output of the model\n"},
      {"splt:1:FP16", "", ownInputs, ownOutputs,
       "warning output-type-unmatched: --output_type: entry 'splt:1' matches no output of the model, nearest is "
       "'split'\n"},
      // By what the output is called, where its node belongs.
      {"best:0:FP16", "", ownInputs, ownOutputs,
       "warning output-type-unmatched: --output_type: entry 'best:0' matches no output of the model, nearest is "
       "'top:0'\n"},
      {"mask:0:FP16", "", ownInputs, ownOutputs,
       "warning output-type-unmatched: --output_type: entry 'mask:0' matches no output of the model\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.outputType, row.inputFp16Nodes);
    const Borders borders = bordersOf(policyOf(row.outputType, row.inputFp16Nodes));
    CHECK(borders.inputs == row.inputs);
    CHECK(borders.outputs == row.outputs);
    CHECK(borders.messages == row.messages);
  }
}

TEST_CASE("an entry of output_type wins over the type for all outputs", "[border]") {
  PrecisionPolicy policy = policyOf("inner:0:FP32", "");
  policy.outputType.all = DType::float16;
  CHECK(bordersOf(policy).outputs == "float16 float32 int64 float16 float16 ");
}

}  // namespace
}  // namespace precast
