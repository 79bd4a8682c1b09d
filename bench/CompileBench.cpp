// plan() and compile() of generated graphs in memory: time per node should not depend on their number.
#include <benchmark/benchmark.h>

#include "SyntheticGraph.h"
#include "precast/Compile.h"
#include "support/BulkMemory.h"

namespace precast {
namespace {

CompileOptions optionsOf(const Target& target, PrecisionMode mode) {
  CompileOptions options;
  options.target = &target;
  options.policy.mode = mode;
  return options;
}

void perNode(benchmark::State& state, const Graph& graph) {
  state.counters["per_node"] =
      benchmark::Counter(static_cast<double>(graph.nodeCount()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void benchPlan(benchmark::State& state, PrecisionMode mode) {
  const Graph graph = bench::syntheticGraph(static_cast<std::size_t>(state.range(0)));
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  const CompileOptions options = optionsOf(*target, mode);
  for (auto _ : state) benchmark::DoNotOptimize(plan(graph, options));
  perNode(state, graph);
}

// What the memory of a plan costs by itself: arrays of the same sizes, made and filled.
void benchFill(benchmark::State& state) {
  const Graph graph = bench::syntheticGraph(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::vector<NodeId> order;
    std::vector<Decision> decisions;
    std::vector<DType> dtypes;
    std::vector<char> isConstant;
    support::fillBulk(order, graph.nodeCount());
    support::fillBulk(decisions, graph.nodeCount());
    support::fillBulk(dtypes, graph.inputOperandCount() + graph.outputOperandCount());
    support::fillBulk(isConstant, graph.valueCount());
    benchmark::DoNotOptimize(order.data());
    benchmark::DoNotOptimize(decisions.data());
    benchmark::DoNotOptimize(dtypes.data());
    benchmark::DoNotOptimize(isConstant.data());
    benchmark::ClobberMemory();
  }
  perNode(state, graph);
}

void benchCompile(benchmark::State& state, PrecisionMode mode) {
  const Graph graph = bench::syntheticGraph(static_cast<std::size_t>(state.range(0)));
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  const CompileOptions options = optionsOf(*target, mode);
  for (auto _ : state) benchmark::DoNotOptimize(compile(graph, options));
  perNode(state, graph);
}

// One node in eight is kept by its name, as users do who know where precision is lost.
void benchPlanBlocked(benchmark::State& state) {
  const Graph graph = bench::syntheticGraph(static_cast<std::size_t>(state.range(0)));
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  CompileOptions options = optionsOf(*target, PrecisionMode::forceFp16);
  for (std::size_t n = 0; n < graph.nodeCount(); n += 8)
    options.policy.keepDtype.push_back(
        {NodeSelector::Kind::node, std::string(graph.nodeName(static_cast<NodeId>(n))), ""});
  for (auto _ : state) benchmark::DoNotOptimize(plan(graph, options));
  perNode(state, graph);
}

void sizes(benchmark::internal::Benchmark* bench, std::int64_t largest) {
  bench->RangeMultiplier(10)->Range(10000, largest)->Unit(benchmark::kMillisecond);
}
void upTo1M(benchmark::internal::Benchmark* bench) { sizes(bench, 1000000); }
void upTo10M(benchmark::internal::Benchmark* bench) { sizes(bench, 10000000); }

BENCHMARK(benchFill)->Apply(upTo10M);
BENCHMARK_CAPTURE(benchPlan, force_fp16, PrecisionMode::forceFp16)->Apply(upTo10M);
BENCHMARK_CAPTURE(benchPlan, allow_mix_precision, PrecisionMode::allowMixPrecision)->Apply(upTo10M);
BENCHMARK(benchPlanBlocked)->Name("benchPlan/blocked")->Apply(upTo1M);
BENCHMARK_CAPTURE(benchCompile, force_fp16, PrecisionMode::forceFp16)->Apply(upTo1M);
BENCHMARK_CAPTURE(benchCompile, allow_mix_precision, PrecisionMode::allowMixPrecision)->Apply(upTo1M);

}  // namespace
}  // namespace precast
