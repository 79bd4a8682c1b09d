// If, Loop and Scan: bodies have their own scope, read values from outside it, and agree on their borders.
#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "RoundTrip.h"

namespace precast {
namespace {

using namespace test;

constexpr DType f32 = DType::float32;

const std::string kCondition = info("c", DType::boolean, {});
const std::string kWeight = floatTensor("w", {2, 2}, {0.5F, -1, 2, 0.25F});

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

std::string square(const char* name) { return info(name, f32, {2, 2}); }

std::string body(const char* name, const Messages& nodes, const Messages& outputs, const Messages& inputs = {},
                 const Messages& initializers = {}) {
  return graphAttribute(name, graph(nodes, initializers, inputs, outputs));
}

std::string choose(const std::string& thenBranch, const std::string& elseBranch, const char* out = "y") {
  return node("If", {"c"}, {out}, {thenBranch, elseBranch}, std::string("choose_") + out);
}

std::string chosen(const Messages& nodes, const Messages& outputs = {square("y")}) {
  return model(graph(nodes, {kWeight}, {square("x"), kCondition}, outputs));
}

}  // namespace

TEST_CASE("a Cast for a body stands where the body can see it, in order (onnxconverter-common#260)") {
  // `a` is float16 outside and float32 in one branch alone.
  RoundTrip trip(
      chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
              choose(body("then_branch", {node("Exp", {"a"}, {"t"}, {}, "black")}, {square("t")}),
                     body("else_branch", {node("MatMul", {"a", "w"}, {"e"}, {}, "white")}, {square("e")}))}));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(has(text, "a:f16 = MatMul(x_cast_fp16, w)"));
  CHECK(has(text, "  a_cast_fp32:f32 = Cast(a)\n  t:f32 = Exp(a_cast_fp32)"));
  CHECK(has(text, "e_fp16:f16 = MatMul(a, w)"));
}

TEST_CASE("a value that is captured at two precisions has one Cast that both bodies share (onnxruntime#14235)") {
  RoundTrip trip(chosen({node("Relu", {"x"}, {"a"}, {}, "outer"),
                         choose(body("then_branch", {node("MatMul", {"a", "w"}, {"t"}, {}, "white1")}, {square("t")}),
                                body("else_branch", {node("MatMul", {"w", "a"}, {"e"}, {}, "white2")}, {square("e")})),
                         node("MatMul", {"a", "y"}, {"z"}, {}, "white3")},
                        {square("y"), square("z")}));
  trip.check();
}

TEST_CASE("branches that hand out a captured value hand it out in the dtype of their output") {
  RoundTrip trip(chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
                         choose(body("then_branch", {}, {square("a")}),
                                body("else_branch", {node("Exp", {"a"}, {"e"}, {}, "black")}, {square("e")}))}));
  trip.notRun().check();  // the engine wants an Identity there
  CHECK(has(trip.text(PrecisionMode::forceFp16), "y:f32 = If(c)"));
}

TEST_CASE("branches that hand out an initializer, a captured constant and the same value twice") {
  const std::string two =
      node("If", {"c"}, {"y", "z"},
           {body("then_branch", {}, {square("v"), square("w")}, {}, {floatTensor("v", {2, 2}, {1, 2, 3, 4})}),
            body("else_branch", {node("Relu", {"x"}, {"e"})}, {square("e"), square("e")})},
           "two");
  RoundTrip trip(chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"), two, node("Add", {"y", "a"}, {"s"})},
                        {square("z"), square("s")}));
  trip.notRun().check();
}

TEST_CASE("branches of float16 output agree although one of them computes in float32") {
  const std::string halfOut = info("t", DType::float16, {2, 2});
  const std::string down = node("Cast", {"e32"}, {"e"}, {intAttribute("to", 10)}, "down");
  RoundTrip trip(model(graph({node("Cast", {"x"}, {"h"}, {intAttribute("to", 10)}, "to_half"),
                              choose(body("then_branch", {node("Relu", {"h"}, {"t"})}, {halfOut}),
                                     body("else_branch", {node("Exp", {"x"}, {"e32"}, {}, "exp"), down},
                                          {info("e", DType::float16, {2, 2})}))},
                             {}, {square("x"), kCondition}, {info("y", DType::float16, {2, 2})})));
  trip.check();
}

TEST_CASE("names of one branch are reused in the other and the Casts of both are told apart") {
  RoundTrip trip(chosen(
      {choose(body("then_branch", {node("MatMul", {"x", "w"}, {"r"}, {}, "n1"), node("Exp", {"r"}, {"s"}, {}, "n2")},
                   {square("s")}),
              body("else_branch", {node("MatMul", {"w", "x"}, {"r"}, {}, "n3"), node("Exp", {"r"}, {"s"}, {}, "n4")},
                   {square("s")}))}));
  trip.check();
}

TEST_CASE("nodes of two branches that have one name are left with it") {
  // ONNX Runtime tells node names apart by graph.
  RoundTrip(chosen({choose(body("then_branch", {node("MatMul", {"x", "w"}, {"t"}, {}, "same")}, {square("t")}),
                           body("else_branch", {node("Add", {"x", "w"}, {"e"}, {}, "same")}, {square("e")}))}))
      .check();
}

TEST_CASE("bodies three deep read what stands outside all of them") {
  const std::string innermost =
      choose(body("then_branch", {node("MatMul", {"a", "w"}, {"t3"}, {}, "deep_white")}, {square("t3")}),
             body("else_branch", {node("Exp", {"a"}, {"e3"}, {}, "deep_black")}, {square("e3")}), "i3");
  const std::string middle =
      choose(body("then_branch", {innermost, node("Add", {"i3", "b"}, {"t2"}, {}, "add2")}, {square("t2")}),
             body("else_branch", {node("Relu", {"b"}, {"e2"}, {}, "relu2")}, {square("e2")}), "i2");
  RoundTrip trip(chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
                         choose(body("then_branch", {node("Exp", {"a"}, {"b"}, {}, "exp1"), middle}, {square("i2")}),
                                body("else_branch", {node("Relu", {"a"}, {"e1"}, {}, "relu1")}, {square("e1")}))}));
  trip.feed({floats({2, 2}, {1, -1, 0.5F, 0.25F}), flag(true)}).check();
}

namespace {

// Loop: y = the carried value after three rounds, z = all rounds.
std::string loop(const Messages& nodes, const Messages& initializers = {}) {
  const std::string counted =
      graph(nodes, initializers, {info("i", DType::int64, {}), info("go", DType::boolean, {}), square("s")},
            {info("on", DType::boolean, {}), square("next"), square("scan")});
  return model(graph({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
                      node("Loop", {"n", "", "a"}, {"y", "z"}, {graphAttribute("body", counted)}, "loop")},
                     {kWeight, longTensor("n", {}, {3})}, {square("x")}, {square("y"), info("z", f32, {-1, 2, 2})}));
}

const std::string kOn = node("Identity", {"go"}, {"on"}, {}, "on");

}  // namespace

TEST_CASE("what a Loop carries has one dtype in all rounds, whatever computes it") {
  // The body changes precision from node to node: white, black, white.
  RoundTrip trip(
      loop({node("MatMul", {"s", "w"}, {"m"}, {}, "white"), node("Softmax", {"m"}, {"p"}, {}, "black"),
            node("MatMul", {"p", "w"}, {"next"}, {}, "white2"), node("Exp", {"p"}, {"scan"}, {}, "black2"), kOn}));
  trip.check();
  CHECK(has(trip.text(PrecisionMode::forceFp16), "y:f32, z:f32 = Loop(n, -, a"));
  CHECK(has(trip.text(PrecisionMode::forceFp16), "in i:i64, go:bool, s:f32"));
}

TEST_CASE("a Loop that hands on what it got, what it captured and a constant") {
  RoundTrip(
      loop({node("Identity", {"s"}, {"next"}, {}, "same"), node("Identity", {"a"}, {"scan"}, {}, "captured"), kOn}))
      .check();
  RoundTrip(loop({node("Relu", {"s"}, {"next"}, {}, "relu"),
                  node("Constant", {}, {"scan"}, {tensorAttribute("value", kWeight)}, "k"), kOn}))
      .check();
  RoundTrip(loop({node("Add", {"s", "scan"}, {"next"}, {}, "add"), kOn}, {floatTensor("scan", {2, 2}, {1, 2, 3, 4})}))
      .check();
}

TEST_CASE("a Loop's count and condition are never touched, also where they come from floats") {
  const std::string counted = graph({node("MatMul", {"s", "w"}, {"next"}, {}, "white"),
                                     node("ReduceSum", {"next"}, {"sum"}, {intAttribute("keepdims", 0)}, "sum"),
                                     node("Less", {"sum", "limit"}, {"on"}, {}, "less")},
                                    {}, {info("i", DType::int64, {}), info("go", DType::boolean, {}), square("s")},
                                    {info("on", DType::boolean, {}), square("next")});
  RoundTrip(model(graph({node("Loop", {"n", "c", "x"}, {"y"}, {graphAttribute("body", counted)}, "loop")},
                        {kWeight, longTensor("n", {}, {3}), floatTensor("limit", {}, {100})}, {square("x"), kCondition},
                        {square("y")})))
      .feed({floats({2, 2}, {1, -1, 0.5F, 0.25F}), flag(true)})
      .check();
}

TEST_CASE("a Scan's states and slices keep their dtype at its borders") {
  for (std::int64_t version : {9, 11, 13}) {
    CAPTURE(version);
    const std::string step =
        graph({node("Add", {"state", "slice"}, {"next"}, {}, "add"), node("Exp", {"next"}, {"out"}, {}, "exp")}, {},
              {info("state", f32, {2}), info("slice", f32, {2})}, {info("next", f32, {2}), info("out", f32, {2})});
    RoundTrip trip(model(graph({node("Relu", {"x"}, {"a"}, {}, "outer"),
                                node("Scan", {"start", "a"}, {"y", "z"},
                                     {graphAttribute("body", step), intAttribute("num_scan_inputs", 1)}, "scan")},
                               {floatTensor("start", {2}, {0, 1})}, {square("x")}, {info("y", f32, {2}), square("z")}),
                         8, {opset(version)}));
    trip.check();
    CHECK(has(trip.text(PrecisionMode::forceFp16), "= Scan(start, a"));
  }
}

TEST_CASE("a Scan inside a Loop inside an If") {
  const std::string step = graph(
      {node("MatMul", {"s", "w"}, {"m"}, {}, "mm"),
       node("Gather", {"m", "row"}, {"g"}, {intAttribute("axis", 0)}, "row0"),
       node("Add", {"state", "g"}, {"nextState"}, {}, "add"), node("Exp", {"slice"}, {"out"}, {}, "exp")},
      {}, {info("state", f32, {2}), info("slice", f32, {2})}, {info("nextState", f32, {2}), info("out", f32, {2})});
  const std::string counted = graph({node("Scan", {"start", "s"}, {"last", "next"},
                                          {graphAttribute("body", step), intAttribute("num_scan_inputs", 1)}, "scan"),
                                     kOn},
                                    {}, {info("i", DType::int64, {}), info("go", DType::boolean, {}), square("s")},
                                    {info("on", DType::boolean, {}), square("next")});
  RoundTrip(
      model(graph(
          {choose(body("then_branch", {node("Loop", {"n", "", "x"}, {"t"}, {graphAttribute("body", counted)}, "loop")},
                       {square("t")}),
                  body("else_branch", {node("Relu", {"x"}, {"e"}, {}, "relu")}, {square("e")}))},
          {kWeight, longTensor("n", {}, {2}), longTensor("row", {}, {0}), floatTensor("start", {2}, {0, 1})},
          {square("x"), kCondition}, {square("y")})))
      .feed({floats({2, 2}, {0.5F, -1, 0.5F, 0.25F}), flag(true)})
      .check();
}

TEST_CASE("bodies that declare no type for anything are inferred through") {
  const std::string t = Proto().text(1, "t");
  const std::string e = Proto().text(1, "e");
  // The engine needs types for the outputs of a body; what is between them need not have one.
  RoundTrip(
      chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
              choose(body("then_branch",
                          {node("MatMul", {"a", "w"}, {"t0"}, {}, "m"), node("Exp", {"t0"}, {"t"}, {}, "x")}, {t}),
                     body("else_branch", {node("Relu", {"a"}, {"e"}, {}, "r")}, {e}))}))
      .check();
}

TEST_CASE("nothing of a body is left unread by a Cast that only its sibling needs") {
  RoundTrip trip(chosen({node("MatMul", {"x", "w"}, {"a"}, {}, "outer"),
                         choose(body("then_branch", {node("Softmax", {"a"}, {"t"}, {}, "black")}, {square("t")}),
                                body("else_branch", {node("Identity", {"x"}, {"e"}, {}, "same")}, {square("e")}))}));
  trip.check();
  const std::string text = trip.text(PrecisionMode::allowMixPrecision);
  CHECK(text.find("Cast(a)") > text.find("{"));
}

}  // namespace precast
