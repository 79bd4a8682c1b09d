// The keys that number an operator's operands in an op-info table: input0, input1, output0. Pure functions;
// thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace precast::target {

struct OperandKey {
  bool isInput = false;
  std::size_t number = 0;
};

inline constexpr std::size_t kOperandLimit = 1000;

/// "input12" is input 12; none for any other spelling, a leading zero and a number from kOperandLimit on included.
std::optional<OperandKey> parseOperandKey(std::string_view key);

/// What is wrong with a key that is no operand's but was meant as one: "'inputs0' is no operand, did you mean
/// 'input0'?". "" for a key that is plainly something else, of which CANN's own files have many.
std::string operandKeyMistake(std::string_view key);

}  // namespace precast::target
