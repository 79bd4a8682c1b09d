#include "target/OperandKeys.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "support/AbslText.h"
#include "support/NearestName.h"

namespace precast::target {

namespace {

constexpr std::string_view kStems[] = {"input", "output"};

// Letters that are worth comparing: fewer, as in "int8", are nearer to "input" than they look.
constexpr std::size_t kShortestStem = 4;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// What follows a stem in a word of its own: the "MemContinues" of "inputMemContinues".
bool isWord(std::string_view rest) {
  return rest.size() > 1 && absl::ascii_isupper(static_cast<unsigned char>(rest[0]));
}

// The mistake in a key without a digit: the number forgotten, or a letter in its place.
std::string numberMistake(std::string_view key) {
  const std::string lower = support::lowerCase(key);
  for (std::string_view stem : kStems) {
    if (lower.substr(0, stem.size()) != stem) continue;
    const std::string_view rest = key.substr(stem.size());
    if (isWord(rest)) return "";
    const bool isZero = rest == "o" || rest == "O";
    const bool isOne = rest == "l" || rest == "I";
    if (isZero || isOne) return fmt::format("'{}' is no operand, did you mean '{}{}'?", key, stem, isZero ? 0 : 1);
  }
  const std::string_view near = lower.size() < kShortestStem ? std::string_view() : support::nearestName(lower, kStems);
  return near.empty() ? "" : fmt::format("'{}' is no operand: operands are numbered, '{}0' is the first", key, near);
}

}  // namespace

std::optional<OperandKey> parseOperandKey(std::string_view key) {
  for (std::string_view stem : kStems) {
    if (key.substr(0, stem.size()) != stem) continue;
    const std::string_view digits = key.substr(stem.size());
    OperandKey operand;
    operand.isInput = stem == kStems[0];
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), operand.number);
    const bool isNumber = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
    if (!isNumber || operand.number >= kOperandLimit || (digits.front() == '0' && digits.size() > 1))
      return std::nullopt;
    return operand;
  }
  return std::nullopt;
}

std::string operandKeyMistake(std::string_view key) {
  const auto firstDigit = static_cast<std::size_t>(std::find_if(key.begin(), key.end(), isDigit) - key.begin());
  std::string_view digits = key.substr(firstDigit);
  const auto length =
      static_cast<std::size_t>(std::find_if_not(digits.begin(), digits.end(), isDigit) - digits.begin());
  if (digits.substr(length, 1) == "_") return "";  // a word of its own follows: something about an operand
  digits = digits.substr(0, length);
  const std::string stem = support::lowerCase(key.substr(0, firstDigit));
  if (digits.empty()) return numberMistake(key);
  if (stem.size() < kShortestStem) return "";
  const std::string_view near = support::nearestName(stem, kStems);
  if (near.empty()) return "";
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const std::string meant = fmt::format("{}{}", near, digits);
  if (!parseOperandKey(meant).has_value()) {
    return fmt::format("'{}' is no operand: the numbers of operands go up to {}", key, kOperandLimit - 1);
  }
  return fmt::format("'{}' is no operand, did you mean '{}'?", key, meant);
}

}  // namespace precast::target
