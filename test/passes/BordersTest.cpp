// precision-semantics, section 5: output_type and input_fp16_nodes change the model's own inputs and outputs. What each
// entry means is tested in test/policy/BorderDTypesTest.
//
// sentence                                                | test
// unset, inputs and outputs keep their dtype in every mode | inputs and outputs keep their dtypes in every mode
// they change the model's own inputs and outputs          | output_type and input_fp16_nodes change the model's borders
// casts are placed inside                                 | both
// a value that is input and output                        | a value that is input and output has one dtype
#include "passes/Borders.h"

#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

using test::Setup;

constexpr const char* kRows = "Op (f16 -> f16) (f32 -> f32) (bf16 -> bf16)";
constexpr const char* kGraph = "in x, h:f16; a = Op(x); b:f16 = Op(h); out a, b";

TEST_CASE("inputs and outputs keep their dtypes in every mode") {
  for (PrecisionMode mode : allPrecisionModes()) {
    CAPTURE(toString(mode));
    const std::string text = Setup(kRows, mode).compiled(kGraph);
    CHECK_THAT(text, Catch::StartsWith("in x:f32, h:f16\n"));
    CHECK_THAT(text, Catch::EndsWith("out a, b\n"));
    CHECK_THAT(text, Catch::Contains("a:f32 = "));
    CHECK_THAT(text, Catch::Contains("b:f16 = "));
  }
}

TEST_CASE("output_type and input_fp16_nodes change the model's borders") {
  Setup setup(kRows, PrecisionMode::allowFp32ToFp16);
  setup.options.policy.inputFp16Nodes = {"x"};
  CHECK(setup.compiled("in x; a = Op(x); out a") ==
        "in x:f16\nx_cast_fp32:f32 = Cast(x)\na:f32 = Op(x_cast_fp32)\nout a\n");
  setup.options.policy.outputType.all = DType::float16;
  CHECK(setup.compiled("in x; a = Op(x); out a") == "in x:f16\nx_cast_fp32:f32 = Cast(x)\na_fp32:f32 = "
                                                    "Op(x_cast_fp32)\na:f16 = Cast(a_fp32)\nout a\n");
  // Gray nodes see the new dtype of an input.
  setup.options.policy.mode = PrecisionMode::forceFp16;
  CHECK(setup.compiled("in x; a = Op(x); out a") == "in x:f16\na:f16 = Op(x)\nout a\n");
  // Integers too, where an entry says so; the model's integers are left alone by the type for all.
  Setup integers(kRows, PrecisionMode::allowFp32ToFp16);
  integers.options.policy.outputType.outputs = {{"a", 0, DType::int32, ""}};
  CHECK(integers.compiled("in x; a = Op(x); out a") == "in x:f32\na_fp32:f32 = Op(x)\na:i32 = Cast(a_fp32)\nout a\n");
}

TEST_CASE("an output cannot become what the model's Cast does not give") {
  Setup setup(test::builtinWithRows("onnx"), PrecisionMode::forceFp16, 13);
  setup.options.policy.outputType.all = DType::float8e5m2;
  CHECK(setup.decided("in x; h:f16 = Cast(x); a = Relu(x); out a, h", "a") ==
        "output_type: output 'a' is float32 and cannot become float8e5m2, which Cast-13 does not allow");
  setup.opset = 19;
  CHECK(setup.decided("in x; h:f16 = Cast(x); a = Relu(x); out a, h", "a") == "f16 -> f16");
}

TEST_CASE("a value that is input and output has one dtype") {
  Setup setup(kRows, PrecisionMode::allowFp32ToFp16);
  setup.options.policy.outputType.all = DType::float16;
  CHECK(setup.decided("in x; a = Op(x); out a, x", "a") ==
        "value 'x' is an input and an output of the model: it cannot be float32 as the one and float16 as the other");
  setup.options.policy.inputFp16Nodes = {"x"};
  CHECK(setup.compiled("in x; a = Op(x); out a, x").find("in x:f16\n") == 0);
}

}  // namespace
}  // namespace precast
