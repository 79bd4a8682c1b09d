// What a policy made by the API may not say, as its files may not: the same thing to compile(), plan() and
// checkOptions().
#include "policy/Contradictions.h"

#include <catch2/catch.hpp>
#include <string>

#include "precast/precast.h"

namespace precast {
namespace {

using Kind = NodeSelector::Kind;

/// The error, which is the same wherever the policy goes; "" if there is none.
std::string refusal(const PrecisionPolicy& policy, const Target* target = nullptr) {
  CompileOptions options;
  options.policy = policy;
  options.target = target;
  const absl::Status status = checkOptions(options);
  CHECK(compile(Graph(), options).status() == status);
  CHECK(plan(Graph(), options).status() == status);
  if (!status.ok()) CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

std::string refusal(std::vector<ListMove> moves, const Target* target = nullptr) {
  PrecisionPolicy policy;
  policy.mode = PrecisionMode::allowMixPrecision;
  policy.listMoves = std::move(moves);
  return refusal(policy, target);
}

TEST_CASE("an operator that is moved to two lists is refused, by one name and by two", "[policy]") {
  CHECK(refusal({{"Conv", ListColour::black, ""}, {"Relu", ListColour::white, ""}, {"Conv", ListColour::white, ""}}) ==
        "modify_mixlist: operator type 'Conv' is moved to two lists: black-list and white-list");
  CHECK(refusal({{"Conv", ListColour::gray, ""}, {"Conv", ListColour::white, ""}}) ==
        "modify_mixlist: operator type 'Conv' is moved to two lists: gray-list and white-list");
  CHECK(refusal({{"Conv", ListColour::black, ""}, {"Conv", ListColour::black, ""}}).empty());
  const absl::StatusOr<Target> ascend = Target::builtin("ascend310");
  REQUIRE(ascend.ok());
  CHECK(refusal({{"Conv2D", ListColour::black, ""}, {"Conv", ListColour::white, ""}}, &*ascend) ==
        "modify_mixlist: operator type 'Conv' is moved to the white-list, but 'Conv2D', which is the same operator on "
        "target 'ascend310', to the black-list");
  CHECK(refusal({{"Gelu", ListColour::black, ""}, {"com.microsoft:Gelu", ListColour::white, ""}}, &*ascend)
            .find("'com.microsoft:Gelu' is moved to the white-list, but 'Gelu'") != std::string::npos);
  // Two names of ONNX are two operators, also where one of them is what the target calls both.
  CHECK(refusal({{"Dropout", ListColour::black, ""}, {"Identity", ListColour::white, ""}}, &*ascend).empty());
  // What leaves a list under one name and goes to another under its other, as a file may say it.
  CHECK(refusal({{"Conv2D", ListColour::gray, ""}, {"Conv", ListColour::white, ""}}, &*ascend).empty());
  CHECK(refusal({{"Conv2D", ListColour::black, ""}, {"Conv", ListColour::white, ""}}).empty());
}

TEST_CASE("entries for the same nodes that disagree are refused", "[policy]") {
  const auto custom = [](Kind kind, std::optional<DType> input, std::optional<DType> output) {
    return CustomDtypes{{kind, "a", ""}, {std::nullopt, input}, {output}};
  };
  PrecisionPolicy policy;
  policy.customizeDtypes = {custom(Kind::node, DType::float16, std::nullopt),
                            custom(Kind::node, DType::float32, std::nullopt)};
  CHECK(refusal(policy) ==
        "customize_dtypes: two entries for 'a' disagree: input 1 is float16 in one and float32 in the other");
  policy.customizeDtypes[1] = custom(Kind::node, DType::float16, DType::float32);
  CHECK(refusal(policy) ==
        "customize_dtypes: two entries for 'a' disagree: output 0 is free in one and float32 in the other");
  // The same, though not in as many slots; and a node and a type of one name.
  policy.customizeDtypes[1] = custom(Kind::node, DType::float16, std::nullopt);
  policy.customizeDtypes[1].outputs.clear();
  policy.customizeDtypes.push_back(custom(Kind::type, DType::float32, std::nullopt));
  CHECK(refusal(policy).empty());

  policy = PrecisionPolicy();
  policy.implModes = {{{Kind::type, "Softmax", ""}, ImplMode::highPrecision},
                      {{Kind::type, "Softmax", ""}, ImplMode::highPerformance}};
  CHECK(refusal(policy) ==
        "op_precision_mode: two entries for 'OpType::Softmax' disagree: high_precision and high_performance");
  policy.implModes[1].fromUser = false;  // a line of a built-in table
  CHECK(refusal(policy).empty());

  policy = PrecisionPolicy();
  policy.outputType.outputs = {{"n", 0, DType::float16, ""}, {"n", 1, DType::float32, ""}};
  CHECK(refusal(policy).empty());
  policy.outputType.outputs.push_back({"n", 0, DType::float32, ""});
  CHECK(refusal(policy) == "output_type: two entries for 'n:0' disagree: float16 and float32");
}

TEST_CASE("an entry without a name is refused", "[policy]") {
  CHECK(refusal({{"Conv", ListColour::black, ""}, {"", ListColour::black, ""}}) ==
        "modify_mixlist: the name in entry 2 is empty");
  for (Kind kind : {Kind::node, Kind::glob, Kind::type}) {
    PrecisionPolicy policy;
    policy.keepDtype = {{kind, "", ""}};
    CHECK(refusal(policy) == "keep_dtype: the name in entry 1 is empty");
    policy = PrecisionPolicy();
    policy.customizeDtypes = {{{kind, "", ""}, {DType::float16}, {}}};
    CHECK(refusal(policy) == "customize_dtypes: the name in entry 1 is empty");
    policy = PrecisionPolicy();
    policy.implModes = {{{kind, "", ""}, ImplMode::highPrecision}};
    CHECK(refusal(policy) == "op_precision_mode: the name in entry 1 is empty");
  }
  PrecisionPolicy policy;
  policy.outputType.outputs = {{"", 0, DType::float16, ""}};
  CHECK(refusal(policy) == "output_type: the name in entry 1 is empty");
  policy = PrecisionPolicy();
  policy.inputFp16Nodes = {"x", ""};
  CHECK(refusal(policy) == "input_fp16_nodes: the name in entry 2 is empty");
}

}  // namespace
}  // namespace precast
