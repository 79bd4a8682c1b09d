// Arrays that ask for their memory beforehand: what is in them is the same with and without.
#include "support/BulkMemory.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace precast::support {
namespace {

TEST_CASE("a filled array has the wanted elements, whatever its size and what it held before") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{100000}, std::size_t{3} << 20}) {
    std::vector<std::uint32_t> numbers = {1, 2, 3};
    fillBulk(numbers, count, 7U);
    CHECK(numbers == std::vector<std::uint32_t>(count, 7U));
  }
}

TEST_CASE("an array that is given more room keeps its elements, and has that room") {
  for (const std::size_t more : {std::size_t{1000}, std::size_t{1} << 16, std::size_t{4} << 20}) {
    std::vector<std::uint32_t> numbers(500);
    std::iota(numbers.begin(), numbers.end(), 0U);
    reserveBulk(numbers, more);
    REQUIRE(numbers.capacity() >= more);
    REQUIRE(numbers.size() == 500);
    for (std::uint32_t i = 0; i < 500; ++i) REQUIRE(numbers[i] == i);
    const std::uint32_t* const data = numbers.data();
    reserveBulk(numbers, more / 2);
    CHECK(numbers.data() == data);
  }
}

TEST_CASE("memory that holds something already is left as it is, at any address and length") {
  std::vector<unsigned char, BulkAllocator<unsigned char>> bytes(std::size_t{9} << 20);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 7);
  for (const std::size_t skip : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{3} << 20}) {
    expectFilled(bytes.data() + skip, bytes.size() - skip);
    expectFilled(bytes.data() + skip, std::size_t{200} << 10);
  }
  bool same = true;
  for (std::size_t i = 0; i < bytes.size(); ++i) same &= bytes[i] == static_cast<unsigned char>(i * 7);
  CHECK(same);
}

#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
TEST_CASE("small pages are there before they are touched, where the kernel can do that") {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  constexpr std::size_t kPage = 4096;
  void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  void* const probe = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(probe != MAP_FAILED);
  if (madvise(probe, kPage, MADV_POPULATE_WRITE) == 0) {  // Linux 5.14
    expectFilled(memory, kBytes);
    unsigned char present[kBytes / kPage] = {};
    REQUIRE(mincore(memory, kBytes, present) == 0);
    std::size_t count = 0;
    for (const unsigned char page : present) count += page & 1U;
    CHECK(count == kBytes / kPage);
  }
  munmap(probe, kPage);
  munmap(memory, kBytes);
}
#endif

}  // namespace
}  // namespace precast::support
