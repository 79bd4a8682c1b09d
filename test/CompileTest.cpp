// compile(), plan(), checkOptions(), tensorBytes(), convertTensor() and reportConversions(): the library's one page.
//
// precision-semantics, sentence                | test
// 3: bf16 modes where nothing computes in bf16 | a bfloat16 mode needs a target that computes in it
// 6: compiles to itself; same bytes everywhere | Setup::compiled(); compiling is a pure function
// 9: warn reports, with node and number        | a conversion that saturates is reported by the use of its constant
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "GraphBuilder.h"
#include "Setup.h"
#include "Snapshot.h"

namespace precast {
namespace {

using test::Setup;

TEST_CASE("nothing but a graph gives force_fp16 on the generic target") {
  const Graph graph = test::graphOfText("in x; const w = 1; a = Add(x, w); out a", 17);
  const absl::StatusOr<CompileResult> result = compile(graph);
  REQUIRE(result.ok());
  CHECK(test::textOf(result->graph) == "in x:f32\nconst w:f16 = 1\nx_cast_fp16:f16 = Cast(x)\n"
                                       "a_fp16:f16 = Add(x_cast_fp16, w)\na:f32 = Cast(a_fp16)\nout a\n");
  CHECK(result->plan.target == "onnx");
  CHECK(result->plan.libraries == std::vector<std::string>{"graph", "onnx"});
  CHECK(result->rewrite.casts.size() == 2);
  CHECK(result->rewrite.numericGuard == NumericGuard::warn);
}

TEST_CASE("a plan is what compile() does, and needs no weights") {
  const Graph graph = test::graphOfText("in x; const w; a = Mul(x, w); b = Relu(a); out b", 17);
  const absl::StatusOr<PrecisionPlan> made = plan(graph);
  const absl::StatusOr<CompileResult> result = compile(graph);
  REQUIRE(made.ok());
  REQUIRE(result.ok());
  CHECK(test::snapshotOf(*made) == test::snapshotOf(result->plan));
}

TEST_CASE("compiling is a pure function") {
  const Graph graph = test::graphOfText("in x, y:f16; const w = 1 70000; a = Mul(x, w); b:f16 = Relu(y); out a, b", 17);
  const std::string before = test::snapshotOf(graph);
  Setup setup(*Target::builtin("ort-cuda"), PrecisionMode::allowMixPrecision, 17);
  std::vector<std::string> texts(4);
  std::vector<std::thread> threads;
  for (std::string& text : texts) {
    threads.emplace_back([&] {
      const absl::StatusOr<CompileResult> result = compile(graph, setup.options);
      if (result.ok()) text = test::snapshotOf(result->graph) + test::snapshotOf(result->plan);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(texts[0].empty());
  for (const std::string& text : texts) CHECK(text == texts[0]);
  CHECK(test::snapshotOf(graph) == before);
}

TEST_CASE("a graph that does not verify is refused") {
  Graph graph;
  const ValueId x = graph.addValue("x", DType::float32);
  const ValueId y = graph.addValue("y", DType::float32);
  const ValueId inputs[] = {x};
  const ValueId outputs[] = {y};
  REQUIRE(graph.addNode(graph.addOpKind({"", "Relu", "", 0, false, {}}), "r", inputs, outputs).ok());
  REQUIRE(graph.addOutput(y).ok());
  for (const absl::Status& status : {compile(graph).status(), plan(graph).status()}) {
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(status.message()) == "node 'r': input 0 'x' is no input, no constant and no node's output");
  }
}

TEST_CASE("a bfloat16 mode needs a target that computes in it") {
  struct Row {
    const char* target;
    bool computes;
  };
  const Row rows[] = {{"ascend310", false}, {"ascend310p", false}, {"ascend610", false}, {"ascend910", false},
                      {"ascend310b", true}, {"ascend910b", true},  {"onnx", true},       {"tensorrt", true},
                      {"ort-cuda", true},   {"ort-cpu", false},    {"ort-dml", false},   {"ort-webgpu", false}};
  CHECK(std::size(rows) == Target::builtinNames().size());
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const absl::StatusOr<Target> target = Target::builtin(row.target);
    REQUIRE(target.ok());
    CHECK(target->computesIn(DType::bfloat16) == row.computes);
    CHECK(target->computesIn(DType::float16) == (std::string(row.target) != "ort-cpu"));
    for (PrecisionMode mode : allPrecisionModes()) {
      CompileOptions options;
      options.target = &*target;
      options.policy.mode = mode;
      const bool brain = mode == PrecisionMode::allowFp32ToBf16 || mode == PrecisionMode::allowMixPrecisionBf16;
      const absl::Status status = checkOptions(options);
      CHECK(status.ok() == (row.computes || !brain));
      if (status.ok()) continue;
      CHECK(std::string(status.message()) ==
            std::string(toString(mode)) + " needs bfloat16, in which target '" + row.target + "' does not compute");
    }
  }
}

TEST_CASE("list moves outside the mixed modes are refused before the graph is looked at") {
  CompileOptions options;
  options.policy.listMoves = {{"Conv", ListColour::black, ""}};
  const absl::Status status = checkOptions(options);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(compile(Graph(), options).status() == status);
  options.policy.mode = PrecisionMode::allowMixPrecision;
  CHECK(checkOptions(options).ok());
}

TEST_CASE("contents are converted when they are read") {
  Graph graph = test::graphOfText("in x; const w = 1 2 3; const i:i32 = 7; const u; a = Add(x, w); out a");
  const auto value = [&](const char* name) {
    for (std::size_t v = 0; v < graph.valueCount(); ++v) {
      if (graph.valueName(static_cast<ValueId>(v)) == name) return static_cast<ValueId>(v);
    }
    return ValueId::none;
  };
  CHECK(*tensorBytes(graph, value("w")) == 12);
  graph.setValueDType(value("w"), DType::float16);
  CHECK(*tensorBytes(graph, value("w")) == 6);
  CHECK(*tensorBytes(graph, value("i")) == 4);
  std::vector<std::byte> bytes(6);
  const absl::StatusOr<ConversionStats> stats = convertTensor(graph, value("w"), absl::MakeSpan(bytes));
  REQUIRE(stats.ok());
  CHECK(stats->elements == 3);
  CHECK(static_cast<int>(bytes[1]) == 0x3C);
  // Same dtype: the bytes as they are.
  std::vector<std::byte> same(4);
  CHECK(convertTensor(graph, value("i"), absl::MakeSpan(same)).ok());
  CHECK(static_cast<int>(same[0]) == 7);
  // Errors.
  CHECK(tensorBytes(graph, value("x")).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(tensorBytes(graph, static_cast<ValueId>(99)).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(tensorBytes(graph, value("u")).status().message()) == "the contents of constant 'u' are not known");
  CHECK(std::string(convertTensor(graph, value("w"), absl::MakeSpan(same)).status().message()) ==
        "constant 'w' needs 6 bytes, the buffer has 4");
}

// What reportConversions() says of the graph in `text`, one line per diagnostic.
std::string reported(const char* text, NumericGuard guard, bool clip = true) {
  const Graph graph = test::graphOfText(text, 17);
  CompileOptions options;
  options.policy.numericGuard = guard;
  options.policy.weightClip = clip;
  const absl::StatusOr<CompileResult> result = compile(graph, options);
  REQUIRE(result.ok());
  std::vector<ConversionStats> stats;
  for (const ConvertedConstant& constant : result->rewrite.constants) {
    std::vector<std::byte> bytes(*tensorBytes(result->graph, constant.value));
    stats.push_back(*convertTensor(result->graph, constant.value, absl::MakeSpan(bytes)));
  }
  std::string lines;
  reportConversions(graph, *result, stats, [&](const Diagnostic& message) {
    lines += std::string(toString(message.severity)) + " " + std::string(message.id) + ": " + message.message + "\n";
  });
  return lines;
}

TEST_CASE("a constant of which nothing is left in float16 is warned about, one that only loses some values is not") {
  constexpr const char* kEpsilon = "in x; const e = 1e-12; a = Add(x, e); b = Div(x, a); out b";
  CHECK(reported(kEpsilon, NumericGuard::warn) ==
        "warning constant-vanishes: node 'a': constant 'e' becomes zero in float16: its largest magnitude is "
        "9.999999960041972e-13\n");
  CHECK(reported(kEpsilon, NumericGuard::off).empty());
  CHECK_THAT(reported("in x; const w = 1e-30 -1e-9 0; a = Mul(x, w); out a", NumericGuard::warn),
             Catch::StartsWith("warning constant-vanishes: node 'a': constant 'w'"));
  CHECK(reported("in x; const w = 1e-12 0.5; a = Mul(x, w); out a", NumericGuard::warn).empty());
  CHECK(reported("in x; const w = 0 0; a = Mul(x, w); out a", NumericGuard::warn).empty());
  CHECK(reported("in x; const w = 6e-8; a = Mul(x, w); out a", NumericGuard::warn).empty());
}

TEST_CASE("a conversion that saturates is reported by the use of its constant") {
  constexpr const char* kFactor = "in x; const w = 1 9.8e7; a = Mul(x, w); out a";
  CHECK(reported(kFactor, NumericGuard::warn) ==
        "warning weight-out-of-range: node 'a': constant 'w' has 1 of 2 values beyond the range of float16 (largest "
        "magnitude 98000000); they saturate\n");
  CHECK_THAT(reported(kFactor, NumericGuard::warn, false), Catch::EndsWith("; they become infinite\n"));
  CHECK(reported(kFactor, NumericGuard::off).empty());
  CHECK(reported(kFactor, NumericGuard::keep).empty());  // nothing is converted
  // An infinity is no loss: float16 has it. What is told is the largest of those that are lost.
  CHECK(reported("in x; const w = -inf nan 70000 9.8e7 inf; a = Mul(x, w); out a", NumericGuard::warn) ==
        "warning weight-out-of-range: node 'a': constant 'w' has 2 of 5 values beyond the range of float16 (largest "
        "finite magnitude 98000000); they saturate\n");
  CHECK(reported("in x; const w = -inf nan 1 inf 1e-12; a = Mul(x, w); out a", NumericGuard::warn).empty());
  // A bound: only a note. Through a mover it is the same constant.
  CHECK_THAT(reported("in x; const w = 1e9; a = Min(x, w); out a", NumericGuard::warn),
             Catch::StartsWith("note weight-out-of-range: node 'a': constant 'w' has 1 of 1"));
  CHECK_THAT(reported("in x; const w = 1e9; m = Identity(w); a = Min(x, m); out a", NumericGuard::warn),
             Catch::StartsWith("note weight-out-of-range: node 'a'"));
  CHECK_THAT(reported("in x; const w = 1e9; m = Identity(w); a = Mul(x, m); out a", NumericGuard::warn),
             Catch::StartsWith("warning weight-out-of-range: node 'a'"));
  // A mask on Add is more than a bound: its sum can reach -inf.
  CHECK_THAT(reported("in x; const w = -1e9; a = Add(x, w); out a", NumericGuard::warn),
             Catch::StartsWith("warning weight-out-of-range: node 'a'"));
  // Of several uses the worst counts.
  CHECK_THAT(reported("in x; const w = 1e9; a = Min(x, w); b = Mul(a, w); out b", NumericGuard::warn),
             Catch::StartsWith("warning weight-out-of-range: node 'b'"));
  // All that it harms are named, each once, or the first of them and how many more there are.
  CHECK_THAT(reported("in x; const w = 1e9; a = Mul(w, w); b = Min(x, w); c = Div(x, w); d = Sub(c, a); out b, d",
                      NumericGuard::warn),
             Catch::StartsWith("warning weight-out-of-range: node 'a', node 'c': constant 'w' has 1 of 1"));
  CHECK_THAT(reported("in x; const w = 1e9; a = Mul(x, w); b = Mul(a, w); c = Mul(b, w); d = Mul(c, w); e = Mul(d, w); "
                      "out e",
                      NumericGuard::warn),
             Catch::StartsWith("warning weight-out-of-range: node 'a', node 'b', node 'c' and 2 more: constant 'w'"));
  CHECK_THAT(reported("in x; const w = 1e9; a = Min(x, w); b = Max(a, w); out b", NumericGuard::warn),
             Catch::StartsWith("note weight-out-of-range: node 'a', node 'b': constant"));
  // Other constants of the node have no say.
  CHECK_THAT(reported("in x; const p:i64 = 1; const w = 1e9; a = Pad(x, p, w); out a", NumericGuard::warn),
             Catch::StartsWith("note weight-out-of-range: node 'a'"));
}

}  // namespace
}  // namespace precast
