// Casts and constants, before and after: each case is a graph in JSON and the whole graph that it compiles to.
#include <catch2/catch.hpp>

#include "GraphBuilder.h"
#include "Setup.h"

namespace precast {
namespace {

constexpr const char* kTable = R"({
"Conv":{"input0":{"name":"x","dtype":"float16"},"input1":{"name":"w","dtype":"float16"},"output0":{"name":"y","dtype":"float16"},"precision_reduce":{"flag":"true"}},
"Relu":{"input0":{"name":"x","dtype":"float16,float"},"output0":{"name":"y","dtype":"float16,float"}},
"Add":{"input0":{"name":"a","dtype":"float16,float"},"input1":{"name":"b","dtype":"float16,float"},"output0":{"name":"y","dtype":"float16,float"}},
"Softmax":{"input0":{"name":"x","dtype":"float"},"output0":{"name":"y","dtype":"float"},"precision_reduce":{"flag":"false"}}})";

std::string compiled(const char* json, PrecisionMode mode) {
  const Graph graph = test::graphOf(json);
  const Target target = test::targetOf(kTable);
  CompileOptions options;
  options.target = &target;
  options.policy.mode = mode;
  const std::string once = test::compiledText(graph, options);
  // Whatever the case: compiling the result again changes nothing.
  CHECK(test::compiledText(test::graphOf(once), options) == once);
  return once;
}

TEST_CASE("a graph output keeps name and dtype, and one Cast serves all users of a value") {
  // x -> Conv -> v -> Softmax, Softmax -> outputs; w converted in place
  CHECK(compiled(R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32","shape":[2,3]}],
"constants":[{"name":"w","dtype":"float32","shape":[3]}],"nodes":[
{"name":"c","op":"Conv","inputs":["x","w"],"outputs":[{"name":"v","dtype":"float32","shape":[2,3]}]},
{"name":"s","op":"Softmax","inputs":["v"],"outputs":[{"name":"a","dtype":"float32"}]},
{"name":"t","op":"Softmax","inputs":["v"],"outputs":[{"name":"b","dtype":"float32"}]},
{"name":"r","op":"Relu","inputs":["v"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["a","b","y"]})",
                 PrecisionMode::forceFp16) ==
        R"({
"schema":"precast.graph/1",
"inputs":[
{"name":"x","dtype":"float32","shape":[2,3]}
],
"constants":[
{"name":"w","dtype":"float16","shape":[3]}
],
"nodes":[
{"name":"x_cast_fp16","op":"Cast","inputs":["x"],"outputs":[{"name":"x_cast_fp16","dtype":"float16","shape":[2,3]}]},
{"name":"c","op":"Conv","inputs":["x_cast_fp16","w"],"outputs":[{"name":"v","dtype":"float16","shape":[2,3]}]},
{"name":"v_cast_fp32","op":"Cast","inputs":["v"],"outputs":[{"name":"v_cast_fp32","dtype":"float32","shape":[2,3]}]},
{"name":"s","op":"Softmax","inputs":["v_cast_fp32"],"outputs":[{"name":"a","dtype":"float32"}]},
{"name":"t","op":"Softmax","inputs":["v_cast_fp32"],"outputs":[{"name":"b","dtype":"float32"}]},
{"name":"r","op":"Relu","inputs":["v"],"outputs":[{"name":"y_fp16","dtype":"float16"}]},
{"name":"y_cast_fp32","op":"Cast","inputs":["y_fp16"],"outputs":[{"name":"y","dtype":"float32"}]}
],
"outputs":["a","b","y"]
}
)");
}

TEST_CASE("a constant that two users want at two dtypes is copied, and the original keeps its name") {
  const std::string text = compiled(R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],
"constants":[{"name":"w","dtype":"float32"}],"nodes":[
{"name":"c","op":"Conv","inputs":["x","w"],"outputs":[{"name":"v","dtype":"float32"}]},
{"name":"s","op":"Softmax","inputs":["w"],"outputs":[{"name":"a","dtype":"float32"}]}],"outputs":["v","a"]})",
                                    PrecisionMode::forceFp16);
  CHECK(text.find(R"({"name":"w","dtype":"float32"},)") != std::string::npos);
  CHECK(text.find(R"({"name":"w_fp16","dtype":"float16"})") != std::string::npos);
  CHECK(text.find(R"("inputs":["x_cast_fp16","w_fp16"])") != std::string::npos);
  CHECK(text.find(R"("op":"Softmax","inputs":["w"])") != std::string::npos);
}

TEST_CASE("a Cast between equal dtypes vanishes, and a user's own loss of precision stays outside the force modes") {
  constexpr const char* kJson =
      R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"constants":[],"nodes":[
{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"a","dtype":"float32"}]},
{"name":"down","op":"Cast","inputs":["a"],"outputs":[{"name":"b","dtype":"float16"}]},
{"name":"up","op":"Cast","inputs":["b"],"outputs":[{"name":"c","dtype":"float32"}]},
{"name":"s","op":"Softmax","inputs":["c"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["y"]})";
  const std::string kept = compiled(kJson, PrecisionMode::mustKeepOriginDtype);
  CHECK(kept.find(R"("name":"down")") != std::string::npos);
  CHECK(kept.find(R"("name":"up")") != std::string::npos);
  const std::string forced = compiled(kJson, PrecisionMode::forceFp32);
  CHECK(forced.find(R"("op":"Cast")") == std::string::npos);
}

TEST_CASE("names that look like ours are left alone and ours get a counter") {
  const std::string text = compiled(
      R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"},{"name":"x_cast_fp16","dtype":"float32"}],
"constants":[],"nodes":[
{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"a","dtype":"float32"}]},
{"name":"q","op":"Relu","inputs":["x_cast_fp16"],"outputs":[{"name":"b","dtype":"float32"}]}],"outputs":["a","b"]})",
      PrecisionMode::forceFp16);
  CHECK(text.find(R"({"name":"x_cast_fp16_1","op":"Cast","inputs":["x"])") != std::string::npos);
}

TEST_CASE("only an implementation mode that somebody chose goes into the model") {
  test::Setup setup(test::builtinWithRows("ascend310"), PrecisionMode::forceFp16);
  const Graph graph = test::graphOfText("in x; a = SoftmaxV2(x); b = SoftmaxV2(a); c = Relu(b); out c");
  const auto modes = [&] {
    const absl::StatusOr<CompileResult> result = compile(graph, setup.options);
    REQUIRE(result.ok());
    std::string text;
    for (const NodeImplMode& row : result->rewrite.implModes) {
      text += std::string(result->graph.nodeName(row.node)) + "=" + std::string(toString(row.mode)) + " ";
    }
    return text;
  };
  CHECK(modes().empty());
  setup.options.policy.implModes = {{{NodeSelector::Kind::node, "b", ""}, ImplMode::highPerformance}};
  CHECK(modes() == "b=high_performance ");
}

}  // namespace
}  // namespace precast
