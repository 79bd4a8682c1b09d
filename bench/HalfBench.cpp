// Conversion and scanning of weights, per kernel, beside memcpy. `bytes_per_second` counts bytes read. The argument is
// the number of elements: 16 Mi stands for weights in memory, 16 Ki for a block in cache.
#include <cstring>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "support/HalfKernels.h"

namespace precast {
namespace {

std::size_t sizeOf(DType dtype) { return static_cast<std::size_t>(bitWidth(dtype)) / 8; }

/// Weights as they are: normally distributed around zero; `rare` of 1024 elements are beyond float16 or vanish in it.
std::vector<std::byte> weights(DType dtype, std::size_t count, unsigned rare) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0F, 0.05F);
  std::vector<float> values(count);
  for (float& value : values) {
    value = normal(random);
    if (random() % 1024 < rare) value = random() % 2 == 0 ? 1e-9F : 1e9F;
  }
  std::vector<std::byte> floats(count * 4);
  std::memcpy(floats.data(), values.data(), floats.size());
  std::vector<std::byte> bytes(count * sizeOf(dtype));
  ConversionStats stats;
  convertElements(DType::float32, floats.data(), dtype, bytes.data(), count, Overflow::saturate, stats);
  return bytes;
}

void copy(benchmark::State& state) {
  std::vector<std::byte> src = weights(DType::float32, static_cast<std::size_t>(state.range(0)), 0);
  std::vector<std::byte> dst(src.size());
  for (auto _ : state) {
    std::memcpy(dst.data(), src.data(), src.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(src.size()));
}

void convert(benchmark::State& state, const half::Kernels* kernels, DType from, DType to, unsigned rare) {
  if (kernels == nullptr) return state.SkipWithError("this CPU lacks the kernel");
  auto count = static_cast<std::size_t>(state.range(0));
  std::vector<std::byte> src = weights(from, count, rare);
  std::vector<std::byte> dst(count * sizeOf(to));
  ConversionStats stats;
  for (auto _ : state) {
    half::convertWith(*kernels, from, src.data(), to, dst.data(), count, Overflow::saturate, stats);
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(stats);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(src.size()));
}

void scan(benchmark::State& state, const half::Kernels* kernels) {
  if (kernels == nullptr) return state.SkipWithError("this CPU lacks the kernel");
  auto count = static_cast<std::size_t>(state.range(0));
  std::vector<std::byte> src = weights(DType::float32, count, 0);
  ValueRange range;
  for (auto _ : state) half::scanWith(*kernels, DType::float32, src.data(), count, DType::float16, range);
  benchmark::DoNotOptimize(range);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(src.size()));
}

constexpr DType f32 = DType::float32;
constexpr DType f16 = DType::float16;
constexpr DType b16 = DType::bfloat16;

void sizes(benchmark::internal::Benchmark* bench) { bench->Arg(16 << 10)->Arg(16 << 20)->UseRealTime(); }

BENCHMARK(copy)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f32_f16, half::avx2Kernels(), f32, f16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f32_f16_rare_losses, half::avx2Kernels(), f32, f16, 2)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f32_f16_half_losses, half::avx2Kernels(), f32, f16, 512)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f32_bf16, half::avx2Kernels(), f32, b16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f16_f32, half::avx2Kernels(), f16, f32, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_f16_bf16, half::avx2Kernels(), f16, b16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, avx2_bf16_f16, half::avx2Kernels(), b16, f16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, portable_f32_f16, &half::portableKernels(), f32, f16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, portable_f32_bf16, &half::portableKernels(), f32, b16, 0)->Apply(sizes);
BENCHMARK_CAPTURE(convert, portable_f16_f32, &half::portableKernels(), f16, f32, 0)->Apply(sizes);
BENCHMARK_CAPTURE(scan, avx2, half::avx2Kernels())->Apply(sizes);
BENCHMARK_CAPTURE(scan, portable, &half::portableKernels())->Apply(sizes);

}  // namespace
}  // namespace precast
