// precision-semantics, section 5: what moves of modify_mixlist do to the operators of a graph (PolicyIndex.cpp). The
// table of sentences is in PolicyIndexTest.
#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;
using Kind = NodeSelector::Kind;

TEST_CASE("list moves need a mixed mode") {
  constexpr const char* kGraph = "in x; a = Op(x); out a";
  for (PrecisionMode mode : allPrecisionModes()) {
    CAPTURE(toString(mode));
    Setup setup("Op white (f16 -> f16) (f32 -> f32) (bf16 -> bf16)", mode);
    setup.options.policy.listMoves = {{"Op", ListColour::black, ""}};
    CHECK(setup.decided(kGraph, "a") ==
          (isMixMode(mode)
               ? "f32 -> f32"
               : "list moves (modify_mixlist) need a mixed precision mode, not " + std::string(toString(mode))));
  }
}

TEST_CASE(
    "of two moves for one operator of the model by a name that Ascend has too the last holds, and a warning says so") {
  // Ascend has a Gather of its own, so that the file alone does not contradict itself.
  constexpr const char* kGraph = "in x, i:i64; a = Gather(x, i); b = MatMul(a, x); out b";
  Setup setup(test::builtinWithRows("ascend310p"), kMix, 17);
  const auto said = [&](const char* first, ListColour colour, const char* second, ListColour other) {
    setup.options.policy.listMoves = {{first, colour, "", "m.json:1:9"}, {second, other, "", "m.json:2:9"}};
    return setup.messages(kGraph);
  };
  const ListColour black = ListColour::black;
  const ListColour white = ListColour::white;
  CHECK(said("Gather", black, "GatherV2", white) ==
        "warning mixlist-overruled : m.json:1:9: modify_mixlist entry 'Gather' has no say in operator Gather, of which "
        "'GatherV2' (m.json:2:9) speaks last\n");
  CHECK(setup.decided(kGraph, "a") == "f16 i64 -> f16");
  CHECK_THAT(said("GatherV2", white, "Gather", black), Catch::Contains("'GatherV2' has no say in operator Gather, of "
                                                                       "which 'Gather' (m.json:2:9) speaks last"));
  CHECK(setup.decided(kGraph, "a") == "f32 i64 -> f32");
  CHECK_THAT(said("MatMul", black, "ai.onnx:MatMul", white), Catch::Contains("'MatMul' has no say in operator MatMul"));
  // Once, of an operator that the model has in two versions.
  Graph versions;
  for (const int version : {11, 13}) versions.addOpKind(onnx::makeOpKind("", "Gather", version));
  std::size_t warnings = 0;
  CompileOptions listening = setup.options;
  listening.policy.listMoves = {{"Gather", black, ""}, {"GatherV2", white, ""}};
  listening.diagnostics = [&](const Diagnostic& message) { warnings += message.id == "mixlist-overruled"; };
  REQUIRE(plan(versions, listening).ok());
  CHECK(versions.opKindCount() == 2);
  CHECK(warnings == 1);
  // To gray after another list; and to the list that the target has it in, which what goes to gray has left.
  CHECK_THAT(said("Gather", black, "GatherV2", ListColour::gray),
             Catch::Contains("'Gather' has no say in operator Gather"));
  CHECK_THAT(said("MatMul", ListColour::gray, "BatchMatMulV2", white),
             Catch::Contains("'MatMul' has no say in operator MatMul"));
  // Two that agree, and one that only leaves a list.
  CHECK(said("Gather", white, "GatherV2", white).empty());
  CHECK(said("MatMul", ListColour::gray, "BatchMatMulV2", black).empty());
  // ONNX's name of another operator has no say in one that has a move of its own, and need not.
  setup.options.policy.listMoves = {{"GlobalAveragePool", black, "", ""}, {"ReduceMean", white, "", ""}};
  CHECK(setup.messages("in x; a = GlobalAveragePool(x); b = ReduceMean(a); out b").empty());
}

TEST_CASE("a list move that matches no node warns, also where the target knows the operator by that name") {
  Setup setup(test::builtinWithRows("ascend310"), kMix);
  const auto messages = [&](const char* type, const char* text) {
    setup.options.policy.listMoves = {{type, ListColour::black, "modify_mixlist, line 1", "mix.json:1:28"}};
    return setup.messages(text);
  };
  // A graph without schemas holds the target's operators: Conv is ONNX's name of one, and no node has it.
  constexpr const char* kOwn = "in x; const w; a = Conv2D(x, w); b = SoftmaxV2(a); c = NotEqual(b, b); out b, c";
  CHECK(messages("Conv2D", kOwn).find("mixlist") == std::string::npos);
  CHECK_THAT(messages("Conv", kOwn),
             Catch::Contains("warning mixlist-unmatched : mix.json:1:28: modify_mixlist entry 'Conv' matches no node, "
                             "nearest is 'Conv2D'\n"));
  CHECK_THAT(messages("Softmax", kOwn), Catch::Contains("entry 'Softmax' matches no node, nearest is 'SoftmaxV2'\n"));
  // The operator that serves it is nearer than one that is spelt like it.
  CHECK_THAT(messages("MatMul", "in x; a = BatchMatMul(x, x); b = MatMulV2(a, x); c = MatMulx(b, x); out c"),
             Catch::Contains("entry 'MatMul' matches no node, nearest is '"));
  CHECK_THAT(messages("Mish", kOwn), Catch::Contains("entry 'Mish' matches no node\n"));
  // One that is unknown to the target was told where the list was read.
  CHECK(messages("Frob", kOwn).find("mixlist") == std::string::npos);
  // With schemas, both names are the node's.
  setup.opset = 17;
  for (const char* type : {"Conv", "Conv2D"})
    CHECK(messages(type, "in x; const w; a = Conv(x, w); out a").find("mixlist") == std::string::npos);
  CHECK_THAT(messages("SoftmaxV2", "in x; a = Relu(x); out a"), Catch::Contains("entry 'SoftmaxV2' matches no node\n"));
}

TEST_CASE("a list move of an operator that no list decides warns once") {
  constexpr const char* kGraph = R"(
in x, c:bool; constnode k = 1; s:i64 = Shape(x); h:f16 = Cast(x); h2:f16 = Cast(h)
y = If(c) { t = Exp(x); out t } { e = Exp(x); out e }; m = Reshape(y, s); r = Mul(m, k)
out r, h2)";
  Setup setup(test::builtinWithRows("onnx"), kMix, 17);
  const auto said = [&](const char* type, ListColour colour) {
    setup.options.policy.listMoves = {{type, colour, "modify_mixlist, line 1", "mix.json:1:28"}};
    return setup.messages(kGraph);
  };
  for (const char* type : {"If", "Shape", "Cast", "Constant", "ai.onnx:Cast"}) {
    for (ListColour colour : {ListColour::black, ListColour::white, ListColour::gray}) {
      CAPTURE(type);
      const std::string op = type[0] == 'a' ? "Cast" : type;
      CHECK(said(type, colour) == "warning mixlist-no-effect : mix.json:1:28: modify_mixlist entry '" +
                                      std::string(type) + "' has no effect: no list decides operator " + op + "\n");
    }
  }
  for (const char* type : {"Reshape", "Exp", "Mul"}) CHECK(said(type, ListColour::black).empty());
  setup.options.policy.listMoves = {{"Cast", ListColour::black, "my engine"}};
  CHECK(setup.messages(kGraph) ==
        "warning mixlist-no-effect : modify_mixlist entry 'Cast' (my engine) has no effect: no list decides operator "
        "Cast\n");
}

TEST_CASE("a list move of an operator that the target has and the model lacks matches no node") {
  const auto [target, type] = GENERATE(table<std::string, std::string>({{"onnx", "TopK"},
                                                                        {"onnx", "ConstantOfShape"},
                                                                        {"onnx", "ai.onnx:Dropout"},
                                                                        {"onnx", "EyeLike"},
                                                                        {"onnx", "com.microsoft:QuickGelu"},
                                                                        {"onnx", "MultiHeadAttention"},
                                                                        {"onnx", "QuickGelu"},
                                                                        {"ort-cuda", "MultiHeadAttention"}}));
  CAPTURE(target, type);
  Setup setup(test::builtinWithRows(target), kMix, 17);
  setup.options.policy.listMoves = {{type, ListColour::black, ""}};
  CHECK(setup.messages("in x; a = Exp(x); out a") ==
        "warning mixlist-unmatched : modify_mixlist entry '" + type + "' matches no node\n");
}

TEST_CASE("an operator that a move names is moved by it, not by one that names what the target serves it as") {
  constexpr const char* kGraph = "in x:f32[1,4,8,8]; a = GlobalAveragePool(x); b = ReduceMean(a); out b";
  Setup setup(test::builtinWithRows("ascend310p"), kMix, 17);
  const ListMove pool{"GlobalAveragePool", ListColour::white, ""};
  const ListMove mean{"ReduceMean", ListColour::black, ""};
  for (const std::vector<ListMove>& moves : {std::vector{pool, mean}, std::vector{mean, pool}}) {
    setup.options.policy.listMoves = moves;
    CHECK(setup.decided(kGraph, "a, b") == "f16 -> f16; f32 -> f32");
  }
  // Nobody names it: it is what the target calls ReduceMean.
  setup.options.policy.listMoves = {{"ReduceMean", ListColour::white, ""}};
  CHECK(setup.decided(kGraph, "a, b") == "f16 -> f16; f16 -> f16");
  // The target's own name is another name of what it serves, and the later move counts.
  setup.options.policy.listMoves = {{"Softmax", ListColour::gray, ""}, {"SoftmaxV2", ListColour::white, ""}};
  CHECK(setup.decided("in x; a = Softmax(x); out a", "a") == "f16 -> f16");
}

TEST_CASE("a list move that neither target nor model knows warns") {
  constexpr const char* kGraph = "in x; a = Relu(x); b = MyOp(a); out b";
  Setup setup(test::builtinWithRows("onnx"), kMix);
  const auto messages = [&](const char* type) {
    setup.options.policy.listMoves = {{type, ListColour::black, "", "mix.json:1:28"}};
    std::string shown = setup.messages(kGraph);
    const std::size_t line = shown.find("mixlist-unknown-op");
    return line == std::string::npos ? std::string() : shown.substr(line, shown.find('\n', line) - line);
  };
  CHECK(messages("Relu").empty());
  CHECK(messages("LSTM").empty());  // the target's, if not this model's: it matches no node
  CHECK(messages("MyOp").empty());  // the other way round
  CHECK(messages("MyOpp") == "mixlist-unknown-op : mix.json:1:28: modify_mixlist entry 'MyOpp' matches no operator "
                             "type of target 'onnx' or of "
                             "the model, nearest is 'MyOp'");
}

}  // namespace
}  // namespace precast
