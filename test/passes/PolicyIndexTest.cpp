// precision-semantics, section 5: overrides by file and flag, as they decide. What their readers accept and refuse is
// tested in test/policy; the flags in test/tools/PolicyFlagsTest.
//
// sentence                                                    | test
// the Ascend type first, else the ONNX type; both reported    | an entry by type names the target's operator, else ...
// ... and with its domain the ONNX type alone                 | an operator of another domain is named with it, and ...
// modify_mixlist only with a mix mode                         | ListMovesTest, list moves need a mixed mode
// any one move; gray to-add moves to gray                     | MixlistTest
// not in the list is a warning                                | MixlistTest
// duplicate and unknown keys                                  | MixlistTest, MalformedFilesTest
// what no list decides (control flow, Cast, own dtypes)       | ListMovesTest, a list move of an operator that no ...
// keep_dtype: names, types, globs                             | KeepDtypePassTest
// customize_dtypes                                            | CustomizeDtypesPassTest
// implementation modes                                        | the implementation mode is the node's, and only where ...
//                                                             | ImplModesTest (order of the flags)
// output_type, input_fp16_nodes                               | BordersTest
// name, then glob (longest first), then type                  | SelectorIndexTest, a name before a glob before a type
// an entry that matches nothing is a warning with near names  | every override warns of an entry that matches nothing
//                                                             | ListMovesTest, a list move that neither target nor ...
//                                                             | ListMovesTest, a list move that matches no node ...
#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;
using Kind = NodeSelector::Kind;

TEST_CASE("an entry by type names the target's operator, else the model's") {
  // Conv and Conv2D are one thing on Ascend, by either name.
  constexpr const char* kGraph = "in x; a = Softmax(x); b = Sigmoid(a); out b";
  for (const char* type : {"Softmax", "SoftmaxV2"}) {
    CAPTURE(type);
    Setup keep(test::builtinWithRows("ascend310"), kForce16, 17);
    keep.options.policy.keepDtype = {{Kind::type, type, ""}};
    CHECK(keep.decided(kGraph, "a, b") == "f32 -> f32; f16 -> f16");
    Setup moved(test::builtinWithRows("ascend310"), kMix, 17);
    moved.options.policy.listMoves = {{type, ListColour::white, ""}};
    CHECK(moved.decided(kGraph, "a, b") == "f16 -> f16; f16 -> f16");
  }
  // A name that the target has is the target's alone: ONNX's Gather becomes GatherV2, Ascend has a Gather as well.
  Setup clash("Gather (f16 i64 -> f16) (f32 i64 -> f32)", kForce16);
  clash.options.policy.keepDtype = {{Kind::type, "Gather", ""}};
  CHECK(clash.decided("in x, i:i64; a = Gather(x, i); out a", "a") == "f32 i64 -> f32");
}

TEST_CASE("an operator of another domain is named with it, and ai.onnx is ONNX's own") {
  constexpr const char* kGraph = "in x; a = Gelu(x); b = com.microsoft:Gelu(x); out a, b";
  struct Row {
    const char* type;
    const char* kept;   // by keep_dtype and customize_dtypes, in force_fp16
    const char* moved;  // to the white list, in a mixed mode
  };
  const Row rows[] = {{"Gelu", "f32 -> f32; f32 -> f32", "f16 -> f16; f16 -> f16"},
                      {"com.microsoft:Gelu", "f16 -> f16; f32 -> f32", "f32 -> f32; f16 -> f16"},
                      {"ai.onnx:Gelu", "f32 -> f32; f16 -> f16", "f16 -> f16; f32 -> f32"},
                      {"com.acme:Gelu", "f16 -> f16; f16 -> f16", "f32 -> f32; f32 -> f32"},
                      {":Gelu", "f16 -> f16; f16 -> f16", "f32 -> f32; f32 -> f32"}};
  for (const Row& row : rows) {
    CAPTURE(row.type);
    const std::string type = row.type;
    Setup setup(test::builtinWithRows("onnx"), kForce16, 20);
    setup.options.policy.keepDtype = *parseKeepDtype("OpType::" + type, "k.txt", {});
    CHECK(setup.decided(kGraph, "a, b") == row.kept);
    setup.options.policy.keepDtype.clear();
    setup.options.policy.customizeDtypes =
        *parseCustomizeDtypes("OpType::" + type + ":InputDtype:float32,OutputDtype:float32", "c.txt");
    CHECK(setup.decided(kGraph, "a, b") == row.kept);
    Setup moved(test::builtinWithRows("onnx"), kMix, 20);
    moved.options.policy.listMoves = *applyMixlist(
        *parseMixlist(R"({"white-list":{"to-add":[")" + type + R"("]}})", "m.json", {}), moved.target, {});
    CHECK(moved.decided(kGraph, "a, b") == row.moved);
  }
  // With its domain it is the model's operator, whatever the target has by that name.
  Setup ascend(test::builtinWithRows("ascend310"), kForce16, 17);
  const auto kept = [&](const char* type) {
    ascend.options.policy.keepDtype = {{Kind::type, type, ""}};
    return ascend.decided("in x; a = Softmax(x); out a", "a");
  };
  CHECK(kept("ai.onnx:Softmax") == "f32 -> f32");
  CHECK(kept("ai.onnx:SoftmaxV2") == "f16 -> f16");
}

TEST_CASE("an entry that matches nothing is shown the nearest operator with its domain") {
  constexpr const char* kGraph = "in x; a = com.microsoft:Gelu(x); out a";
  Setup setup(test::builtinWithRows("onnx"), kMix, 20);
  setup.options.policy.keepDtype = {{Kind::type, "com.microsoft:Gelo", ""}, {Kind::type, "Gelo", ""}};
  setup.options.policy.listMoves = {{"com.microsoft:Gelo", ListColour::black, ""},
                                    {"com.microsoft:FusedMatMul", ListColour::black, ""}};
  CHECK(setup.messages(kGraph) ==
        "warning mixlist-unknown-op : modify_mixlist entry 'com.microsoft:Gelo' matches no operator type of target "
        "'onnx' or of the model, nearest is 'com.microsoft:Gelu'\n"
        "warning mixlist-unmatched : modify_mixlist entry 'com.microsoft:FusedMatMul' matches no node\n"
        "warning keep-dtype-unmatched : keep_dtype entry 'OpType::com.microsoft:Gelo' matches no node, nearest is "
        "'com.microsoft:Gelu'\n"
        "warning keep-dtype-unmatched : keep_dtype entry 'OpType::Gelo' matches no node, nearest is 'Gelu'\n");
}

TEST_CASE("the implementation mode is the node's, and only where the kernel offers it") {
  constexpr const char* kGraph = "in x; a = SoftmaxV2(x); b = SoftmaxV2(a); c = Relu(b); out c";
  Setup setup(test::builtinWithRows("ascend310"), kForce16);
  const auto modes = [&] {
    const Graph graph = test::graphOfText(kGraph);
    const absl::StatusOr<PrecisionPlan> made = plan(graph, setup.options);
    REQUIRE(made.ok());
    std::string text;
    for (const char* name : {"a", "b", "c"}) {
      const Decision& decision = made->decision(test::nodeNamed(graph, name));
      text += decision.implMode ? std::string(toString(*decision.implMode)) : "-";
      text += decision.implModeChosen ? "! " : " ";
    }
    return text;
  };
  CHECK(modes() == "high_performance high_performance - ");
  setup.options.policy.implModes = {{{Kind::type, "SoftmaxV2", "op_precision_mode, line 2"}, ImplMode::highPrecision},
                                    {{Kind::node, "b", ""}, ImplMode::highPerformance}};
  CHECK(modes() == "high_precision! high_performance! - ");
  CHECK(setup.messages(kGraph).empty());
  // Not offered: a warning, ignored. No dtype changes with any of it.
  setup.options.policy.implModes = {
      {{Kind::type, "SoftmaxV2", "high_performance.ini, line 1"}, ImplMode::highPerformance}};
  setup.options.policy.implModes[0].fromUser = false;
  CHECK(modes() == "high_performance! high_performance! - ");
  setup.options.policy.implModes = {{{Kind::node, "c", "op_precision_mode, line 1"}, ImplMode::highPrecision},
                                    {{Kind::node, "a", "op_precision_mode, line 2"}, ImplMode::keepFp16}};
  CHECK(modes() == "high_performance high_performance - ");
  CHECK(setup.messages(kGraph) ==
        "warning impl-mode-not-offered a: node 'a' (SoftmaxV2): keep_fp16 is not offered, only high_performance, "
        "high_precision, it has no effect (op_precision_mode, line 2)\n"
        "warning impl-mode-not-offered c: node 'c' (Relu): high_precision is not offered, it has no effect "
        "(op_precision_mode, line 1)\n");
  setup.options.policy.implModes = {{{Kind::node, "c", "op_precision_mode, line 1", "m.ini:2:1"}, ImplMode::keepFp16}};
  CHECK(setup.messages(kGraph) ==
        "warning impl-mode-not-offered c: m.ini:2:1: node 'c' (Relu): keep_fp16 is not offered, it has no effect\n");
  setup.options.policy.implModes[0].nodes = {Kind::node, "c", ""};
  CHECK_THAT(setup.messages(kGraph),
             Catch::EndsWith("c: node 'c' (Relu): keep_fp16 is not offered, it has no effect\n"));
  CHECK(setup.decided(kGraph, "a, b, c") == "f16 -> f16; f16 -> f16; f16 -> f16");
}

TEST_CASE("a name before a glob before a type") {
  constexpr const char* kGraph = "in x; a = Op(x); b = Op(x); c = Op(x); out a, b, c";
  Setup setup("Op (f16 -> f32) (f32 -> f32) (bf16 -> f32)", kForce16);
  const auto custom = [](Kind kind, const char* pattern, DType dtype) {
    return CustomDtypes{{kind, pattern, ""}, {dtype}, {}};
  };
  setup.options.policy.customizeDtypes = {custom(Kind::type, "Op", DType::bfloat16),
                                          custom(Kind::glob, "*", DType::float16),
                                          custom(Kind::node, "c", DType::float32)};
  setup.options.policy.mode = PrecisionMode::allowFp32ToBf16;
  CHECK(setup.decided(kGraph, "a, b, c") == "f16 -> f32; f16 -> f32; f32 -> f32");
}

TEST_CASE("of two entries for one operator by its two names the first holds, and a warning names both") {
  constexpr const char* kGraph = "in x; a = Softmax(x); b = Relu(a); out b";
  Setup setup(test::builtinWithRows("ascend310"), kForce16, 17);
  const auto custom = [](const char* type, DType dtype, const char* place) {
    return CustomDtypes{{Kind::type, type, "", place}, {dtype}, {}};
  };
  setup.options.policy.customizeDtypes = {custom("SoftmaxV2", DType::float32, "c.txt:1:1"),
                                          custom("Softmax", DType::float16, "c.txt:2:1")};
  CHECK(setup.messages(kGraph) ==
        "warning customize-dtypes-overruled : c.txt:2:1: customize_dtypes entry 'OpType::Softmax' has no say in "
        "operator Softmax, of which 'OpType::SoftmaxV2' (c.txt:1:1) speaks first\n");
  CHECK(setup.decided(kGraph, "a") == "f32 -> f32");
  // Two that ask for the same do not contradict each other.
  setup.options.policy.customizeDtypes[1] = custom("Softmax", DType::float32, "c.txt:2:1");
  CHECK(setup.messages(kGraph).empty());
  setup.options.policy.customizeDtypes.clear();
  setup.options.policy.implModes = {{{Kind::type, "Softmax", "op_precision_mode, line 2"}, ImplMode::highPrecision},
                                    {{Kind::type, "SoftmaxV2", ""}, ImplMode::highPerformance}};
  CHECK(setup.messages(kGraph) ==
        "warning impl-mode-overruled : op_precision_mode entry 'OpType::SoftmaxV2' has no say in operator Softmax, of "
        "which 'OpType::Softmax' (op_precision_mode, line 2) speaks first\n");
  // As a file has them: its sections say what is a type.
  const absl::StatusOr<std::vector<ImplModeEntry>> ini =
      parseOpPrecisionMode("[ByOpType]\nSoftmax=high_precision\nSoftmaxV2=high_performance\n", "m.ini");
  REQUIRE(ini.ok());
  setup.options.policy.implModes = *ini;
  CHECK(setup.messages(kGraph) ==
        "warning impl-mode-overruled : m.ini:3:1: op_precision_mode entry 'SoftmaxV2' has no say in operator Softmax, "
        "of which 'Softmax' (m.ini:2:1) speaks first\n");
  // A line of a built-in table may be overruled.
  setup.options.policy.implModes[1].fromUser = false;
  CHECK(setup.messages(kGraph).empty());
  // A node's own entry is meant to win over its type's.
  setup.options.policy.implModes = {{{Kind::type, "Softmax", ""}, ImplMode::highPrecision},
                                    {{Kind::node, "a", ""}, ImplMode::highPerformance}};
  CHECK(setup.messages(kGraph).empty());
}

TEST_CASE("an ini entry that matches nothing is quoted as it is written, and so is what was meant") {
  constexpr const char* kGraph = "in x; a = Softmax(x); out a";
  Setup setup(test::builtinWithRows("ascend310"), kForce16, 17);
  setup.options.policy.implModes =
      *parseOpPrecisionMode("[ByOpType]\nSoftmx=high_precision\n[ByNodeName]\nSoftmax=high_precision\n", "m.ini");
  CHECK(setup.messages(kGraph) ==
        "warning impl-mode-unmatched : m.ini:2:1: op_precision_mode entry 'Softmx' matches no node, nearest is "
        "'Softmax'\n"
        "warning impl-mode-unmatched : m.ini:4:1: op_precision_mode entry 'Softmax' matches no node, nearest is "
        "'[ByOpType] Softmax'\n");
  setup.options.policy.implModes = {{{Kind::node, "Softmax", "mine"}, ImplMode::highPrecision}};
  CHECK_THAT(setup.messages(kGraph), Catch::Contains("nearest is 'OpType::Softmax'"));
}

TEST_CASE("every override warns of an entry that matches nothing") {
  constexpr const char* kGraph = "in image; conv_1 = Relu(image); out conv_1";
  Setup setup(test::builtinWithRows("ascend310"), kForce16);
  setup.options.policy.keepDtype = {{Kind::node, "conv_2", "keep_dtype, line 1"}};
  setup.options.policy.customizeDtypes = {{{Kind::type, "Rely", "customize_dtypes, line 4"}, {DType::float16}, {}}};
  setup.options.policy.implModes = {{{Kind::node, "conv_11", "op_precision_mode, line 2"}, ImplMode::highPrecision}};
  setup.options.policy.inputFp16Nodes = {"imag"};
  setup.options.policy.outputType.outputs = {{"conv1", 0, DType::float16, "output_type"}};
  CHECK(setup.messages(kGraph) ==
        "warning keep-dtype-unmatched : keep_dtype entry 'conv_2' (keep_dtype, line 1) matches no node, nearest is "
        "'conv_1'\n"
        "warning customize-dtypes-unmatched : customize_dtypes entry 'OpType::Rely' (customize_dtypes, line 4) matches "
        "no node, nearest is 'Relu'\n"
        "warning impl-mode-unmatched : op_precision_mode entry 'conv_11' (op_precision_mode, line 2) matches no node, "
        "nearest is 'conv_1'\n"
        "warning input-fp16-unmatched : --input_fp16_nodes: entry 'imag' matches no input of the model, nearest is "
        "'image'\n"
        "warning output-type-unmatched : --output_type: entry 'conv1:0' matches no output of the model, nearest is "
        "'conv_1'\n");
}

TEST_CASE("for an operator of ONNX that an ONNX model lacks no other is shown as the nearest") {
  Setup setup(test::builtinWithRows("ascend310p"), kMix, 17);
  for (const char* type : {"Dropout", "GlobalAveragePool"}) {
    setup.options.policy.listMoves = {{type, ListColour::black, ""}};
    CHECK(setup.messages("in x; a = Identity(x); b = ReduceMean(a); out b") ==
          "warning mixlist-unmatched : modify_mixlist entry '" + std::string(type) + "' matches no node\n");
  }
}

TEST_CASE("an entry of keep_dtype whose operators are all named before it by other names is given twice") {
  Setup setup(test::builtinWithRows("ascend310p"), kForce16, 17);
  const auto said = [&](const char* text) {
    setup.options.policy.keepDtype = *parseKeepDtype(text, "k.txt", {});
    return setup.messages("in x; a = Softmax(x); b = Sum(a, a); c = Dropout(b); out c");
  };
  const std::string given = "' is given twice (first as 'OpType::Softmax', k.txt:1:1)\n";
  CHECK(said("OpType::Softmax\nOpType::SoftmaxV2\nOpType::ai.onnx:Softmax\n") ==
        "warning duplicate-entry : k.txt:2:1: keep_dtype entry 'OpType::SoftmaxV2" + given +
            "warning duplicate-entry : k.txt:3:1: keep_dtype entry 'OpType::ai.onnx:Softmax" + given);
  CHECK(said("OpType::Sum\nOpType::AccumulateNV2\n").empty());
  CHECK(said("OpType::Identity\nOpType::Dropout\nOpType::ai.onnx:Sum\nOpType::Sum\n").empty());
  CHECK(said("OpType::Softmax\na\n*\n").empty());
  // The same name is told of where the file is read.
  CHECK(said("OpType::Softmax\nOpType::Softmax\n").empty());
}

}  // namespace
}  // namespace precast
