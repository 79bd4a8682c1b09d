// onnx::read() and onnx::write() of generated models in memory: time per node should not depend on their number.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <string>
#include <vector>

#include "SyntheticModel.h"
#include "onnx/Message.h"
#include "precast/Compile.h"
#include "precast/Onnx.h"
#include "support/BulkMemory.h"

namespace precast {
namespace {

absl::Span<const std::byte> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

void perNode(benchmark::State& state, const Graph& graph, const std::string& model) {
  state.counters["per_node"] =
      benchmark::Counter(static_cast<double>(graph.nodeCount()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(model.size()));
}

void benchRead(benchmark::State& state) {
  const std::string text = bench::syntheticModel(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(onnx::read(bytesOf(text)));
  const absl::StatusOr<onnx::Model> model = onnx::read(bytesOf(text));
  if (!model.ok()) return state.SkipWithError(std::string(model.status().message()).c_str());
  perNode(state, model->graph, text);
}

std::size_t allocatedBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

// What the memory of a model that is read costs by itself: as many bytes, made and filled.
void benchReadFill(benchmark::State& state) {
  const std::string text = bench::syntheticModel(static_cast<std::size_t>(state.range(0)));
  const std::size_t before = allocatedBytes();
  const absl::StatusOr<onnx::Model> model = onnx::read(bytesOf(text));
  if (!model.ok()) return state.SkipWithError(std::string(model.status().message()).c_str());
  const std::size_t bytes = allocatedBytes() - before;
  for (auto _ : state) {
    std::vector<char> memory;
    support::fillBulk(memory, bytes);
    benchmark::DoNotOptimize(memory.data());
    benchmark::ClobberMemory();
  }
  perNode(state, model->graph, text);
}

// What reading costs at least: a cursor that passes over every field of every node and tensor.
void benchSkip(benchmark::State& state) {
  const std::string text = bench::syntheticModel(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    onnx::WireCursor model(bytesOf(text));
    onnx::WireField inModel;
    onnx::WireField inGraph;
    onnx::WireField field;
    std::size_t fields = 0;
    while (model.next(inModel)) {
      if (inModel.number != onnx::field::kGraph) continue;
      onnx::WireCursor graph(bytesOf(text), inModel.inside());
      while (graph.next(inGraph)) {
        onnx::WireCursor cursor(bytesOf(text), inGraph.inside());
        while (cursor.next(field)) ++fields;
      }
    }
    benchmark::DoNotOptimize(fields);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void benchWrite(benchmark::State& state, PrecisionMode mode) {
  const std::string text = bench::syntheticModel(static_cast<std::size_t>(state.range(0)));
  const absl::StatusOr<onnx::Model> model = onnx::read(bytesOf(text));
  if (!model.ok()) return state.SkipWithError(std::string(model.status().message()).c_str());
  CompileOptions options;
  options.policy.mode = mode;
  const absl::StatusOr<CompileResult> result = compile(model->graph, options);
  if (!result.ok()) return state.SkipWithError(std::string(result.status().message()).c_str());
  std::string out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(onnx::write(*result, *model->source, &out));
    benchmark::ClobberMemory();
  }
  perNode(state, model->graph, text);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->RangeMultiplier(10)->Range(10000, 1000000)->Unit(benchmark::kMillisecond);
}

BENCHMARK(benchSkip)->Apply(sizes);
BENCHMARK(benchRead)->Apply(sizes);
BENCHMARK(benchReadFill)->Apply(sizes);
BENCHMARK_CAPTURE(benchWrite, must_keep_origin_dtype, PrecisionMode::mustKeepOriginDtype)->Apply(sizes);
BENCHMARK_CAPTURE(benchWrite, force_fp16, PrecisionMode::forceFp16)->Apply(sizes);
BENCHMARK_CAPTURE(benchWrite, allow_mix_precision, PrecisionMode::allowMixPrecision)->Apply(sizes);

}  // namespace
}  // namespace precast
