#include "WatchedCalls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace precast::test {

std::atomic<int> threadsStarted = 0;
std::atomic<int> syncs = 0;

int startedBy(const std::function<precast_status()>& call) {
  threadsStarted = 0;
  CHECK(call() == PRECAST_OK);
  return threadsStarted;
}

void note(const precast_progress* progress, void* steps) { static_cast<Steps*>(steps)->push_back(*progress); }

void checkSteps(const Steps& steps, std::size_t threads, precast_phase phase, std::uint64_t total) {
  REQUIRE(steps.size() > (threads == 1 ? 1 : 0));  // the caller's thread tells; others may be faster
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CHECK((steps[i].phase == phase && steps[i].total == total));
    CHECK((i == 0 || steps[i - 1].done < steps[i].done));
  }
  CHECK(steps.back().done == total);
}

}  // namespace precast::test

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto next = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  ++precast::test::threadsStarted;
  return next(thread, attributes, start, argument);
}

extern "C" int fsync(int descriptor) {
  ++precast::test::syncs;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
