// Work on independent items by several threads. The caller's thread is one of them, so no thread is started for one,
// and where the system has no more threads to give the work is done all the same. Thread-safe: no state between calls.
#pragma once

#include <cstddef>
#include <functional>

namespace precast::support {

/// How many threads work when the user asks for `asked`: 0 means as many as this process has processors, up to 16
/// (weights go through memory, which few cores fill).
unsigned threadCount(unsigned asked);

/// Calls `work(item, worker)` once for each item below `count`, begun in rising order, on up to `threads` threads.
/// `worker` is below `threads` and tells them apart; 0 is the caller's thread. After `work` has returned false no item
/// is begun. Returns when all threads are done.
void forEach(std::size_t count, unsigned threads, const std::function<bool(std::size_t item, unsigned worker)>& work);

}  // namespace precast::support
