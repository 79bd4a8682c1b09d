// plan() and compile() of generated graphs in memory: time per node should not depend on their number.
#include <benchmark/benchmark.h>

#include "SyntheticGraph.h"
#include "precast/Compile.h"

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

void benchCompile(benchmark::State& state, PrecisionMode mode) {
  const Graph graph = bench::syntheticGraph(static_cast<std::size_t>(state.range(0)));
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  const CompileOptions options = optionsOf(*target, mode);
  for (auto _ : state) benchmark::DoNotOptimize(compile(graph, options));
  perNode(state, graph);
}

BENCHMARK_CAPTURE(benchPlan, force_fp16, PrecisionMode::forceFp16)
    ->RangeMultiplier(10)
    ->Range(10000, 1000000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(benchPlan, allow_mix_precision, PrecisionMode::allowMixPrecision)
    ->RangeMultiplier(10)
    ->Range(10000, 1000000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(benchCompile, force_fp16, PrecisionMode::forceFp16)
    ->RangeMultiplier(10)
    ->Range(10000, 1000000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(benchCompile, allow_mix_precision, PrecisionMode::allowMixPrecision)
    ->RangeMultiplier(10)
    ->Range(10000, 1000000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace precast
