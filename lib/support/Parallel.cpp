#include "support/Parallel.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace precast::support {

namespace {

constexpr unsigned kMaxDefault = 16;
constexpr unsigned kMaxThreads = 256;

struct Shared {
  const std::function<bool(std::size_t, unsigned)>& work;
  std::size_t count;
  std::atomic<std::size_t> next = 0;
  std::atomic<unsigned> helpers = 0;
  std::atomic<bool> stopped = false;

  void run(unsigned worker) {
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::size_t item = next.fetch_add(1, std::memory_order_relaxed);
      if (item >= count) return;
      if (!work(item, worker)) stopped.store(true, std::memory_order_relaxed);
    }
  }
};

// pthread_create returns an error where std::thread would throw.
void* help(void* argument) {
  auto* shared = static_cast<Shared*>(argument);
  shared->run(shared->helpers.fetch_add(1) + 1);
  return nullptr;
}

}  // namespace

unsigned threadCount(unsigned asked) {
  if (asked != 0) return std::min(asked, kMaxThreads);
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDefault);
}

void forEach(std::size_t count, unsigned threads, const std::function<bool(std::size_t, unsigned)>& work) {
  Shared shared{work, count};
  std::vector<pthread_t> helpers;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i) {
    pthread_t helper;
    if (::pthread_create(&helper, nullptr, &help, &shared) != 0) break;
    helpers.push_back(helper);
  }
  shared.run(0);
  for (pthread_t helper : helpers) ::pthread_join(helper, nullptr);
}

}  // namespace precast::support
