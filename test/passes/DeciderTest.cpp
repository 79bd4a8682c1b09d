// precision-semantics, sections 1 and 2: what decides, and what may serve. Operators without kernel rows: GraphOpsTest.
//
// sentence                                                   | test
// own dtype is the dtype in the original graph               | a node's own dtype is that of the original graph
// other dtypes are never changed, a row matches them exactly | what is no float is never changed and matches exactly
// raising and lowering, never to float64                     | what may become of an operand in each mode
// fp16 <-> bf16 in two cases only                            | one 16-bit dtype becomes the other in two cases only
// one order, ties by position; each node decided once        | the order of independent nodes changes no decision
// ... ties as they stand in the file                         | TopologyTest (nodes come after what they read, ...)
// nested bodies after the values that they capture           | a body sees what the values that it captures became
// passes in order, the first that answers decides            | the first pass that answers decides
// a pass sees the node and its decided producers             | NodeContextTest
// a host adds, removes or reorders passes                    | PassPipelineTest
// customize > keep > user > guard > colour > mode            | the order of precedence of the standard passes
// engine order; rows serve all operands at once              | a library accepts a node if one row serves all of it
// omitted optional operands match anything                   | an omitted operand matches anything
// own dtypes on any library but the first                    | a node keeps its own dtypes on the second library
// lowering permitted: modes, black, keep_dtype, explicit     | what may become of an operand in each mode;
//                                                            | lowering in the first library by colour;
//                                                            | an explicit request permits lowering
// nodes behind a failed one see its own dtypes               | RefusalsTest
// an error names all nodes that nothing accepts              | RefusalsTest
// unknown_ops: keep                                          | an unknown operator keeps its dtypes or is refused
// a node without a float operand is never refused            | a node without a float operand is never refused
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>

#include "ModeNames.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

constexpr const char* kRows = R"(
Only16 (f16 -> f16)
Only32 (f32 -> f32)
Brain (bf16 -> bf16)
Both (f16 -> f16) (f32 -> f32)
White white (f16 -> f16) (f32 -> f32)
Black black (f16 -> f16) (f32 -> f32)
Black16 black (f16 -> f16)
BlackBrain black (bf16 -> bf16)
WhiteBrain white (bf16 -> bf16) (f16 -> f16)
Bridge (f16 -> bf16) (bf16 -> bf16)
Pair (f16 f32 -> f16) (f32 f16 -> f32)
Index (f16 i32 -> f16)
)";

// A pass of the host's own: nodes of operator `type` get what it says.
class HostPass final : public PrecisionPass {
 public:
  HostPass(std::string type, PrecisionRequest request) : type_(std::move(type)), request_(std::move(request)) {}
  std::string_view name() const override { return "host"; }
  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    if (node.op().type != type_) return std::nullopt;
    return request_;
  }

 private:
  std::string type_;
  PrecisionRequest request_;
};

PassPipeline pipelineWith(const char* before, std::string type, PrecisionRequest request) {
  PassPipeline pipeline = PassPipeline::standard();
  REQUIRE(pipeline.insertBefore(before, std::make_shared<HostPass>(std::move(type), std::move(request))).ok());
  return pipeline;
}

TEST_CASE("where rows come from schemas and the graph has none, that is what is said, once, and nothing else") {
  // As a JSON graph is read: operators without a schema.
  constexpr const char* kGraph = "in x; a = Relu(x); b = Conv(a, x); c = Softmax(b); d = Identity(c); out d";
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kAllowBf16, kMust, kMix, kMixBf16}) {
    CAPTURE(toString(mode));
    const Setup setup(*Target::builtin("onnx"), mode);
    CHECK(setup.decided(kGraph, "a, b, c") == "f32 -> f32; f32 f32 -> f32; f32 -> f32");
    CHECK(setup.reasons(kGraph, "a, b, c") == "unknown-op; unknown-op; unknown-op");
    CHECK(setup.messages(kGraph) ==
          "warning no-schema a: node 'a' (Relu) and 2 more nodes keep their own dtypes: target 'onnx' takes kernel "
          "rows from ONNX schemas, and their operators have none (a JSON graph has no schemas)\n");
  }
  const Setup setup(*Target::builtin("onnx"), kForce16);
  for (const char* node : {"a", "b"}) {
    CHECK(setup.explained(kGraph, node) == std::string(node) + " is float32: keeps its own dtype (it has no ONNX "
                                                               "schema, from which target 'onnx' takes kernel rows)");
  }
  CHECK(setup.messages("in x:f16; a:f16 = Pow(x, x); out a") ==
        "warning no-schema a: node 'a' (Pow) keeps its own dtypes: target 'onnx' takes kernel rows from ONNX schemas, "
        "and its operator has none (a JSON graph has no schemas)\n");
  // Rows of one's own need no schema.
  const Setup own(test::builtinWithRows("onnx", "Relu (f16 -> f16) (f32 -> f32)"), kForce16);
  CHECK(own.decided("in x; a = Relu(x); out a", "a") == "f16 -> f16");
  CHECK(own.messages("in x; a = Relu(x); out a").empty());
  // Beside operators that have a schema, one that has none is no operator of ONNX's.
  const Setup model(*Target::builtin("onnx"), kForce16, 17);
  CHECK(model.messages("in x; a = Relu(x); b = my:Frob(a); out b") ==
        "warning unknown-op b: node 'b': target 'onnx' does not know operator my:Frob, it keeps its own dtypes\n");
  CHECK(model.explained("in x; a = Relu(x); b = my:Frob(a); out b", "b") ==
        "b is float32: operator unknown to target 'onnx'");
}

TEST_CASE("a node's own dtype is that of the original graph") {
  // `b` stands behind a node that became float16 and yet keeps what the model says: float32.
  CHECK(Setup(kRows, kAllow16).decided("in x; a = Only16(x); b = Both(a); out b", "a, b") == "f16 -> f16; f32 -> f32");
}

TEST_CASE("what is no float is never changed and matches exactly") {
  // The row's int32 is no int64 unless an op map stands between.
  CHECK(Setup(kRows, kForce16).decided("in x, i:i32; a = Index(x, i); out a", "a") == "f16 i32 -> f16");
  CHECK_THAT(Setup(kRows, kForce16).refused("in x, i:i64; a = Index(x, i); out a"), Catch::Contains("node 'a'"));
  Setup mapped(test::builtinWithRows("ascend310", "GatherV2 (f16 i32 i32 -> f16)"), kForce16);
  mapped.opset = 17;
  for (const char* index : {"i32", "i64"}) {
    const std::string text = std::string("in x, i:") + index + "; a = Gather(x, i); out a";
    CHECK(mapped.decided(text, "a") == std::string("f16 ") + index + " -> f16");
  }
  // float64 is no float that a policy changes; complex and bool neither.
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kMust, kMix}) {
    CAPTURE(toString(mode));
    Setup onnx(*Target::builtin("onnx"), mode);
    onnx.opset = 17;
    CHECK(onnx.decided("in x:f64; a:f64 = Exp(x); b:bool = IsNaN(a); out a, b", "a, b") == "f64 -> f64; f64 -> bool");
  }
}

TEST_CASE("what may become of an operand in each mode") {
  struct Row {
    PrecisionMode mode;
    const char* lowers;       // Only16 of float32
    const char* lowersBrain;  // Brain of float32
    const char* raisesHalf;   // Only32 of float16
    const char* raisesBrain;  // Only32 of bfloat16
    const char* brainToHalf;  // Only16 of bfloat16
  };
  const Row rows[] = {
      {kForce16, "f16 -> f16", "", "f32 -> f32", "f32 -> f32", "f16 -> f16"},
      {kForce32, "f16 -> f16", "", "f32 -> f32", "f32 -> f32", ""},
      {kAllow16, "f16 -> f16", "", "f32 -> f32", "f32 -> f32", ""},
      {kAllowBf16, "", "bf16 -> bf16", "f32 -> f32", "f32 -> f32", ""},
      {kMust, "", "", "f32 -> f32", "f32 -> f32", ""},
      {kMix, "f16 -> f16", "", "f32 -> f32", "f32 -> f32", ""},
      {kMixBf16, "", "bf16 -> bf16", "f32 -> f32", "f32 -> f32", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(toString(row.mode));
    const Setup setup(kRows, row.mode);
    const auto check = [&](const char* text, const char* expected) {
      CAPTURE(text);
      if (*expected == '\0') {
        CHECK_THAT(setup.refused(text), Catch::Contains("node 'a'"));
      } else {
        CHECK(setup.decided(text, "a") == expected);
      }
    };
    check("in x; a = Only16(x); out a", row.lowers);
    check("in x; a = Brain(x); out a", row.lowersBrain);
    check("in x:f16; a:f16 = Only32(x); out a", row.raisesHalf);
    check("in x:bf16; a:bf16 = Only32(x); out a", row.raisesBrain);
    check("in x:bf16; a:bf16 = Only16(x); out a", row.brainToHalf);
  }
}

TEST_CASE("one 16-bit dtype becomes the other in two cases only") {
  // A white operator of a mix mode takes the mode's dtype, whatever its own.
  CHECK(Setup(kRows, kMix).decided("in x:bf16; a:bf16 = WhiteBrain(x); out a", "a") == "f16 -> f16");
  CHECK(Setup(kRows, kMixBf16).decided("in x:f16; a:f16 = WhiteBrain(x); out a", "a") == "bf16 -> bf16");
  // A gray operand takes what its producer decided; its output, which follows nobody, keeps its own.
  CHECK(Setup(kRows, kMix).decided("in x:bf16; a:bf16 = WhiteBrain(x); b:bf16 = Bridge(a); out b", "b") ==
        "f16 -> bf16");
  // Nothing else: float16 that has bfloat16 kernels alone is refused in every mode.
  for (PrecisionMode mode : {kForce16, kForce32, kAllow16, kAllowBf16, kMust, kMix, kMixBf16}) {
    CAPTURE(toString(mode));
    CHECK_THAT(Setup(kRows, mode).refused("in x:f16; a:f16 = Brain(x); out a"), Catch::Contains("node 'a'"));
  }
}

TEST_CASE("the order of independent nodes changes no decision") {
  const std::string nodes[] = {"a = White(x)", "b = Only32(y)", "c = Both(a)", "d = Both(b)"};
  const char* expected = "f16 -> f16; f32 -> f32; f16 -> f16; f32 -> f32";
  for (const char* order : {"0123", "1032", "0213", "1302"}) {
    std::string text = "in x, y\n";
    for (const char* at = order; *at != '\0'; ++at) text += nodes[*at - '0'] + "\n";
    CHECK(Setup(kRows, kMix).decided(text + "out c, d", "a, b, c, d") == expected);
  }
}

TEST_CASE("a body sees what the values that it captures became") {
  // The If stands in the order where what its bodies read is decided, also where it is written first.
  CHECK(Setup(kRows, kMix)
            .decided("in c:bool, x; w = White(x); v = Both(w)\n"
                     "y = If(c) { t = Both(v); out t } { e = Both(x); out e }; out y",
                     "t, e") == "f16 -> f16; f32 -> f32");
}

TEST_CASE("the first pass that answers decides") {
  constexpr const char* kGraph = "in x; a = Both(x); b = Black(a); out b";
  Setup setup(kRows, kForce16);
  const PassPipeline first = pipelineWith("mode", "Both", PrecisionRequest::uniform(Want::float32, Reason::userPass));
  setup.options.passes = &first;
  CHECK(setup.decided(kGraph, "a, b") == "f32 -> f32; f16 -> f16");
  CHECK(setup.reasons(kGraph, "a, b") == "user-pass; forced-fp16");
  CHECK_THAT(setup.explained(kGraph, "a"), Catch::Contains("pass 'host'"));
  // Behind the mode, which answers for every node, nobody asks it.
  PassPipeline last = PassPipeline::standard();
  REQUIRE(
      last.add(std::make_shared<HostPass>("Both", PrecisionRequest::uniform(Want::float32, Reason::userPass))).ok());
  setup.options.passes = &last;
  CHECK(setup.decided(kGraph, "a") == "f16 -> f16");
  // Without any pass every node keeps its own dtypes.
  const PassPipeline none;
  setup.options.passes = &none;
  CHECK(setup.decided(kGraph, "a, b") == "f32 -> f32; f32 -> f32");
}

TEST_CASE("the order of precedence of the standard passes") {
  constexpr const char* kGraph = "in x; const w = 70000; n = Mul(x, w); out n";
  Setup setup("Mul white (f16 f16 -> f16) (f32 f32 -> f32)", kMix);
  setup.options.policy.numericGuard = NumericGuard::off;
  CHECK(setup.reasons(kGraph, "n") == "white-list");
  setup.options.policy.numericGuard = NumericGuard::keep;
  CHECK(setup.reasons(kGraph, "n") == "weight-out-of-range");
  CHECK(setup.decided(kGraph, "n") == "f32 f32 -> f32");
  const PassPipeline host =
      pipelineWith("numeric-guard", "Mul", PrecisionRequest::uniform(Want::float16, Reason::userPass));
  setup.options.passes = &host;
  CHECK(setup.reasons(kGraph, "n") == "user-pass");
  CHECK(setup.decided(kGraph, "n") == "f16 f16 -> f16");
  setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "n", ""}};
  CHECK(setup.reasons(kGraph, "n") == "keep-dtype");
  CHECK(setup.decided(kGraph, "n") == "f32 f32 -> f32");
  // customize_dtypes only filters the rows, and wins over all of them.
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "n", ""}, {DType::float16}, {}}};
  CHECK(setup.reasons(kGraph, "n") == "customized");
  CHECK(setup.decided(kGraph, "n") == "f16 f16 -> f16");
  // A white operator's colour is asked before the mode.
  CHECK(Setup(kRows, kMix).reasons("in x; a = White(x); b = Only16(x); out a, b", "a, b") ==
        "white-list; only-fp16-kernel");
}

TEST_CASE("a library accepts a node if one row serves all of it") {
  // Each operand alone has float16 and float32, but not both at once.
  CHECK(Setup(kRows, kForce16).decided("in x, y; a = Pair(x, y); out a", "a") == "f16 f32 -> f16");
  CHECK_THAT(Setup(kRows, kMust).refused("in x, y; a = Pair(x, y); out a"), Catch::Contains("node 'a'"));
  CHECK(Setup(kRows, kMust).decided("in x, y:f16; a = Pair(x, y); out a", "a") == "f32 f16 -> f32");
}

TEST_CASE("an omitted operand matches anything") {
  CHECK(Setup(kRows, kForce16).decided("in x; a = Pair(x, -); out a", "a") == "f16 - -> f16");
  CHECK(Setup(kRows, kForce16).decided("in x; a = Pair(x); out a", "a") == "f16 -> f16");
}

TEST_CASE("a node whose leading operand the target marks to be kept is not said to be forced") {
  Setup setup("Scale white (f32! -> f16) (f32! -> f32)", PrecisionMode::forceFp16);
  CHECK(setup.explained("in x; a = Scale(x); out a", "a") == "a is float32: its own dtype");
  setup.options.policy.mode = PrecisionMode::allowMixPrecision;
  CHECK(setup.explained("in x; a = Scale(x); out a", "a") == "a is float32: its own dtype");
}

TEST_CASE("a node keeps its own dtypes on the second library") {
  // Sin is on the AI CPU too; the AI Core's rows are overlaid with some that do not serve.
  const auto decided = [](PrecisionMode mode, const char* rows, const char* text) {
    const Setup setup(test::builtinWithRows("ascend310", rows), mode);
    return setup.decided(text, "a") + " " + setup.libraries(text, "a");
  };
  CHECK(decided(kForce16, "Sin (i32 -> i32)", "in x; a = Sin(x); out a") == "f32 -> f32 aicpu");
  CHECK(decided(kForce32, "Sin (i32 -> i32)", "in x:f16; a:f16 = Sin(x); out a") == "f16 -> f16 aicpu");
  CHECK(decided(kMust, "Sin (f16 -> f16)", "in x; a = Sin(x); out a") == "f32 -> f32 aicpu");
  // Nor is anything raised there, also where its rows are columns as those of the first.
  const Setup runtime(test::builtinWithRows("ort-cuda", "Abs (i32 -> i32)"), kForce32);
  CHECK(runtime.libraries("in x; a = Abs(x); out a", "a") == "cpu");
  CHECK_THAT(runtime.refused("in x:f16; a:f16 = Abs(x); out a"), Catch::Contains("cpu offers float32"));
  // Where the first library accepts, nobody asks the second.
  CHECK(decided(kForce32, "Sin (f16 -> f16)", "in x; a = Sin(x); out a") == "f16 -> f16 aicore");
}

TEST_CASE("lowering in the first library by colour") {
  constexpr const char* kBlack = "in x; a = Black16(x); out a";
  for (PrecisionMode mode : {kForce16, kAllow16}) CHECK(Setup(kRows, mode).decided(kBlack, "a") == "f16 -> f16");
  for (PrecisionMode mode : {kForce32, kMix, PrecisionMode::cubeFp16InFp32Out}) {
    CAPTURE(toString(mode));
    CHECK_THAT(Setup(kRows, mode).refused(kBlack), Catch::Contains("node 'a'"));
  }
  CHECK(Setup(kRows, kAllowBf16).decided("in x; a = BlackBrain(x); out a", "a") == "bf16 -> bf16");
  CHECK_THAT(Setup(kRows, kMixBf16).refused("in x; a = BlackBrain(x); out a"), Catch::Contains("node 'a'"));
}

TEST_CASE("an explicit request permits lowering") {
  Setup setup(kRows, kMust);
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "a", ""}, {DType::float16}, {DType::float16}}};
  CHECK(setup.decided("in x; a = Only16(x); out a", "a") == "f16 -> f16");
  // ... for the operands that it names: the output may not follow.
  setup.options.policy.customizeDtypes = {{{NodeSelector::Kind::node, "a", ""}, {DType::float16}, {}}};
  CHECK_THAT(setup.refused("in x; a = Only16(x); out a"), Catch::Contains("node 'a'"));
  Setup host(kRows, kMust);
  const PassPipeline pipeline =
      pipelineWith("mode", "Only16", PrecisionRequest::uniform(Want::float16, Reason::userPass));
  host.options.passes = &pipeline;
  CHECK(host.decided("in x; a = Only16(x); out a", "a") == "f16 -> f16");
  // ... and not where it asks for the node's own dtype, which must_keep_origin_dtype lowers for nobody.
  PrecisionRequest own = PrecisionRequest::uniform(Want::own, Reason::userPass);
  for (Lowering lowering : {Lowering::permitted, Lowering::lastResort}) {
    own.lowering = lowering;
    const PassPipeline keeping = pipelineWith("mode", "Only16", own);
    host.options.passes = &keeping;
    host.options.policy.mode = kMust;
    CHECK_THAT(host.refused("in x; a = Only16(x); out a"), Catch::Contains("node 'a'"));
    host.options.policy.mode = kAllow16;
    CHECK(host.decided("in x; a = Only16(x); out a", "a") == "f16 -> f16");
  }
}

TEST_CASE("must_keep_origin_dtype says once where a model's own dtypes could not be had") {
  constexpr const char* kOnlyWide = "Both (f32 -> f32) (f16 -> f16)\nWide (f32 -> f32)";
  constexpr const char* kGraph = "in x:f16; a:f16 = Wide(x); b:f16 = Both(a); c:f16 = Wide(b); out c";
  const Setup keep(kOnlyWide, PrecisionMode::mustKeepOriginDtype);
  CHECK_THAT(keep.messages(kGraph),
             Catch::StartsWith("note raised-dtype a: node 'a' (Wide) and 1 more node compute in float32: target") &&
                 Catch::EndsWith("has no kernel at their own dtypes\n"));
  CHECK_THAT(keep.messages("in x:f16; a:f16 = Wide(x); out a"),
             Catch::StartsWith("note raised-dtype a: node 'a' (Wide) computes in float32: target") &&
                 Catch::EndsWith("has no kernel at its own dtypes\n"));
  CHECK(keep.messages("in x:f16; a:f16 = Both(x); out a").empty());
  CHECK(keep.messages("in x; a = Wide(x); out a").empty());
  CHECK(Setup(kOnlyWide, PrecisionMode::allowFp32ToFp16).messages(kGraph).empty());
}

TEST_CASE("an unknown operator of a target that has all is refused, known result or not, and its reader is not") {
  const Setup setup(test::builtinWithRows("ascend310p"), kForce16, 17);
  CHECK_THAT(setup.refused("in x; a = Relu(x); b:? = my:Foo(a); c = Relu(a); out c"),
             Catch::Contains("for 1 node:\n  node 'b' (my:Foo): input 0 'a' is float32; aicore has no my:Foo"));
  // What it reads may be of no kernel's concern: nobody knows.
  const std::string unknownInput = "in x, y:?; a = my:Foo(x, y); out a";
  CHECK(setup.decided(unknownInput, "a") == "f32 - -> f32");
  CHECK(setup.reasons(unknownInput, "a") == "unknown-op");
}

TEST_CASE("an unknown operator keeps its dtypes or is refused") {
  constexpr const char* kGraph = "in x; a = Frob(x); out a";
  CHECK_THAT(Setup(kRows, kForce16).refused(kGraph), Catch::Contains("ops_info has no Frob"));
  for (const std::string_view name : Target::builtinNames()) {
    CAPTURE(name);
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    const Setup setup(*target, kForce16);
    if (target->hasOpMap()) {
      CHECK_THAT(setup.refused(kGraph), Catch::Contains("aicore has no Frob; aicpu has no Frob"));
    } else {
      CHECK(setup.decided(kGraph, "a") == "f32 -> f32");
      CHECK(setup.reasons(kGraph, "a") == "unknown-op");
      // Of a graph without schemas nobody can tell whether ONNX has such an operator.
      CHECK_THAT(setup.messages(kGraph),
                 Catch::StartsWith(name == "onnx" ? "warning no-schema a: " : "warning unknown-op a: "));
    }
  }
}

TEST_CASE("a node without a float operand is never refused") {
  constexpr const char* kGraph = "in i:i64; a:i64 = Frob(i); b:i64 = Only16(a); out b";
  const Setup setup(kRows, kMust);
  CHECK(setup.decided(kGraph, "a, b") == "i64 -> i64; i64 -> i64");
  CHECK(setup.reasons(kGraph, "a, b") == "not-float; not-float");
  CHECK(setup.libraries(kGraph, "a, b") == "graph; graph");
}

TEST_CASE("a node with an operand of unknown dtype is not said to be of an unknown operator") {
  const test::Setup setup("Op (f16 -> f16) (f32 -> f32)", PrecisionMode::forceFp16);
  CHECK(setup.explained("in x, u:?; a = Op(x, u); out a", "a") ==
        "a is float32: keeps its own dtype (the dtype of an operand is not known)");
}

TEST_CASE("a target that does not know an operator names it with its domain") {
  const test::Setup setup(test::builtinWithRows("tensorrt"), PrecisionMode::forceFp16, 20);
  CHECK_THAT(setup.messages("in x; a = com.microsoft:Gelu(x); out a"),
             Catch::Contains("target 'tensorrt' does not know operator com.microsoft:Gelu, it keeps its own dtypes"));
}

}  // namespace
}  // namespace precast
