// precision-semantics, section 3, what is beside the mode table (ModesTest) and the colours (ListColourPassTest).
//
// sentence                                                     | test
// the table's modes; what a row is taken for if there is none  | ModesTest
// cube ops: fp16 in and fp32 out if such a row exists          | cube operators take float16 in and float32 out
// ... the rest as force_fp32; black as in force_fp32           | cube operators take float16 in and float32 out
// force_fp32: black and no fp32 row: the aicpu library's       | force_fp32 sends a black operator to the next library
// `parameter: keep` operands want their own dtype in every mode | a marked operand keeps its own dtype in every mode
// precision falls along the modes                              | ModePropertiesTest
// force_fp16 is the default                                    | PrecisionPolicyTest, CompileTest
// precision_mode_v2 names; both set is an error                | PrecisionPolicyTest, PolicyFlagsTest
// bf16 modes are refused where nothing computes in it          | CompileTest
#include <catch2/catch.hpp>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

TEST_CASE("a cube operator whose row the ONNX schema cannot express says so") {
  // float16, float16 -> float32 is there, but MatMul of ONNX has one dtype for all.
  Setup setup(*Target::builtin("ascend310p"), kCube, 17);
  constexpr const char* kGraph = "in x:f32[2,2], w:f32[2,2]; a = MatMul(x, w); out a";
  CHECK(setup.decided(kGraph, "a") == "f32 f32 -> f32");
  CHECK(setup.reasons(kGraph, "a") == "schema-limits");
}

TEST_CASE("cube operators take float16 in and float32 out") {
  constexpr const char* kRows = R"(
Both cube (f32 f32 -> f32) (f16 f16 -> f16) (f16 f16 -> f32)
Uniform cube (f16 f16 -> f16) (f32 f32 -> f32)
Only16 cube (f16 f16 -> f16)
Bias cube (f16 f16 f16 -> f32) (f16 f16 f32 -> f32) (f32 f32 f32 -> f32)
Black cube black (f16 f16 -> f32) (f32 f32 -> f32)
Vector (f16 f16 -> f32) (f32 f32 -> f32)
)";
  struct Row {
    const char* op;
    const char* dtypes;
    const char* reason;
  };
  const Row rows[] = {
      {"Both", "f16 f16 -> f32", "forced-fp16"},        {"Uniform", "f32 f32 -> f32", "forced-fp32"},
      {"Only16", "f16 f16 -> f16", "only-fp16-kernel"}, {"Bias", "f16 f16 -> f32", "forced-fp16"},
      {"Black", "f32 f32 -> f32", "forced-fp32"},       {"Vector", "f32 f32 -> f32", "forced-fp32"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.op);
    const std::string text = std::string("in x, y; a = ") + row.op + "(x, y); out a";
    CHECK(Setup(kRows, kCube).decided(text, "a") == row.dtypes);
    CHECK(Setup(kRows, kCube).reasons(text, "a") == row.reason);
    // In every other mode the mark says nothing.
    CHECK(Setup(kRows, kForce32).decided(text, "a") ==
          (std::string(row.op) == "Only16" ? "f16 f16 -> f16" : "f32 f32 -> f32"));
  }
  // An output that the model has in float16 is raised as well.
  CHECK(Setup(kRows, kCube).decided("in x:f16, y:f16; a:f16 = Both(x, y); out a", "a") == "f16 f16 -> f32");
  // So are its constants, where the rows leave a choice.
  CHECK(Setup("Op cube (f16 f32 -> f32) (f16 f16 -> f32) (f32 f32 -> f32)", kCube)
            .decided("in x; const w; a = Op(x, w); out a", "a") == "f16 f16 -> f32");
  // Where the operator is black, force_fp32 raises what the model has in float16.
  CHECK(Setup(kRows, kCube).decided("in x:f16, y:f16; a:f16 = Black(x, y); out a", "a") == "f32 f32 -> f32");
  // The rest follows force_fp32.
  CHECK(Setup(kRows, kCube).decided("in x, y; a = Both(x, y); b = Vector(a, a); out b", "b") == "f32 f32 -> f32");
  // A real table: Conv2D of Ascend910 has such a row, that of Ascend310 has not.
  for (const auto& [soc, dtypes] :
       {std::pair("ascend910", "f16 f16 -> f32"), std::pair("ascend310", "f16 f16 -> f16")}) {
    CAPTURE(soc);
    CHECK(Setup(test::builtinWithRows(soc), kCube).decided("in x; const w; a = Conv2D(x, w); out a", "a") == dtypes);
  }
}

TEST_CASE("force_fp32 sends a black operator to the next library") {
  constexpr const char* kGraph = "in x; a = Sin(x); out a";
  const Setup black(test::builtinWithRows("ascend310", "Sin black (f16 -> f16)"), kForce32);
  CHECK(black.decided(kGraph, "a") == "f32 -> f32");
  CHECK(black.libraries(kGraph, "a") == "aicpu");
  const Setup gray(test::builtinWithRows("ascend310", "Sin (f16 -> f16)"), kForce32);
  CHECK(gray.decided(kGraph, "a") == "f16 -> f16");
  CHECK(gray.libraries(kGraph, "a") == "aicore");
  CHECK_THAT(Setup("Black black (f16 -> f16)", kForce32).refused("in x; a = Black(x); out a"),
             Catch::Contains("node 'a'"));
}

TEST_CASE("a marked operand keeps its own dtype in every mode") {
  constexpr const char* kRows = R"(
Scale (f16 f16! -> f16) (f16 f32! -> f16) (f32 f32! -> f32) (f32 f16! -> f32)
White white (f16 f16! -> f16) (f16 f32! -> f16) (f32 f32! -> f32)
Tied (f16 f16! -> f16) (f32 f32! -> f32)
)";
  // Also where a cube operator falls back to float32.
  CHECK(Setup("Op cube (f16 f16! -> f16) (f32 f16! -> f32) (f32 f32! -> f32)", kCube)
            .decided("in x:f16, s:f16; a:f16 = Op(x, s); out a", "a") == "f32 f16 -> f32");
  for (PrecisionMode mode : allPrecisionModes()) {
    if (mode == PrecisionMode::allowFp32ToBf16 || mode == PrecisionMode::allowMixPrecisionBf16) continue;
    CAPTURE(toString(mode));
    const Setup setup(kRows, mode);
    for (const char* op : {"Scale", "White"}) {
      const std::string text = std::string("in x, s; a = ") + op + "(x, s); out a";
      CHECK(setup.decided(text, "a").substr(4, 3) == "f32");
    }
  }
  CHECK(Setup(kRows, kForce32).decided("in x:f16, s:f16; a:f16 = Scale(x, s); out a", "a") == "f32 f16 -> f32");
  // Earlier operands narrow the rows first; what is left may leave no choice.
  CHECK(Setup(kRows, PrecisionMode::forceFp16).decided("in x, s; a = Tied(x, s); out a", "a") == "f16 f16 -> f16");
  // Resize's roi and scales, on a built-in target.
  Setup onnx(*Target::builtin("onnx"), PrecisionMode::forceFp16);
  onnx.opset = 17;
  CHECK(onnx.decided("in x, r, s; a = Resize(x, r, s); out a", "a") == "f16 f32 f32 -> f16");
}

}  // namespace
}  // namespace precast
