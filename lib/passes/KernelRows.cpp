#include "passes/KernelRows.h"

#include <algorithm>
#include <array>

namespace precast::passes {

namespace {

constexpr std::array<DType, 3> kFloats = {DType::float16, DType::float32, DType::bfloat16};

const OperandSpec* specOf(const OpKind& kind, std::size_t inputCount, std::size_t operand) {
  return operand < inputCount ? kind.signature.input(operand) : kind.signature.output(operand - inputCount);
}

bool isIndexDType(DType dtype) { return dtype == DType::int32 || dtype == DType::int64; }

// Calls `emit` with every way to fill the cells in `open`, which ascend, with float dtypes: cells of one type variable
// get one dtype, and a variable that a filled cell has already gets that cell's. Without a schema an open cell keeps
// its own dtype.
template <typename Emit>
void fillOpenCells(const OpKind& kind, OwnDTypes own, KernelRow row, absl::Span<const std::size_t> open,
                   const Emit& emit) {
  struct Variable {
    int id;
    std::vector<std::size_t> cells;
  };
  std::vector<Variable> variables;
  for (std::size_t operand : open) {
    const OperandSpec* spec = kind.hasSchema ? specOf(kind, own.inputs.size(), operand) : nullptr;
    if (spec == nullptr || spec->heterogeneous) {
      row.cells[operand] = own.at(operand);
      continue;
    }
    auto known =
        std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.id == spec->typeVar; });
    if (known == variables.end()) {
      variables.push_back({spec->typeVar, {}});
      known = variables.end() - 1;
    }
    known->cells.push_back(operand);
  }
  std::vector<Variable> free;
  for (const Variable& variable : variables) {
    DType bound = DType::undefined;
    for (std::size_t operand = 0; operand < own.size(); ++operand) {
      const OperandSpec* spec = specOf(kind, own.inputs.size(), operand);
      const bool isOpen = std::binary_search(open.begin(), open.end(), operand);
      if (!isOpen && spec != nullptr && !spec->heterogeneous && spec->typeVar == variable.id &&
          isFloat(row.cells[operand])) {
        bound = row.cells[operand];
        break;
      }
    }
    if (bound == DType::undefined) {
      free.push_back(variable);
    } else {
      for (std::size_t operand : variable.cells) row.cells[operand] = bound;
    }
  }
  std::size_t combinations = 1;
  for (std::size_t i = 0; i < free.size(); ++i) combinations *= kFloats.size();
  for (std::size_t combination = 0; combination < combinations; ++combination) {
    std::size_t rest = combination;
    for (auto variable = free.rbegin(); variable != free.rend(); ++variable) {  // the first variable changes slowest
      for (std::size_t operand : variable->cells) row.cells[operand] = kFloats[rest % kFloats.size()];
      rest /= kFloats.size();
    }
    emit(row);
  }
}

}  // namespace

bool matchesExactly(DType one, DType other, bool throughOpMap) {
  return one == other || (throughOpMap && isIndexDType(one) && isIndexDType(other));
}

const KernelOperand* servingOperand(const TargetOp& op, const OpEntry& entry, OwnDTypes own, std::size_t operand) {
  const bool isInput = operand < own.inputs.size();
  const std::size_t slot = isInput ? operand : operand - own.inputs.size();
  const std::vector<KernelOperand>& operands = isInput ? entry.inputs : entry.outputs;
  if (operands.empty()) return nullptr;
  std::size_t position = slot;
  if (op.mapping != nullptr) {
    const std::vector<int>& map = isInput ? op.mapping->inputs : op.mapping->outputs;
    if (!map.empty()) {
      // A map that ends early leaves the operands beyond it to a variadic last one, else unmapped.
      if (slot < map.size()) {
        if (map[slot] < 0) return nullptr;
        position = static_cast<std::size_t>(map[slot]);
      } else if (map.back() >= 0 && static_cast<std::size_t>(map.back()) + 1 == operands.size() &&
                 operands.back().variadic) {
        position = operands.size() - 1;
      } else {
        return nullptr;
      }
    }
  }
  if (position < operands.size()) return &operands[position];
  return operands.back().variadic ? &operands.back() : nullptr;
}

bool isForeignOperand(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own,
                      std::size_t operand) {
  if (op.mapping == nullptr || !kind.hasSchema || entry.rows != RowSource::columns) return false;
  if (servingOperand(op, entry, own, operand) != nullptr) return false;
  const OperandSpec* spec = specOf(kind, own.inputs.size(), operand);
  if (spec == nullptr) return false;
  for (std::size_t other = 0; other < own.size(); ++other) {
    const OperandSpec* otherSpec = specOf(kind, own.inputs.size(), other);
    if (otherSpec != nullptr && otherSpec->typeVar == spec->typeVar && !otherSpec->heterogeneous &&
        servingOperand(op, entry, own, other) != nullptr) {
      return false;
    }
  }
  return true;
}

bool lacksSchema(const OpKind& kind, const TargetOp& op, const Target& target) {
  if (kind.hasSchema || op.opClass != OpClass::compute) return false;
  if (firstEntry(op) == nullptr) {
    OpKind withSchema = kind;
    withSchema.hasSchema = true;
    return target.resolve(withSchema).known;
  }
  return std::all_of(op.entries.begin(), op.entries.end(),
                     [](const OpEntry* entry) { return entry == nullptr || entry->rows == RowSource::schema; });
}

const OpEntry* firstEntry(const TargetOp& op) {
  for (const OpEntry* entry : op.entries) {
    if (entry != nullptr) return entry;
  }
  return nullptr;
}

bool isLegal(const OpKind& kind, std::size_t inputCount, absl::Span<const DType> cells) {
  if (!kind.hasSchema) return true;
  std::array<DType, 64> bound{};
  for (std::size_t operand = 0; operand < cells.size(); ++operand) {
    const OperandSpec* spec = specOf(kind, inputCount, operand);
    if (spec == nullptr || cells[operand] == DType::undefined) continue;
    if (!kind.signature.typeVars[spec->typeVar].contains(cells[operand])) return false;
    if (spec->heterogeneous || spec->typeVar >= bound.size()) continue;
    DType& first = bound[spec->typeVar];
    if (first == DType::undefined) first = cells[operand];
    if (first != cells[operand]) return false;
  }
  return true;
}

std::vector<KernelRow> kernelRows(const OpKind& kind, const TargetOp& op, const OpEntry& entry, OwnDTypes own) {
  std::vector<KernelRow> rows;
  const auto emit = [&](KernelRow row) {
    row.legal = isLegal(kind, own.inputs.size(), row.cells);
    rows.push_back(std::move(row));
  };
  KernelRow base;
  for (std::size_t operand = 0; operand < own.size(); ++operand) base.cells.push_back(own.at(operand));
  std::vector<std::size_t> floats;
  for (std::size_t operand = 0; operand < own.size(); ++operand) {
    if (isFloat(own.at(operand))) floats.push_back(operand);
  }
  const bool throughOpMap = op.mapping != nullptr;

  switch (entry.rows) {
  case RowSource::schema:
    fillOpenCells(kind, own, base, floats, emit);
    break;
  case RowSource::uniform:
    for (DType dtype : {DType::float16, DType::float32}) {
      KernelRow row = base;
      for (std::size_t operand : floats) row.cells[operand] = dtype;
      emit(std::move(row));
    }
    break;
  case RowSource::sets: {
    for (std::size_t operand = 0; operand < own.size(); ++operand) {
      const KernelOperand* serving = servingOperand(op, entry, own, operand);
      const DType dtype = own.at(operand);
      if (serving == nullptr || dtype == DType::undefined || serving->set.contains(dtype)) continue;
      const bool otherIndex = throughOpMap && isIndexDType(dtype) &&
                              (serving->set.contains(DType::int32) || serving->set.contains(DType::int64));
      if (!otherIndex) return rows;
    }
    emit(std::move(base));
    break;
  }
  case RowSource::columns:
    for (std::size_t r = 0; r < entry.rowCount; ++r) {
      KernelRow row = base;
      std::vector<std::size_t> open;
      bool matches = true;
      for (std::size_t operand = 0; operand < own.size() && matches; ++operand) {
        const DType dtype = own.at(operand);
        if (dtype == DType::undefined) continue;
        const KernelOperand* serving = servingOperand(op, entry, own, operand);
        if (serving == nullptr) {
          if (isFloat(dtype)) open.push_back(operand);
          continue;
        }
        const DType cell = serving->column[r];
        if (cell == DType::undefined) {  // not stated
          if (isFloat(dtype)) open.push_back(operand);
        } else if (isFloat(dtype)) {
          matches = isFloat(cell);
          row.cells[operand] = cell;
        } else {
          matches = matchesExactly(cell, dtype, throughOpMap);
        }
      }
      if (matches) fillOpenCells(kind, own, std::move(row), open, emit);
    }
    break;
  }
  return rows;
}

}  // namespace precast::passes
