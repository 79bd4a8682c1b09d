// Hashes of texts that strangers choose, for tables that one look-up each must not make slow. The keys are drawn at
// random once for each process, and every product has a factor that depends on them, so that no file can be made of
// names that meet in one place without knowing them. Not for messages that are to be authenticated. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/numeric/int128.h"

namespace precast::support {

struct TextHashKeys {
  std::uint64_t text;    ///< for every word of text but those that what came before them is mixed into
  std::uint64_t start;   ///< what comes before the first word
  std::uint64_t length;  ///< two texts may have the same words
  std::uint64_t end;
};

TextHashKeys drawTextHashKeys();

/// Those of this process.
inline const TextHashKeys& textHashKeys() {
  static const TextHashKeys keys = drawTextHashKeys();
  return keys;
}

namespace detail {

inline std::uint64_t wordAt(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline std::uint64_t halfWordAt(const char* bytes) {
  std::uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Both halves of the product, each of which depends on every bit of both factors.
inline std::uint64_t foldedProduct(std::uint64_t left, std::uint64_t right) {
  const absl::uint128 product = absl::uint128(left) * right;
  return absl::Uint128High64(product) ^ absl::Uint128Low64(product);
}

}  // namespace detail

/// Depends on every byte of `text` and on its length; another number in every process.
inline std::uint64_t textHash(std::string_view text, const TextHashKeys& keys = textHashKeys()) {
  const char* at = text.data();
  const std::size_t size = text.size();
  std::uint64_t state = keys.start;
  std::uint64_t first = 0;  // the last words, which may overlap each other and what came before them
  std::uint64_t last = 0;
  if (size >= 16) {
    const char* const end = at + size;
    for (; end - at > 16; at += 16) {
      state = detail::foldedProduct(detail::wordAt(at) ^ keys.text, detail::wordAt(at + 8) ^ state);
    }
    first = detail::wordAt(end - 16);
    last = detail::wordAt(end - 8);
  } else if (size >= 8) {
    first = detail::wordAt(at);
    last = detail::wordAt(at + size - 8);
  } else if (size >= 4) {
    first = detail::halfWordAt(at);
    last = detail::halfWordAt(at + size - 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) first = first << 8U | static_cast<unsigned char>(at[i]);
  }
  state = detail::foldedProduct(first ^ keys.text, last ^ state);
  return detail::foldedProduct(state ^ keys.end, size ^ keys.length);
}

}  // namespace precast::support
