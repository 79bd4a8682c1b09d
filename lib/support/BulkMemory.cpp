#include "support/BulkMemory.h"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace precast::support {

#if defined(__linux__)

namespace {

constexpr std::uintptr_t kPage = 4096;
constexpr std::size_t kHuge = std::size_t{2} << 20;
// Below that, a call costs about what it saves. Allocators do keep blocks of some pages more, but hand memory at the
// end of their heap back to the system, again and again where a host compiles one model after the other.
constexpr std::size_t kSmallest = std::size_t{32} << 10;
#if defined(MADV_POPULATE_WRITE)
constexpr int kPopulate = MADV_POPULATE_WRITE;
#else
constexpr int kPopulate = 23;  // MADV_POPULATE_WRITE of Linux 5.14, which older headers do not name
#endif

void advise(std::uintptr_t begin, std::uintptr_t end, int advice) {
  if (begin < end) (void)madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}

}  // namespace

void expectFilled(void* data, std::size_t bytes) {
  if (bytes < kSmallest) return;
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t begin = (address + kPage - 1) & ~(kPage - 1);
  const std::uintptr_t end = (address + bytes) & ~(kPage - 1);
  if (bytes < 2 * kHuge) return advise(begin, end, kPopulate);
  const std::uintptr_t firstHuge = (begin + kHuge - 1) & ~(kHuge - 1);
  const std::uintptr_t lastHuge = end & ~(kHuge - 1);
  advise(begin, end, MADV_HUGEPAGE);
  advise(begin, firstHuge, kPopulate);
  advise(lastHuge, end, kPopulate);
}

#else

void expectFilled(void*, std::size_t) {}

#endif

}  // namespace precast::support
