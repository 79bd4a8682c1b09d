// Engine and row: which kernel library serves a node, and with which of its rows (precision-semantics, sections 2 and
// 4). A pure function of the node's operator, dtypes and request, so that its answers can be remembered.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "passes/KernelRows.h"
#include "precast/Graph.h"
#include "precast/PrecisionPass.h"
#include "precast/Target.h"

namespace precast::passes {

/// What one operand asks for. Operands that are not float, omitted or unknown have `own` only.
struct OperandGoal {
  DType own = DType::undefined;
  DType want = DType::undefined;    ///< undefined: no float operand
  DType only = DType::undefined;    ///< if set, rows with another dtype there do not serve
  DType beside = DType::undefined;  ///< what another input of the node follows; may serve an operand of 16 bits
  bool constant = false;            ///< input that is a constant
  bool mayLower = false;            ///< float32 may become RowRequest::lowered, a 16-bit dtype the wanted one
  bool explicitWant = false;        ///< named by a pass: `want` itself may serve it, whatever it is
  bool followed = false;            ///< `want` is the dtype that its producer decided
};

struct RowRequest {
  absl::Span<const OperandGoal> goals;  ///< inputs by slot, then outputs by slot
  std::size_t inputCount = 0;
  DType lowered = DType::float16;  ///< the 16-bit dtype of the mode
  Fallback fallback = Fallback::raiseThenLower;
};

struct RowAnswer {
  bool served = false;
  std::uint8_t library = 0;              ///< index into Target::libraries()
  DType wanted = DType::undefined;       ///< what the leading operand wanted, the fallback applied
  bool schemaLimited = false;            ///< a row that the schema cannot express would have given another dtype
  bool orderDependent = false;           ///< another order of the inputs would have given another row
  absl::InlinedVector<DType, 8> dtypes;  ///< inputs by slot, then outputs by slot
};

RowAnswer chooseRow(const OpKind& kind, const TargetOp& op, const RowRequest& request);

/// A row that has what `only` asks, and what keeps it from serving: operands that must not have its dtype.
struct FilteredRow {
  absl::InlinedVector<DType, 8> dtypes;      ///< inputs by slot, then outputs by slot
  absl::InlinedVector<std::size_t, 2> kept;  ///< positions in `dtypes`
};

enum class RowsOf {
  schema,  ///< those that the operator's schema allows
  target,  ///< all that the library has
};

/// Of these rows of the first library that have the dtypes that `only` asks, the first with the fewest operands in the
/// way. None if no row has them.
std::optional<FilteredRow> nearestFilteredRow(const OpKind& kind, const TargetOp& op, const RowRequest& request,
                                              RowsOf rows);

/// The position of the operand whose dtype the reason of a decision is about: the first float input that is no constant
/// (rows are narrowed by it first), else the first float operand, inputs then outputs. -1 if there is none.
int leadingOperand(absl::Span<const OperandGoal> goals, std::size_t inputCount);

}  // namespace precast::passes
