// Threads that share items.
#include "support/Parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <vector>

namespace precast::support {
namespace {

TEST_CASE("every item is worked on once, and the caller's thread is worker 0", "[parallel]") {
  for (unsigned threads : {0U, 1U, 2U, 8U}) {
    for (std::size_t count : {0, 1, 7, 1000}) {
      std::vector<std::atomic<int>> seen(count);
      std::atomic<bool> wrong = false;
      const std::thread::id caller = std::this_thread::get_id();
      forEach(count, threads, [&](std::size_t item, unsigned worker) {
        ++seen[item];
        if ((worker == 0) != (std::this_thread::get_id() == caller) || (worker > 0 && worker >= threads)) wrong = true;
        return true;
      });
      CHECK_FALSE(wrong);
      for (const std::atomic<int>& times : seen) CHECK(times == 1);
    }
  }
}

TEST_CASE("after the first failure no item is begun", "[parallel]") {
  int done = 0;
  forEach(100, 1, [&](std::size_t item, unsigned) { return ++done, item < 3; });
  CHECK(done == 4);
  std::atomic<int> begun = 0;
  forEach(1'000'000, 4, [&](std::size_t, unsigned) { return ++begun, false; });
  CHECK(begun <= 4);
}

TEST_CASE("an exception of the caller's work leaves when no thread works any more", "[parallel]") {
  std::atomic<bool> helps = false;
  std::atomic<int> working = 0;
  bool thrown = false;
  try {
    forEach(1000, 2, [&](std::size_t, unsigned worker) {
      if (worker == 0) {
        while (!helps) std::this_thread::yield();
        throw 1;
      }
      ++working;
      helps = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      --working;
      return true;
    });
  } catch (int) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(working == 0);
}

TEST_CASE("the number of threads is what is asked for, within reason, and at least one", "[parallel]") {
  CHECK(threadCount(0) >= 1);
  CHECK(threadCount(3) == 3);
  CHECK(threadCount(1'000'000) == 256);
}

}  // namespace
}  // namespace precast::support
