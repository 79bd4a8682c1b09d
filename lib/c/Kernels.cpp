// The tables of a target, read in C.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status fillOperand(const precast_kernel* kernel, std::vector<KernelOperand> OpEntry::*side, std::size_t slot,
                         precast_kernel_operand* operand) {
  if (absl::Status status = require({{kernel, "kernel"}}); !status.ok()) return status;
  const std::vector<KernelOperand>& operands = behind(kernel)->*side;
  if (absl::Status status = requireId("operand", slot, operands.size()); !status.ok()) return status;
  const KernelOperand& from = operands[slot];
  precast_kernel_operand filled = PRECAST_KERNEL_OPERAND_INIT;
  filled.name = stringOf(from.name);
  filled.is_optional = from.optional ? 1 : 0;
  filled.is_variadic = from.variadic ? 1 : 0;
  filled.keeps = from.keep ? 1 : 0;
  filled.dtypes = from.set.bits();
  return fillStruct("operand", filled, operand);
}

absl::Status fillColumn(const precast_kernel* kernel, std::vector<KernelOperand> OpEntry::*side, std::size_t slot,
                        precast_dtype* dtypes, std::size_t capacity, std::size_t* count) {
  if (absl::Status status = require({{kernel, "kernel"}}); !status.ok()) return status;
  const std::vector<KernelOperand>& operands = behind(kernel)->*side;
  if (absl::Status status = requireId("operand", slot, operands.size()); !status.ok()) return status;
  return fillDTypes(operands[slot].column, dtypes, capacity, count);
}

absl::Status fillSlots(const precast_mapping* mapping, std::vector<int> OpMapping::*side, int32_t* operands,
                       std::size_t capacity, std::size_t* count) {
  if (absl::Status status = require({{mapping, "mapping"}}); !status.ok()) return status;
  return fillRows(absl::MakeConstSpan(behind(mapping)->*side), operands, capacity, count,
                  [](int operand) { return operand; });
}

}  // namespace

size_t precast_target_kernel_count(const precast_target* target, size_t library) {
  return library < precast_target_library_count(target) ? behind(target)->libraries()[library].entries.size() : 0;
}

const precast_kernel* precast_target_kernel(const precast_target* target, size_t library, size_t index) {
  if (index >= precast_target_kernel_count(target, library)) return nullptr;
  return handleOf<precast_kernel>(behind(target)->libraries()[library].entries[index]);
}

precast_status precast_target_kernel_of(const precast_target* target, const precast_graph* graph, uint32_t op,
                                        size_t library, const precast_kernel** kernel, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(kernel, "kernel");
    if (status.ok()) status = require({{target, "target"}});
    if (status.ok()) status = requireOp(graph, op);
    if (status.ok()) status = requireId("library", library, behind(target)->libraries().size());
    if (!status.ok()) return status;
    const TargetOp resolved = behind(target)->resolve(behind(graph)->opKind(static_cast<OpKindId>(op)));
    if (const OpEntry* entry = resolved.entries[library]; entry != nullptr) *kernel = handleOf<precast_kernel>(*entry);
    return status;
  });
}

precast_status precast_kernel_get_info(const precast_kernel* kernel, precast_kernel_info* info, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = require({{kernel, "kernel"}}); !status.ok()) return status;
    const OpEntry& entry = *behind(kernel);
    precast_kernel_info filled = PRECAST_KERNEL_INFO_INIT;
    filled.domain = stringOf(entry.domain);
    filled.type = stringOf(entry.type);
    filled.source = stringOf(entry.source);
    filled.since_version = entry.sinceVersion;
    filled.until_version = entry.untilVersion;
    filled.colour = static_cast<precast_colour>(entry.colour);
    filled.colour_stated = entry.colourStated ? 1 : 0;
    filled.op_class = static_cast<precast_op_class>(entry.opClass);
    filled.rows = static_cast<precast_row_source>(entry.rows);
    filled.is_cube = entry.cube ? 1 : 0;
    filled.row_count = static_cast<uint32_t>(entry.rowCount);
    filled.mode_count = static_cast<uint32_t>(entry.implModes.size());
    filled.input_count = static_cast<uint32_t>(entry.inputs.size());
    filled.output_count = static_cast<uint32_t>(entry.outputs.size());
    return fillStruct("info", filled, info);
  });
}

precast_string precast_kernel_mode(const precast_kernel* kernel, size_t index) {
  if (kernel == nullptr || index >= behind(kernel)->implModes.size()) return {nullptr, 0};
  return stringOf(behind(kernel)->implModes[index]);
}

precast_status precast_kernel_input(const precast_kernel* kernel, size_t slot, precast_kernel_operand* operand,
                                    precast_error** error) {
  return guarded(error, [&] { return fillOperand(kernel, &OpEntry::inputs, slot, operand); });
}
precast_status precast_kernel_output(const precast_kernel* kernel, size_t slot, precast_kernel_operand* operand,
                                     precast_error** error) {
  return guarded(error, [&] { return fillOperand(kernel, &OpEntry::outputs, slot, operand); });
}

precast_status precast_kernel_input_column(const precast_kernel* kernel, size_t slot, precast_dtype* dtypes,
                                           size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] { return fillColumn(kernel, &OpEntry::inputs, slot, dtypes, capacity, count); });
}
precast_status precast_kernel_output_column(const precast_kernel* kernel, size_t slot, precast_dtype* dtypes,
                                            size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] { return fillColumn(kernel, &OpEntry::outputs, slot, dtypes, capacity, count); });
}

precast_status precast_target_mappings(const precast_target* target, const char* onnx_type,
                                       const precast_mapping** mappings, size_t capacity, size_t* count,
                                       precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{target, "target"}, {onnx_type, "onnx_type"}});
    if (!status.ok()) return status;
    const std::vector<const OpMapping*> found = behind(target)->mappings(onnx_type);
    return fillRows(absl::MakeConstSpan(found), mappings, capacity, count,
                    [](const OpMapping* mapping) { return handleOf<precast_mapping>(*mapping); });
  });
}

precast_status precast_mapping_get_info(const precast_mapping* mapping, precast_mapping_info* info,
                                        precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = require({{mapping, "mapping"}}); !status.ok()) return status;
    precast_mapping_info filled = PRECAST_MAPPING_INFO_INIT;
    filled.target_type = stringOf(behind(mapping)->targetType);
    filled.variant = stringOf(behind(mapping)->variant);
    filled.since_version = behind(mapping)->sinceVersion;
    return fillStruct("info", filled, info);
  });
}

precast_status precast_mapping_inputs(const precast_mapping* mapping, int32_t* operands, size_t capacity, size_t* count,
                                      precast_error** error) {
  return guarded(error, [&] { return fillSlots(mapping, &OpMapping::inputs, operands, capacity, count); });
}
precast_status precast_mapping_outputs(const precast_mapping* mapping, int32_t* operands, size_t capacity,
                                       size_t* count, precast_error** error) {
  return guarded(error, [&] { return fillSlots(mapping, &OpMapping::outputs, operands, capacity, count); });
}
