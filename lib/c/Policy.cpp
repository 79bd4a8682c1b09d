// The policy in C: modes, switches, and entries made by hand.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

template <typename Enum>
precast_string nameOf(std::int32_t number, Enum last) {
  if (number < 0 || number > static_cast<std::int32_t>(last)) return {nullptr, 0};
  return stringOf(toString(static_cast<Enum>(number)));
}

// The number of a word of an enumeration.
template <typename Enum>
absl::Status parse(const char* word, std::optional<Enum> (*parser)(std::string_view), const char* what,
                   std::int32_t* number, const char* name) {
  if (absl::Status status = require({{word, "word"}, {number, name}}); !status.ok()) return status;
  const std::optional<Enum> found = parser(word);
  if (!found.has_value()) return absl::NotFoundError("'" + std::string(word) + "' is no " + what);
  *number = static_cast<std::int32_t>(*found);
  return absl::OkStatus();
}

absl::Status readSelector(precast_selector kind, const char* pattern, NodeSelector& selector) {
  if (absl::Status status = requireEnum("selector", kind, PRECAST_SELECT_TYPE); !status.ok()) return status;
  if (absl::Status status = require({{pattern, "pattern"}}); !status.ok()) return status;
  selector.kind = static_cast<NodeSelector::Kind>(kind);
  selector.pattern = pattern;
  return absl::OkStatus();
}

absl::Status readDTypes(const char* what, const precast_dtype* dtypes, size_t count,
                        std::vector<std::optional<DType>>& read) {
  if (dtypes == nullptr && count != 0) return absl::InvalidArgumentError(std::string(what) + " is null");
  for (precast_dtype dtype : absl::MakeConstSpan(dtypes, count)) {
    if (absl::Status status = requireDType(dtype); !status.ok()) return status;
    read.emplace_back();
    if (dtype != PRECAST_DTYPE_UNDEFINED) read.back() = dtypeOf(dtype);
  }
  return absl::OkStatus();
}

absl::Status requireDefined(precast_dtype dtype) {
  if (dtype == PRECAST_DTYPE_UNDEFINED) return absl::InvalidArgumentError("an output needs a dtype");
  return requireDType(dtype);
}

}  // namespace

precast_string precast_mode_name(precast_mode mode) { return nameOf(mode, PrecisionMode::cubeFp16InFp32Out); }
precast_string precast_guard_name(precast_guard guard) { return nameOf(guard, NumericGuard::keep); }
precast_string precast_impl_mode_name(precast_impl_mode mode) { return nameOf(mode, ImplMode::keepFp16); }

precast_status precast_mode_parse(const char* word, precast_mode* mode, precast_error** error) {
  return guarded(error, [&] { return parse(word, parsePrecisionMode, "precision mode", mode, "mode"); });
}
precast_status precast_mode_parse_v2(const char* word, precast_mode* mode, precast_error** error) {
  return guarded(error, [&] { return parse(word, parsePrecisionModeV2, "precision mode", mode, "mode"); });
}
precast_status precast_guard_parse(const char* word, precast_guard* guard, precast_error** error) {
  return guarded(error, [&] { return parse(word, parseNumericGuard, "numeric guard", guard, "guard"); });
}
precast_status precast_impl_mode_parse(const char* word, precast_impl_mode* mode, precast_error** error) {
  return guarded(error, [&] { return parse(word, parseImplMode, "implementation mode", mode, "mode"); });
}

precast_status precast_policy_create(precast_policy** policy, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(policy, "policy");
    if (status.ok()) *policy = newHandle<precast_policy>({});
    return status;
  });
}

precast_status precast_policy_copy(const precast_policy* policy, precast_policy** copy, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(copy, "copy");
    if (status.ok()) status = require({{policy, "policy"}});
    if (status.ok()) *copy = newHandle<precast_policy>(*behind(policy));
    return status;
  });
}

void precast_policy_free(precast_policy* policy) { freeHandle(policy); }

precast_status precast_policy_set_mode(precast_policy* policy, precast_mode mode, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    if (status.ok()) status = requireEnum("mode", mode, PRECAST_CUBE_FP16IN_FP32OUT);
    if (status.ok()) behind(policy)->mode = static_cast<PrecisionMode>(mode);
    return status;
  });
}

precast_status precast_policy_set_numeric_guard(precast_policy* policy, precast_guard guard, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    if (status.ok() && guard != PRECAST_GUARD_UNSET) status = requireEnum("guard", guard, PRECAST_GUARD_KEEP);
    if (!status.ok()) return status;
    std::optional<NumericGuard>& set = behind(policy)->numericGuard;
    set.reset();
    if (guard != PRECAST_GUARD_UNSET) set = static_cast<NumericGuard>(guard);
    return status;
  });
}

precast_status precast_policy_set_weight_clip(precast_policy* policy, int32_t clip, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    if (status.ok()) status = requireEnum("clip", clip, 1);
    if (status.ok()) behind(policy)->weightClip = clip != 0;
    return status;
  });
}

precast_status precast_policy_move_op(precast_policy* policy, const char* op_type, precast_colour colour,
                                      precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}, {op_type, "op_type"}});
    if (status.ok()) status = requireEnum("colour", colour, PRECAST_BLACK);
    if (status.ok()) behind(policy)->listMoves.push_back({op_type, static_cast<ListColour>(colour), {}});
    return status;
  });
}

precast_status precast_policy_keep_dtype(precast_policy* policy, precast_selector selector, const char* pattern,
                                         precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    KeepEntry entry;
    if (status.ok()) status = readSelector(selector, pattern, entry);
    if (status.ok()) behind(policy)->keepDtype.push_back(std::move(entry));
    return status;
  });
}

precast_status precast_policy_customize_dtypes(precast_policy* policy, precast_selector selector, const char* pattern,
                                               const precast_dtype* inputs, size_t input_count,
                                               const precast_dtype* outputs, size_t output_count,
                                               precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    CustomDtypes entry;
    if (status.ok()) status = readSelector(selector, pattern, entry.nodes);
    if (status.ok()) status = readDTypes("inputs", inputs, input_count, entry.inputs);
    if (status.ok()) status = readDTypes("outputs", outputs, output_count, entry.outputs);
    if (status.ok()) behind(policy)->customizeDtypes.push_back(std::move(entry));
    return status;
  });
}

precast_status precast_policy_impl_mode(precast_policy* policy, precast_selector selector, const char* pattern,
                                        precast_impl_mode mode, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    ImplModeEntry entry;
    if (status.ok()) status = readSelector(selector, pattern, entry.nodes);
    if (status.ok()) status = requireEnum("mode", mode, PRECAST_IMPL_KEEP_FP16);
    if (!status.ok()) return status;
    entry.mode = static_cast<ImplMode>(mode);
    behind(policy)->implModes.push_back(std::move(entry));
    return status;
  });
}

precast_status precast_policy_output_type(precast_policy* policy, precast_dtype dtype, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}});
    if (status.ok()) status = requireDefined(dtype);
    if (status.ok()) behind(policy)->outputType.all = dtypeOf(dtype);
    return status;
  });
}

precast_status precast_policy_output_type_of(precast_policy* policy, const char* node, uint32_t slot,
                                             precast_dtype dtype, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}, {node, "node"}});
    if (status.ok()) status = requireDefined(dtype);
    if (status.ok()) behind(policy)->outputType.outputs.push_back({node, slot, dtypeOf(dtype), {}});
    return status;
  });
}

precast_status precast_policy_input_fp16(precast_policy* policy, const char* name, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}, {name, "name"}});
    if (status.ok()) behind(policy)->inputFp16Nodes.emplace_back(name);
    return status;
  });
}
