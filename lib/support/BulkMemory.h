// Large arrays that are filled from one end to the other. The kernel backs memory page by page at the first touch, and
// where that costs more than filling the page (virtual machines above all) it is most of what building an array takes.
// Asked beforehand it does it in one go: with huge pages where the array spans several, else all small pages at once.
// Advice only: what the kernel does not know it ignores, and contents never change. Thread-safe. See madvise(2).
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace precast::support {

/// [data, data + bytes) is allocated and about to be filled.
void expectFilled(void* data, std::size_t bytes);

/// Room for `count` elements of which nearly all will be there.
template <typename T>
void reserveBulk(std::vector<T>& vector, std::size_t count) {
  if (count <= vector.capacity()) return;
  vector.reserve(count);
  expectFilled(vector.data(), vector.capacity() * sizeof(T));
}

/// `count` elements, all of them `value`.
template <typename T>
void fillBulk(std::vector<T>& vector, std::size_t count, const T& value = T()) {
  vector.clear();
  reserveBulk(vector, count);
  vector.resize(count, value);
}

/// For containers that allocate by themselves, hash tables above all.
template <typename T>
struct BulkAllocator {
  using value_type = T;
  BulkAllocator() = default;
  template <typename U>
  BulkAllocator(const BulkAllocator<U>&) {}
  T* allocate(std::size_t count) {
    T* const data = std::allocator<T>().allocate(count);
    expectFilled(data, count * sizeof(T));
    return data;
  }
  void deallocate(T* data, std::size_t count) { std::allocator<T>().deallocate(data, count); }
  friend bool operator==(const BulkAllocator&, const BulkAllocator&) { return true; }
  friend bool operator!=(const BulkAllocator&, const BulkAllocator&) { return false; }
};

}  // namespace precast::support
