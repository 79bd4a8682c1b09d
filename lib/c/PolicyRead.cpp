// Reading a policy back in C: what was set, and the entries, by hand or from files.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status requireEntry(const precast_policy* policy, std::string_view what, std::size_t index,
                          std::size_t (*count)(const precast_policy*)) {
  if (absl::Status status = require({{policy, "policy"}}); !status.ok()) return status;
  return requireId(what, index, count(policy));
}

template <typename Row>
void setOrigin(const std::string& origin, const std::string& place, Row& row) {
  row.origin = stringOf(origin);
  row.place = stringOf(place);
}

template <typename Row>
void setNodes(const NodeSelector& nodes, Row& row) {
  row.selector = static_cast<precast_selector>(nodes.kind);
  row.pattern = stringOf(nodes.pattern);
  setOrigin(nodes.origin, nodes.place, row);
}

absl::Status fillSlots(const precast_policy* policy, std::size_t index,
                       std::vector<std::optional<DType>> CustomDtypes::*side, precast_dtype* dtypes,
                       std::size_t capacity, std::size_t* count) {
  absl::Status status = requireEntry(policy, "customize_dtypes entry", index, precast_policy_customize_dtypes_count);
  if (!status.ok()) return status;
  return fillRows(absl::MakeConstSpan(behind(policy)->customizeDtypes[index].*side), dtypes, capacity, count,
                  [](std::optional<DType> dtype) { return numberOf(dtype.value_or(DType::undefined)); });
}

}  // namespace

precast_mode precast_policy_get_mode(const precast_policy* policy) {
  return policy == nullptr ? PRECAST_FORCE_FP16 : static_cast<precast_mode>(behind(policy)->mode);
}
precast_guard precast_policy_get_numeric_guard(const precast_policy* policy) {
  if (policy == nullptr || !behind(policy)->numericGuard.has_value()) return PRECAST_GUARD_UNSET;
  return static_cast<precast_guard>(*behind(policy)->numericGuard);
}
int32_t precast_policy_get_weight_clip(const precast_policy* policy) {
  return policy == nullptr || behind(policy)->weightClip ? 1 : 0;
}
precast_dtype precast_policy_get_output_type(const precast_policy* policy) {
  if (policy == nullptr) return PRECAST_DTYPE_UNDEFINED;
  return numberOf(behind(policy)->outputType.all.value_or(DType::undefined));
}

precast_status precast_policy_effective_numeric_guard(const precast_policy* policy, const precast_target* target,
                                                      precast_guard* guard, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}, {target, "target"}, {guard, "guard"}});
    if (status.ok()) *guard = static_cast<precast_guard>(effectiveNumericGuard(*behind(policy), *behind(target)));
    return status;
  });
}

size_t precast_policy_move_op_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->listMoves.size();
}
size_t precast_policy_keep_dtype_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->keepDtype.size();
}
size_t precast_policy_customize_dtypes_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->customizeDtypes.size();
}
size_t precast_policy_impl_mode_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->implModes.size();
}
size_t precast_policy_output_type_of_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->outputType.outputs.size();
}
size_t precast_policy_input_fp16_count(const precast_policy* policy) {
  return policy == nullptr ? 0 : behind(policy)->inputFp16Nodes.size();
}

precast_status precast_policy_get_move_op(const precast_policy* policy, size_t index, precast_move_entry* entry,
                                          precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireEntry(policy, "list move", index, precast_policy_move_op_count);
    if (!status.ok()) return status;
    const ListMove& move = behind(policy)->listMoves[index];
    precast_move_entry filled = PRECAST_MOVE_ENTRY_INIT;
    filled.op_type = stringOf(move.opType);
    filled.colour = static_cast<precast_colour>(move.colour);
    setOrigin(move.origin, move.place, filled);
    return fillStruct("move_entry", filled, entry);
  });
}

precast_status precast_policy_get_keep_dtype(const precast_policy* policy, size_t index, precast_keep_entry* entry,
                                             precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireEntry(policy, "keep_dtype entry", index, precast_policy_keep_dtype_count);
    if (!status.ok()) return status;
    precast_keep_entry filled = PRECAST_KEEP_ENTRY_INIT;
    setNodes(behind(policy)->keepDtype[index], filled);
    return fillStruct("keep_entry", filled, entry);
  });
}

precast_status precast_policy_get_customize_dtypes(const precast_policy* policy, size_t index,
                                                   precast_custom_entry* entry, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireEntry(policy, "customize_dtypes entry", index, precast_policy_customize_dtypes_count);
    if (!status.ok()) return status;
    const CustomDtypes& custom = behind(policy)->customizeDtypes[index];
    precast_custom_entry filled = PRECAST_CUSTOM_ENTRY_INIT;
    setNodes(custom.nodes, filled);
    filled.input_count = custom.inputs.size();
    filled.output_count = custom.outputs.size();
    return fillStruct("custom_entry", filled, entry);
  });
}

precast_status precast_policy_get_customize_inputs(const precast_policy* policy, size_t index, precast_dtype* dtypes,
                                                   size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] { return fillSlots(policy, index, &CustomDtypes::inputs, dtypes, capacity, count); });
}
precast_status precast_policy_get_customize_outputs(const precast_policy* policy, size_t index, precast_dtype* dtypes,
                                                    size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] { return fillSlots(policy, index, &CustomDtypes::outputs, dtypes, capacity, count); });
}

precast_status precast_policy_get_impl_mode(const precast_policy* policy, size_t index, precast_impl_mode_entry* entry,
                                            precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireEntry(policy, "implementation mode", index, precast_policy_impl_mode_count);
    if (!status.ok()) return status;
    const ImplModeEntry& from = behind(policy)->implModes[index];
    precast_impl_mode_entry filled = PRECAST_IMPL_MODE_ENTRY_INIT;
    setNodes(from.nodes, filled);
    filled.mode = static_cast<precast_impl_mode>(from.mode);
    filled.from_user = from.fromUser ? 1 : 0;
    return fillStruct("impl_mode_entry", filled, entry);
  });
}

precast_status precast_policy_get_output_type_of(const precast_policy* policy, size_t index,
                                                 precast_output_type_entry* entry, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireEntry(policy, "output_type entry", index, precast_policy_output_type_of_count);
    if (!status.ok()) return status;
    const OutputTypeEntry& output = behind(policy)->outputType.outputs[index];
    precast_output_type_entry filled = PRECAST_OUTPUT_TYPE_ENTRY_INIT;
    filled.node = stringOf(output.node);
    filled.slot = output.slot;
    filled.dtype = numberOf(output.dtype);
    setOrigin(output.origin, output.place, filled);
    return fillStruct("output_type_entry", filled, entry);
  });
}

precast_string precast_policy_get_input_fp16(const precast_policy* policy, size_t index) {
  if (index >= precast_policy_input_fp16_count(policy)) return {nullptr, 0};
  return stringOf(behind(policy)->inputFp16Nodes[index]);
}
