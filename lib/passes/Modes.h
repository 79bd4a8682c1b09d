// The precision modes as data: what every float operand wants, whether it may be lowered, and to which dtype
// (precision-semantics, sections 2 and 3).
#pragma once

#include "precast/PrecisionPass.h"
#include "precast/PrecisionPolicy.h"

namespace precast::passes {

struct ModeRow {
  Want want;          ///< of every float operand, unless a list or an override says otherwise
  Lowering lowering;  ///< of operands that are more precise than the kernel rows
  DType lowered;      ///< what float32 is lowered to, and what the white list of a mixed mode asks for
  Reason reason;
};

const ModeRow& modeRow(PrecisionMode mode);

/// The dtype that `want` is a word for; undefined for own and producer.
constexpr DType dtypeOf(Want want) {
  switch (want) {
  case Want::float32:
    return DType::float32;
  case Want::float16:
    return DType::float16;
  case Want::bfloat16:
    return DType::bfloat16;
  case Want::own:
  case Want::producer:
    break;
  }
  return DType::undefined;
}

}  // namespace precast::passes
