// precision-semantics, section 5: keep_dtype.
//
// sentence                                               | test
// matched nodes keep their own dtype; wants own; raise   | kept nodes keep their own dtype or are raised
// a Cast that is named is no exception                   | a kept Cast keeps its own dtype and says why
// lowering only as a last resort, with a warning         | a kept node is lowered only where nothing else serves it
// no effect in must_keep_origin_dtype, a warning says so | keep_dtype has no effect in must_keep_origin_dtype
// one entry per line, # comments, blank lines ignored    | KeepDtypeTest, TextLinesTest
// a name, OpType::X, a glob                              | KeepDtypeTest, SelectorIndexTest
// an entry that matches nothing is a warning             | PolicyIndexTest
#include <catch2/catch.hpp>

#include "Setup.h"

namespace precast {
namespace {

using test::Setup;

constexpr const char* kRows = R"(
Both (f16 -> f16) (f32 -> f32)
Only16 (f16 -> f16)
Halves (bf16 -> bf16) (f16 -> f16)
Only32 (f32 -> f32)
White white (f16 -> f16) (f32 -> f32)
)";

void keep(Setup& setup) { setup.options.policy.keepDtype = {{NodeSelector::Kind::node, "a", "keep_dtype, line 1"}}; }

TEST_CASE("kept nodes keep their own dtype or are raised") {
  for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::forceFp32, PrecisionMode::allowFp32ToFp16,
                             PrecisionMode::allowMixPrecision, PrecisionMode::cubeFp16InFp32Out}) {
    CAPTURE(toString(mode));
    Setup setup(kRows, mode);
    keep(setup);
    CHECK(setup.decided("in x; a = Both(x); out a", "a") == "f32 -> f32");
    CHECK(setup.decided("in x:f16; a:f16 = Both(x); out a", "a") == "f16 -> f16");
    CHECK(setup.decided("in x:f16; a:f16 = Only32(x); out a", "a") == "f32 -> f32");
    CHECK(setup.decided("in x; a = White(x); out a", "a") == "f32 -> f32");
    CHECK(setup.reasons("in x; a = Both(x); out a", "a") == "keep-dtype");
    CHECK_THAT(setup.explained("in x; a = Both(x); out a", "a"), Catch::Contains("(keep_dtype, line 1)"));
  }
}

TEST_CASE("a kept Cast keeps its own dtype and says why") {
  for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::allowFp32ToFp16}) {
    Setup setup(kRows, mode);
    keep(setup);
    constexpr const char* kGraph = "in x:i64; a = Cast(x); u = Only16(a); out u";
    CHECK(setup.decided(kGraph, "a") == "i64 -> f32");
    CHECK(setup.reasons(kGraph, "a") == "keep-dtype");
    CHECK_THAT(setup.explained(kGraph, "a"), Catch::Contains("(keep_dtype, line 1)"));
  }
}

TEST_CASE("an entry for a Constant is told that its readers decide, once for all of the type") {
  const std::string graph = "constnode k:f32[1] = 1; constnode l:f32[1] = 2; in x; a = Mul(x, k); b = Mul(a, l); out b";
  struct Row {
    NodeSelector::Kind kind;
    const char* pattern;
    const char* said;
  };
  for (const Row& row :
       {Row{NodeSelector::Kind::node, "k", "'k' has no effect on node 'k' (Constant)"},
        Row{NodeSelector::Kind::type, "Constant", "'OpType::Constant' has no effect on node 'k' (Constant)"},
        Row{NodeSelector::Kind::glob, "k*", "'k*' has no effect on node 'k' (Constant)"}}) {
    CAPTURE(row.pattern);
    Setup setup(*Target::builtin("onnx"), PrecisionMode::forceFp16, 17);
    setup.options.policy.keepDtype.push_back({row.kind, row.pattern, "keep_dtype, line 1", "k.txt:1:1"});
    const std::string tail = "a constant takes the dtype of its readers";
    const auto told = [&](const char* policy) {
      return "warning constant-named k: k.txt:1:1: " + std::string(policy) + " entry " + row.said + ": " + tail + "\n";
    };
    CHECK(setup.messages(graph) == told("keep_dtype"));
    setup.options.policy.keepDtype.clear();
    setup.options.policy.customizeDtypes.push_back(
        {{row.kind, row.pattern, "customize_dtypes, line 1", "k.txt:1:1"}, {}, {DType::float32}});
    CHECK(setup.messages(graph) == told("customize_dtypes"));
    CHECK(setup.decided(graph, "a") == "f16 f16 -> f16");
  }
}

TEST_CASE("an entry for control flow is told that it does not reach into the bodies") {
  const std::string graph =
      "in x, c:bool; y = If(c) { t = Exp(x); out t } { e = Exp(x); out e }; s:i64 = Shape(y); out y, s";
  Setup setup(*Target::builtin("onnx"), PrecisionMode::forceFp16, 17);
  const auto said = [&](NodeSelector::Kind kind, const char* pattern) {
    setup.options.policy.keepDtype = {{kind, pattern, "keep_dtype, line 1", "k.txt:1:1"}};
    return setup.messages(graph);
  };
  const std::string tail = "' has no effect on node 'y' (If): it keeps its dtypes in every mode, and the nodes in its "
                           "bodies have entries of "
                           "their own\n";
  CHECK(said(NodeSelector::Kind::node, "y") == "warning control-flow-named y: k.txt:1:1: keep_dtype entry 'y" + tail);
  CHECK(said(NodeSelector::Kind::type, "If") ==
        "warning control-flow-named y: k.txt:1:1: keep_dtype entry 'OpType::If" + tail);
  CHECK(said(NodeSelector::Kind::glob, "y*") == "warning control-flow-named y: k.txt:1:1: keep_dtype entry 'y*" + tail);
  // What keeps its dtypes and has nothing inside does as it is told.
  CHECK(said(NodeSelector::Kind::node, "s").empty());
}

TEST_CASE("a glob is told that it has no effect where it has none on all that it matches") {
  const std::string graph =
      "in x, c:bool; constnode e_k = 1; constnode e_j = 2; e_if = If(c) { t = Exp(x); out t } { u = Exp(x); out u }; "
      "e_sh:i64 = Shape(x); y = Add(e_if, e_k); e = Add(y, e_j); out e, e_sh";
  Setup setup(*Target::builtin("onnx"), PrecisionMode::forceFp16, 17);
  std::vector<KeepEntry>& keep = setup.options.policy.keepDtype;
  const auto glob = [](const char* pattern) {
    return KeepEntry{NodeSelector::Kind::glob, pattern, "keep_dtype, line 1", "k.txt:1:1"};
  };
  const auto said = [&](const char* pattern) {
    keep.push_back(glob(pattern));
    return setup.messages(graph);
  };
  // Constants, control flow, and what has no float to keep; said once, of the first that it could not help.
  CHECK(said("e_*") ==
        "warning constant-named e_k: k.txt:1:1: keep_dtype entry 'e_*' has no effect on any of the 4 nodes that it "
        "matches, such as node 'e_k' (Constant): a constant takes the dtype of its readers\n");
  keep.clear();
  CHECK(said("e_i?") == "warning control-flow-named e_if: k.txt:1:1: keep_dtype entry 'e_i?' has no effect on node "
                        "'e_if' (If): it keeps its dtypes in every mode, and the nodes in its bodies have entries of "
                        "their own\n");
  keep.clear();
  // One node on which it has an effect is enough; one whose dtypes are kept anyway is kept as it asks.
  CHECK(said("e*").empty());
  keep.clear();
  CHECK(said("e_s*").empty());
  // What a nearer entry speaks for is not its own.
  keep = {{NodeSelector::Kind::node, "e", "", ""}};
  CHECK_THAT(said("e*"), Catch::Contains("'e*' has no effect on any of the 4 nodes"));
  // Two globs, told in the order in which they are found out.
  keep = {glob("e_i?")};
  CHECK_THAT(said("e_?"), Catch::Contains("'e_?' has no effect on any of the 2 nodes") &&
                              Catch::Contains("'e_i?' has no effect on node 'e_if'"));
  keep.clear();
  setup.options.policy.customizeDtypes = {{glob("e_?"), {}, {DType::float16}}};
  CHECK_THAT(setup.messages(graph), Catch::Contains("customize_dtypes entry 'e_?' has no effect on any of the 2"));
  setup.options.policy.customizeDtypes = {{glob("?"), {}, {DType::float16}}};
  CHECK(setup.messages(graph).empty());
}

TEST_CASE("a kept node is lowered only where nothing else serves it") {
  Setup setup(kRows, PrecisionMode::forceFp16);
  keep(setup);
  CHECK(setup.decided("in x; a = Only16(x); out a", "a") == "f16 -> f16");
  CHECK(setup.reasons("in x; a = Only16(x); out a", "a") == "only-fp16-kernel");
  CHECK(setup.messages("in x; a = Only16(x); out a") ==
        "warning cannot-keep-dtype a: node 'a' (Only16) cannot keep its dtype: no kernel library of target 'rows.json' "
        "has it\n");
  CHECK(setup.messages("in x; a = Both(x); out a").empty());
  // The second library has its dtype: that comes before any lowering.
  Setup ascend(test::builtinWithRows("ascend310", "Sin (f16 -> f16)"), PrecisionMode::forceFp16);
  keep(ascend);
  CHECK(ascend.decided("in x; a = Sin(x); out a", "a") == "f32 -> f32");
  CHECK(ascend.libraries("in x; a = Sin(x); out a", "a") == "aicpu");
  // A black node that has no other kernel is lowered if it is kept, and refused if it is not.
  Setup black("Op black (f16 -> f16)", PrecisionMode::allowMixPrecision);
  CHECK_THAT(black.refused("in x; a = Op(x); out a"), Catch::Contains("node 'a'"));
  keep(black);
  CHECK(black.decided("in x; a = Op(x); out a", "a") == "f16 -> f16");
}

TEST_CASE("keep_dtype has no effect in must_keep_origin_dtype") {
  Setup setup(kRows, PrecisionMode::mustKeepOriginDtype);
  keep(setup);
  CHECK(setup.decided("in x; a = Both(x); out a", "a") == "f32 -> f32");
  CHECK(setup.reasons("in x; a = Both(x); out a", "a") == "kept-origin");
  CHECK(setup.messages("in x; a = Both(x); out a") ==
        "warning keep-dtype-no-effect : keep_dtype has no effect in must_keep_origin_dtype, which keeps every node's "
        "dtype\n");
  // Not even as a last resort.
  CHECK_THAT(setup.refused("in x; a = Only16(x); out a"), Catch::Contains("node 'a'"));
}

}  // namespace
}  // namespace precast
