// Converts all 2^32 float32 bit patterns to float16 and to bfloat16 with both kernels, clamping or not, and compares
// every byte and every count. Also compares them with the scalar functions. Prints one line; exit code 0 if all agree,
// 1 if not, 77 (skipped) where the machine has only the portable kernel. Takes minutes: label "long".
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

#include "support/HalfKernels.h"

namespace precast {
namespace {

constexpr std::uint64_t kAll = std::uint64_t{1} << 32;
constexpr std::size_t kBlock = std::size_t{1} << 20;

bool sameStats(const ConversionStats& a, const ConversionStats& b) {
  return a.elements == b.elements && a.saturated == b.saturated && a.underflowed == b.underflowed &&
         a.maxAbs == b.maxAbs;
}

bool sameRange(const ValueRange& a, const ValueRange& b) {
  return a.maxAbs == b.maxAbs && a.minAbs == b.minAbs && a.beyond == b.beyond && a.vanishing == b.vanishing &&
         a.hasInf == b.hasInf && a.hasNaN == b.hasNaN;
}

/// Bit patterns i * stride modulo 2^32: an odd stride visits each once and mixes all magnitudes in one block, where
/// stride 1 keeps neighbours together. Returns whether everything agrees on the block that starts at `first`.
bool checkBlock(std::uint64_t first, std::uint32_t stride, std::vector<std::uint32_t>& words,
                std::vector<std::uint16_t>& fast, std::vector<std::uint16_t>& portable) {
  for (std::size_t i = 0; i < kBlock; ++i) words[i] = static_cast<std::uint32_t>((first + i) * stride);
  const auto* src = reinterpret_cast<const std::byte*>(words.data());
  auto* fastBytes = reinterpret_cast<std::byte*>(fast.data());
  auto* portableBytes = reinterpret_cast<std::byte*>(portable.data());
  for (DType to : {DType::float16, DType::bfloat16}) {
    ValueRange fastRange;
    ValueRange portableRange;
    half::scanWith(*half::avx2Kernels(), DType::float32, src, kBlock, to, fastRange);
    half::scanWith(half::portableKernels(), DType::float32, src, kBlock, to, portableRange);
    if (!sameRange(fastRange, portableRange)) return false;
    for (Overflow overflow : {Overflow::infinity, Overflow::saturate}) {
      ConversionStats fastStats;
      ConversionStats portableStats;
      half::convertWith(*half::avx2Kernels(), DType::float32, src, to, fastBytes, kBlock, overflow, fastStats);
      half::convertWith(half::portableKernels(), DType::float32, src, to, portableBytes, kBlock, overflow,
                        portableStats);
      if (!sameStats(fastStats, portableStats)) return false;
      if (std::memcmp(fast.data(), portable.data(), kBlock * sizeof(std::uint16_t)) != 0) return false;
      if (overflow == Overflow::saturate) continue;
      for (std::size_t i = 0; i < kBlock; ++i) {
        std::uint16_t scalar =
            to == DType::float16 ? half::halfFromFloatBits(words[i]) : half::bfloat16FromFloatBits(words[i]);
        if (scalar != fast[i]) return false;
      }
    }
  }
  return true;
}

int run() {
  if (half::avx2Kernels() == nullptr) {
    std::printf("skipped: no F16C+AVX2 to compare with\n");
    return 77;
  }
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> wrong{0};
  auto work = [&] {
    std::vector<std::uint32_t> words(kBlock);
    std::vector<std::uint16_t> fast(kBlock);
    std::vector<std::uint16_t> portable(kBlock);
    for (std::uint64_t first = next.fetch_add(kBlock); first < kAll; first = next.fetch_add(kBlock)) {
      for (std::uint32_t stride : {1U, 2654435761U}) {
        if (checkBlock(first, stride, words, fast, portable)) continue;
        if (wrong.fetch_add(1) < 10)
          std::printf("kernels differ in the block at %llu, stride %u\n", static_cast<unsigned long long>(first),
                      stride);
      }
    }
  };
  std::vector<std::thread> threads;
  unsigned count = std::thread::hardware_concurrency();
  for (unsigned i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  std::printf("%llu floats, to float16 and bfloat16, clamped or not, in two orders: %llu blocks differ\n",
              static_cast<unsigned long long>(kAll), static_cast<unsigned long long>(wrong.load()));
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace precast

int main() { return precast::run(); }
