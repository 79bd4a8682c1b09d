// The kernel rows of one library entry, laid over the operands of one node: non-float operands matched, operands that
// the entry does not have filled in as the schema allows, and each row marked by whether the schema can express it.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "precast/Graph.h"
#include "precast/Target.h"

namespace precast::passes {

/// One combination of dtypes over a node's operands: inputs by slot, then outputs by slot. An operand that is omitted,
/// or whose dtype is unknown, has DType::undefined.
struct KernelRow {
  absl::InlinedVector<DType, 8> cells;
  bool legal = true;  ///< the operator's schema can express it
};

/// The own dtypes of one node's operands; undefined for omitted or unknown ones.
struct OwnDTypes {
  absl::Span<const DType> inputs;
  absl::Span<const DType> outputs;
  DType at(std::size_t operand) const {
    return operand < inputs.size() ? inputs[operand] : outputs[operand - inputs.size()];
  }
  std::size_t size() const { return inputs.size() + outputs.size(); }
};

/// The rows of `entry` in file order whose non-float operands match `own` exactly (int32 and int64 are one where an op
/// map stands between). Rows that the schema cannot express are kept, with `legal` false.
std::vector<KernelRow> kernelRows(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own);

/// The operand of `entry` that serves operand number `operand` of a node; null if it has none.
const KernelOperand* servingOperand(const TargetOp& op, const OpEntry& entry, OwnDTypes own, std::size_t operand);

/// True for an operand of an ONNX operator that the target's operator does not have, and that the schema ties to none
/// which it has: what the kernel computes in says nothing about it.
bool isForeignOperand(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own, std::size_t operand);

/// True if the rows of an operator would be those of its ONNX schema, but it has none: in a JSON graph no operator has.
bool lacksSchema(const OpKind& kind, const TargetOp& op, const Target& target);

/// The entry of the first library that has one; null if none has.
const OpEntry* firstEntry(const TargetOp& op);

/// True for equal dtypes, and for int32 and int64 where a row is reached through an op map: Ascend's operators have
/// either where ONNX's have the other.
bool matchesExactly(DType one, DType other, bool throughOpMap);

/// True if the schema of `kind` allows these dtypes to meet on one node.
bool isLegal(const OpKind& kind, std::size_t inputCount, absl::Span<const DType> cells);

}  // namespace precast::passes
