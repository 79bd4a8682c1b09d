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

// The helpers use what stands on the caller's stack: it stays until they are done, even if a callback of the host's
// throws there.
struct Helpers {
  Shared& shared;
  std::vector<pthread_t> threads;
  bool unfinished = true;

  ~Helpers() {
    if (unfinished) shared.stopped.store(true, std::memory_order_relaxed);
    for (pthread_t thread : threads) ::pthread_join(thread, nullptr);
  }
};

}  // namespace

unsigned threadCount(unsigned asked) {
  if (asked != 0) return std::min(asked, kMaxThreads);
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDefault);
}

void forEach(std::size_t count, unsigned threads, const std::function<bool(std::size_t, unsigned)>& work) {
  Shared shared{work, count};
  Helpers helpers{shared, {}};
  const std::size_t wanted = std::min<std::size_t>(threads, count);
  helpers.threads.reserve(wanted);
  for (std::size_t i = 1; i < wanted; ++i) {
    pthread_t helper;
    if (::pthread_create(&helper, nullptr, &help, &shared) != 0) break;
    helpers.threads.push_back(helper);
  }
  shared.run(0);
  helpers.unfinished = false;
}

}  // namespace precast::support
