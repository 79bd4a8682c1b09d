// How an operator uses a constant operand, as far as float16's range is concerned (precision-semantics, section 9).
#pragma once

#include <cstdint>

#include "ir/UseList.h"
#include "precast/Graph.h"

namespace precast::passes {

enum class ConstantUse : std::uint8_t {
  other,   ///< no rule: a saturated value is warned about
  factor,  ///< parameter of a normalization, factor, weight or addend: a saturated value changes the result
  bound,   ///< bound of Clip, Min, Max, Pad, branch of Where: saturation hardly ever matters, a note says so
};

/// The use of input `slot` by an operator of this kind, by its name in ONNX or on Ascend.
ConstantUse constantUse(const OpKind& op, std::size_t slot);

/// True if somebody reads `value`, and everybody does as a bound. A mask that is filled with -3e38 for a Where is a
/// bound like any other.
bool isBoundAlone(const Graph& graph, const ir::UseList& uses, ValueId value);

/// float16 rounds finite magnitudes from here on to infinity (IEEE 754: 65504 plus half a unit in its last place).
inline constexpr double kFloat16Overflow = 65520.0;

}  // namespace precast::passes
