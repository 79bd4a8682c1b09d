// Operator schemas: which dtypes the operands of every version of every ONNX operator may have, and which of them are
// tied. The table is ops_info/onnx/schema.txt, compiled into the library; a look-up is a binary search in its text and
// parses one line, so nothing is built at start-up and nothing is kept. Thread-safe. Source: operator documentation of
// onnx 1.23; contrib operator documentation of ONNX Runtime 1.25 (domain com.microsoft).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "precast/DType.h"
#include "precast/Graph.h"
#include "precast/Operators.h"  // makeOpKind

namespace precast::onnx {

/// What decides the dtype of an output whose type variable none of the node's given inputs has.
struct OutputDTypeRule {
  std::string_view attribute;                   ///< holds the dtype, or a tensor of it; "" if no attribute does
  DType fallback = DType::undefined;            ///< without the attribute (or with dtype 0 in it) this dtype, ...
  std::optional<std::uint8_t> fallbackTypeVar;  ///< ... or that of the inputs with this type variable
};

/// The rule of an operator made by makeOpKind(): Cast has {"to"}, ConstantOfShape {"value", float32}, EyeLike {"dtype",
/// of T1}, Add nothing. The views have static lifetime. For SequenceEmpty and Optional the dtype is that of the
/// contained tensors.
OutputDTypeRule outputDTypeRule(const OpKind& kind);

/// The attribute whose value is OpKind::variant, because the kernel that serves the operator depends on it: "mode" for
/// Resize and Upsample; "" for every other operator.
std::string_view variantAttribute(std::string_view domain, std::string_view type);

/// Every operator of the table, as "Type" or, outside of ONNX's own domain, "domain:Type"; sorted, each once.
std::vector<std::string> schemaOperatorNames();

/// The newest opset of `domain` in which an operator of the table is new; 0 for a domain that the table does not know.
int newestKnownOpset(std::string_view domain);

}  // namespace precast::onnx
