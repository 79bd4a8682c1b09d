// What the library does while a test watches: the threads that it starts and the files that it syncs, which its results
// do not show, and the progress that it tells. The calls of the whole program are counted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "precast-c/precast.h"

namespace precast::test {

extern std::atomic<int> threadsStarted;
extern std::atomic<int> syncs;

/// The threads that a call starts, which must succeed.
int startedBy(const std::function<precast_status()>& call);

using Steps = std::vector<precast_progress>;
/// A precast_progress_callback that appends to the Steps behind `steps`.
void note(const precast_progress* progress, void* steps);
/// Checks that they are those of one phase of `total` bytes.
void checkSteps(const Steps& steps, std::size_t threads, precast_phase phase, std::uint64_t total);

}  // namespace precast::test
