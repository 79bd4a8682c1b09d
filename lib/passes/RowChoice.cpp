// The rows that serve a node are narrowed operand by operand: those with the wanted dtype, else raised, else lowered,
// else all. Each step only narrows the set, so whatever is left is legal. Cost: rows times operands, for each distinct
// situation once.
#include "passes/RowChoice.h"

#include <algorithm>

namespace precast::passes {

namespace {

// The dtypes that may serve an operand in the first library.
DTypeSet reachable(const OperandGoal& goal, DType lowered) {
  DTypeSet set(goal.own);
  if (goal.followed || goal.explicitWant) set.insert(goal.want);
  if (isFloat(goal.only)) set.insert(goal.only);
  if (isHalf(goal.own)) set.insert(DType::float32);
  if (isHalf(goal.own) && isHalf(goal.beside)) set.insert(goal.beside);
  if (!goal.mayLower) return set;
  if (goal.own == DType::float32) set.insert(lowered);
  // From one 16-bit dtype to the other only where the request asks for it.
  if (isHalf(goal.own) && isHalf(goal.want)) set.insert(goal.want);
  return set;
}

bool fitsFilters(const KernelRow& row, const RowRequest& request, bool throughOpMap) {
  for (std::size_t operand = 0; operand < row.cells.size(); ++operand) {
    const DType only = request.goals[operand].only;
    if (only != DType::undefined && !matchesExactly(only, row.cells[operand], throughOpMap)) return false;
  }
  return true;
}

bool serves(const KernelRow& row, const RowRequest& request, bool firstLibrary, bool throughOpMap) {
  if (!fitsFilters(row, request, throughOpMap)) return false;
  for (std::size_t operand = 0; operand < row.cells.size(); ++operand) {
    const OperandGoal& goal = request.goals[operand];
    if (!isFloat(goal.own)) continue;
    const DTypeSet set = firstLibrary ? reachable(goal, request.lowered) : DTypeSet(goal.own);
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

int firstFloatOutput(const RowRequest& request) {
  for (std::size_t operand = request.inputCount; operand < request.goals.size(); ++operand) {
    if (isFloat(request.goals[operand].own)) return static_cast<int>(operand);
  }
  return -1;
}

// True if the leading operand and the first float output have what they want.
bool hasWantedBorders(const KernelRow& row, const RowRequest& request) {
  const auto has = [&](int operand) {
    const auto at = static_cast<std::size_t>(operand);
    return operand >= 0 && row.cells[at] == request.goals[at].want;
  };
  return has(leadingOperand(request.goals, request.inputCount)) && has(firstFloatOutput(request));
}

// The row of the first library that accepts the node; `onlyBorders` asks the first one only.
RowAnswer chooseAmong(const OpKind& kind, const TargetOp& op, const RowRequest& request, OwnDTypes own,
                      bool onlyBorders) {
  const int leading = leadingOperand(request.goals, request.inputCount);
  RowAnswer answer;
  if (leading >= 0) answer.wanted = request.goals[static_cast<std::size_t>(leading)].want;
  DType unlimited = DType::undefined;  // what the first library would give the leading operand without the schema
  const std::size_t libraries = onlyBorders ? std::min<std::size_t>(op.entries.size(), 1) : op.entries.size();
  for (std::size_t library = 0; library < libraries && !answer.served; ++library) {
    if (op.entries[library] == nullptr) continue;
    const std::vector<KernelRow> rows = kernelRows(kind, op, *op.entries[library], own);
    RowList all;
    RowList legal;
    for (const KernelRow& row : rows) {
      if (!serves(row, request, library == 0, op.mapping != nullptr) ||
          (onlyBorders && !hasWantedBorders(row, request)))
        continue;
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
  answer.schemaLimited = unlimited != DType::undefined &&
                         (!answer.served || unlimited != answer.dtypes[static_cast<std::size_t>(leading)]);
  return answer;
}

absl::InlinedVector<DType, 8> ownOf(absl::Span<const OperandGoal> goals) {
  absl::InlinedVector<DType, 8> own;
  for (const OperandGoal& goal : goals) own.push_back(goal.own);
  return own;
}

OwnDTypes bySide(absl::Span<const DType> own, std::size_t inputCount) {
  return {own.first(inputCount), own.subspan(inputCount)};
}

}  // namespace

int leadingOperand(absl::Span<const OperandGoal> goals, std::size_t inputCount) {
  int leading = -1;
  for (std::size_t operand = 0; operand < goals.size(); ++operand) {
    if (!isFloat(goals[operand].own)) continue;
    if (leading < 0) leading = static_cast<int>(operand);
    if (operand < inputCount && !goals[operand].constant) return static_cast<int>(operand);
  }
  return leading;
}

std::optional<FilteredRow> nearestFilteredRow(const OpKind& kind, const TargetOp& op, const RowRequest& request,
                                              RowsOf rows) {
  const OpEntry* entry = firstEntry(op);
  if (entry == nullptr) return std::nullopt;
  const absl::InlinedVector<DType, 8> own = ownOf(request.goals);
  std::optional<FilteredRow> nearest;
  for (const KernelRow& row : kernelRows(kind, op, *entry, bySide(own, request.inputCount))) {
    if ((rows == RowsOf::schema && !row.legal) || !fitsFilters(row, request, op.mapping != nullptr)) continue;
    FilteredRow candidate{row.cells, {}};
    for (std::size_t operand = 0; operand < row.cells.size(); ++operand) {
      const OperandGoal& goal = request.goals[operand];
      if (isFloat(goal.own) && !reachable(goal, request.lowered).contains(row.cells[operand]))
        candidate.kept.push_back(operand);
    }
    if (!nearest.has_value() || candidate.kept.size() < nearest->kept.size()) nearest = std::move(candidate);
  }
  return nearest;
}

RowAnswer chooseRow(const OpKind& kind, const TargetOp& op, const RowRequest& request) {
  const absl::InlinedVector<DType, 8> own = ownOf(request.goals);
  const OwnDTypes ownDTypes = bySide(own, request.inputCount);
  if (request.fallback != Fallback::bordersOrFloat32) return chooseAmong(kind, op, request, ownDTypes, false);
  const RowAnswer exact = chooseAmong(kind, op, request, ownDTypes, true);
  if (exact.served) return exact;
  absl::InlinedVector<OperandGoal, 8> goals(request.goals.begin(), request.goals.end());
  for (OperandGoal& goal : goals) {
    if (isFloat(goal.own) && !goal.explicitWant) goal.want = DType::float32;
  }
  RowRequest float32 = request;
  float32.goals = goals;
  RowAnswer answer = chooseAmong(kind, op, float32, ownDTypes, false);
  answer.schemaLimited |= exact.schemaLimited;
  return answer;
}

}  // namespace precast::passes
