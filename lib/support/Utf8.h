// The shape of UTF-8, for readers that refuse other text and writers that must not produce it. Pure functions;
// thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace precast::support {

/// Length of the UTF-8 sequence at the start of `text`, 1 to 4; 0 if there is none: a stray or missing continuation
/// byte, an overlong form, a surrogate, a code point beyond U+10FFFF (RFC 3629), or no text.
constexpr std::size_t utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto within = [&](std::size_t i, unsigned first, unsigned last) { return byte(i) >= first && byte(i) <= last; };
  if (text.empty()) return 0;
  const unsigned lead = byte(0);
  if (lead < 0x80U) return 1;
  if (lead >= 0xC2U && lead < 0xE0U) return within(1, 0x80U, 0xBFU) ? 2 : 0;
  if (lead >= 0xE0U && lead < 0xF0U) {
    const bool second = within(1, lead == 0xE0U ? 0xA0U : 0x80U, lead == 0xEDU ? 0x9FU : 0xBFU);
    return second && within(2, 0x80U, 0xBFU) ? 3 : 0;
  }
  if (lead >= 0xF0U && lead < 0xF5U) {
    const bool second = within(1, lead == 0xF0U ? 0x90U : 0x80U, lead == 0xF4U ? 0x8FU : 0xBFU);
    return second && within(2, 0x80U, 0xBFU) && within(3, 0x80U, 0xBFU) ? 4 : 0;
  }
  return 0;
}

}  // namespace precast::support
