// Loading the built-in targets: the price of `--target` or `--soc_version` before the first node is read.
#include <benchmark/benchmark.h>

#include <string>

#include "precast/Target.h"

namespace precast {
namespace {

void benchBuiltin(benchmark::State& state) {
  const std::string_view name = Target::builtinNames()[static_cast<std::size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(Target::builtin(name));
  state.SetLabel(std::string(name));
}
BENCHMARK(benchBuiltin)
    ->DenseRange(0, static_cast<int>(Target::builtinNames().size()) - 1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace precast
