// Hashes of names, under keys of the test's own.
#include "support/TextHash.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <set>
#include <string>

namespace precast::support {
namespace {

constexpr TextHashKeys kKeys = {0x243F6A8885A308D3U, 0x13198A2E03707344U, 0xA4093822299F31D0U, 0x082EFA98EC4E6C89U};
constexpr std::uint64_t kBit = std::uint64_t{1} << 40U;

TEST_CASE("a hash depends on every byte, on the length and on every key", "[text-hash]") {
  for (std::size_t size = 0; size <= 80; ++size) {
    std::string text(size, 'a');
    std::set<std::uint64_t> seen = {textHash(text, kKeys)};
    for (std::size_t i = 0; i < size; ++i) {
      for (const char other : {'b', '\0', '\xE1'}) {
        text[i] = other;
        CHECK(seen.insert(textHash(text, kKeys)).second);
      }
      text[i] = 'a';
    }
    CHECK(seen.insert(textHash(text + 'a', kKeys)).second);
    CHECK(seen.insert(textHash(text, {kKeys.text ^ kBit, kKeys.start, kKeys.length, kKeys.end})).second);
    CHECK(seen.insert(textHash(text, {kKeys.text, kKeys.start ^ kBit, kKeys.length, kKeys.end})).second);
    CHECK(seen.insert(textHash(text, {kKeys.text, kKeys.start, kKeys.length ^ kBit, kKeys.end})).second);
    CHECK(seen.insert(textHash(text, {kKeys.text, kKeys.start, kKeys.length, kKeys.end ^ kBit})).second);
  }
}

TEST_CASE("texts of overlapping words and runs of one byte have hashes of their own", "[text-hash]") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size <= 300; ++size) {
    for (const char byte : {'\0', 'x', '\xFF'}) {
      const bool isNew = seen.insert(textHash(std::string(size, byte), kKeys)).second;
      CHECK(isNew == (size > 0 || byte == '\0'));
    }
  }
}

TEST_CASE("the low bits of the hashes of numbered names are spread like random ones", "[text-hash]") {
  constexpr std::size_t kPlaces = 1U << 16U;
  std::vector<int> taken(kPlaces);
  for (std::size_t i = 0; i < kPlaces; ++i) ++taken[textHash("/layer/value_" + std::to_string(i), kKeys) % kPlaces];
  std::size_t free = 0;
  int most = 0;
  for (int count : taken) {
    free += count == 0 ? 1U : 0U;
    most = std::max(most, count);
  }
  CHECK(free > kPlaces / 100 * 35);  // 1/e of them
  CHECK(free < kPlaces / 100 * 39);
  CHECK(most < 12);
}

// Names that meet under every key of absl::Hash, whose factors are a part of its source: a word that takes one of them
// to zero makes the product zero whatever else is in it.
TEST_CASE("a word that is a known constant does not take the others with it", "[text-hash]") {
  std::set<std::uint64_t> seen;
  for (const std::uint64_t constant :
       {std::uint64_t{0}, std::uint64_t{0x243F6A8885A308D3U}, std::uint64_t{0x13198A2E03707344U},
        std::uint64_t{0xA4093822299F31D0U}, std::uint64_t{0x082EFA98EC4E6C89U}, std::uint64_t{0x452821E638D01377U}}) {
    for (int i = 0; i < 100; ++i) {
      std::string name(48, static_cast<char>('0' + i % 10));
      for (std::size_t at = 0; at < 48; at += 16) std::memcpy(name.data() + at, &constant, sizeof constant);
      name[12] = static_cast<char>(i);
      CHECK(seen.insert(textHash(name)).second);
    }
  }
}

}  // namespace
}  // namespace precast::support
