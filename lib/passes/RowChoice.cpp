// The rows that serve a node are narrowed operand by operand: those with the wanted dtype, else raised, else lowered,
// else all. Each step only narrows the set, so whatever is left is legal. Cost: rows times operands, for each distinct
// situation once.
#include "passes/RowChoice.h"

#include <algorithm>

namespace precast::passes {

namespace {

// The dtypes that may serve an operand in the first library.
DTypeSet reachable(const OperandGoal& goal) {
  DTypeSet set(goal.own);
  if (goal.followed || goal.explicitWant) set.insert(goal.want);
  if (isHalf(goal.own)) set.insert(DType::float32);
  if (!goal.mayLower) return set;
  if (goal.own == DType::float32) set.insert(DType::float16);
  // From one 16-bit dtype to the other only where the request asks for it.
  if (isHalf(goal.own) && isHalf(goal.want)) set.insert(goal.want);
  return set;
}

bool serves(const KernelRow& row, const RowRequest& request, bool firstLibrary) {
  for (std::size_t operand = 0; operand < row.cells.size(); ++operand) {
    const OperandGoal& goal = request.goals[operand];
    if (!isFloat(goal.own)) continue;
    const DTypeSet set = firstLibrary ? reachable(goal) : DTypeSet(goal.own);
    if (!set.contains(row.cells[operand])) return false;
  }
  return true;
}

using RowList = absl::InlinedVector<const KernelRow*, 8>;

bool narrow(RowList& rows, std::size_t operand, DType dtype) {
  RowList kept;
  for (const KernelRow* row : rows) {
    if (row->cells[operand] == dtype) kept.push_back(row);
  }
  if (kept.empty()) return false;
  rows = std::move(kept);
  return true;
}

bool narrowTo(RowList& rows, std::size_t operand, DType want, DType own) {
  if (narrow(rows, operand, want)) return true;
  if (isHalf(want)) return narrow(rows, operand, DType::float32);
  return (isHalf(own) && narrow(rows, operand, own)) || narrow(rows, operand, DType::float16) ||
         narrow(rows, operand, DType::bfloat16);
}

// Non-constant float inputs by index (`first` before all others), then constant float inputs, then float outputs.
absl::InlinedVector<std::size_t, 8> narrowingOrder(const RowRequest& request, int first) {
  absl::InlinedVector<std::size_t, 8> order;
  if (first >= 0) order.push_back(static_cast<std::size_t>(first));
  for (const bool constant : {false, true}) {
    for (std::size_t slot = 0; slot < request.inputCount; ++slot) {
      const OperandGoal& goal = request.goals[slot];
      if (isFloat(goal.own) && goal.constant == constant && static_cast<int>(slot) != first) order.push_back(slot);
    }
  }
  for (std::size_t operand = request.inputCount; operand < request.goals.size(); ++operand) {
    if (isFloat(request.goals[operand].own)) order.push_back(operand);
  }
  return order;
}

const KernelRow* choose(RowList rows, const RowRequest& request, int first = -1) {
  for (std::size_t operand : narrowingOrder(request, first)) {
    const OperandGoal& goal = request.goals[operand];
    if (narrow(rows, operand, goal.want)) continue;
    narrowTo(rows, operand, request.fallback == Fallback::ownThenRaise ? goal.own : goal.want, goal.own);
  }
  return rows.empty() ? nullptr : rows.front();
}

// Would another non-constant input, asked first, have led to other dtypes? Only where inputs that follow disagree.
bool dependsOnOrder(const RowList& rows, const RowRequest& request, const KernelRow* chosen) {
  int leader = -1;
  for (std::size_t slot = 0; slot < request.inputCount; ++slot) {
    const OperandGoal& goal = request.goals[slot];
    if (!isFloat(goal.own) || goal.constant) continue;
    if (leader < 0) {
      leader = static_cast<int>(slot);
    } else if (goal.followed && goal.want != request.goals[static_cast<std::size_t>(leader)].want &&
               choose(rows, request, static_cast<int>(slot))->cells != chosen->cells) {
      return true;
    }
  }
  return false;
}

}  // namespace

int leadingOperand(absl::Span<const OperandGoal> goals) {
  const auto leading =
      std::find_if(goals.begin(), goals.end(), [](const OperandGoal& goal) { return isFloat(goal.own); });
  return leading == goals.end() ? -1 : static_cast<int>(leading - goals.begin());
}

RowAnswer chooseRow(const OpKind& kind, const TargetOp& op, const RowRequest& request) {
  absl::InlinedVector<DType, 8> own;
  for (const OperandGoal& goal : request.goals) own.push_back(goal.own);
  const OwnDTypes ownDTypes{absl::MakeConstSpan(own).first(request.inputCount),
                            absl::MakeConstSpan(own).subspan(request.inputCount)};
  const int leading = leadingOperand(request.goals);

  RowAnswer answer;
  DType unlimited = DType::undefined;  // what the first library would give the leading operand without the schema
  for (std::size_t library = 0; library < op.entries.size() && !answer.served; ++library) {
    if (op.entries[library] == nullptr) continue;
    const std::vector<KernelRow> rows = kernelRows(kind, op, *op.entries[library], ownDTypes);
    RowList all;
    RowList legal;
    for (const KernelRow& row : rows) {
      if (!serves(row, request, library == 0)) continue;
      all.push_back(&row);
      if (row.legal) legal.push_back(&row);
    }
    const KernelRow* chosen = choose(legal, request);
    if (library == 0 && leading >= 0) {
      const KernelRow* row = choose(all, request);
      if (row != nullptr) unlimited = row->cells[static_cast<std::size_t>(leading)];
    }
    if (chosen == nullptr) continue;
    answer.served = true;
    answer.library = static_cast<std::uint8_t>(library);
    answer.dtypes = chosen->cells;
    answer.orderDependent = library == 0 && dependsOnOrder(legal, request, chosen);
  }
  answer.schemaLimited =
      answer.served && unlimited != DType::undefined && unlimited != answer.dtypes[static_cast<std::size_t>(leading)];
  return answer;
}

}  // namespace precast::passes
