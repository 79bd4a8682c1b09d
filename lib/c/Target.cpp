#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

void precast_target_free(precast_target* target) { freeHandle(target); }

precast_status precast_target_builtin(const char* name, precast_target** target, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(target, "target");
    if (status.ok()) status = require({{name, "name"}});
    return status.ok() ? handOut(Target::builtin(name), target) : status;
  });
}

precast_status precast_target_for_soc(const char* soc_version, precast_target** target, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(target, "target");
    if (status.ok()) status = require({{soc_version, "soc_version"}});
    return status.ok() ? handOut(Target::forSoc(soc_version), target) : status;
  });
}

precast_status precast_target_from_ops_info(const char* json, size_t size, const char* source,
                                            precast_diagnostic_callback on_diagnostic, void* user,
                                            precast_target** target, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(target, "target");
    if (status.ok()) status = require({{json, "json"}, {source, "source"}});
    if (!status.ok()) return status;
    return handOut(Target::fromOpsInfo(viewOf(json, size), source, sinkOf(on_diagnostic, user)), target);
  });
}

precast_status precast_target_with_ops_info(const precast_target* base, const char* json, size_t size,
                                            const char* source, precast_diagnostic_callback on_diagnostic, void* user,
                                            precast_target** target, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(target, "target");
    if (status.ok()) status = require({{base, "base"}, {json, "json"}, {source, "source"}});
    if (!status.ok()) return status;
    return handOut(behind(base)->withOpsInfo(viewOf(json, size), source, sinkOf(on_diagnostic, user)), target);
  });
}

precast_string precast_target_name(const precast_target* target) {
  return target == nullptr ? precast_string{nullptr, 0} : stringOf(behind(target)->name());
}
size_t precast_target_library_count(const precast_target* target) {
  return target == nullptr ? 0 : behind(target)->libraries().size();
}
precast_string precast_target_library_name(const precast_target* target, size_t index) {
  if (index >= precast_target_library_count(target)) return {nullptr, 0};
  return stringOf(behind(target)->libraries()[index].name);
}
int32_t precast_target_computes_in(const precast_target* target, precast_dtype dtype) {
  return target != nullptr && isDType(dtype) && behind(target)->computesIn(dtypeOf(dtype)) ? 1 : 0;
}
int32_t precast_target_keeps_unknown_ops(const precast_target* target) {
  return target != nullptr && behind(target)->keepsUnknownOps() ? 1 : 0;
}
int32_t precast_target_has_op_map(const precast_target* target) {
  return target != nullptr && behind(target)->hasOpMap() ? 1 : 0;
}

precast_status precast_list_builtin_targets(precast_text_callback each, void* user, precast_error** error) {
  return guarded(error, [&] { return sendNames(Target::builtinNames(), each, user); });
}

precast_status precast_list_soc_versions(const char* target, precast_text_callback each, void* user,
                                         precast_error** error) {
  return guarded(error, [&] { return sendNames(Target::socVersions(viewOf(target)), each, user); });
}

precast_status precast_target_list_operators(const precast_target* target, precast_text_callback each, void* user,
                                             precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{target, "target"}});
    return status.ok() ? sendNames(behind(target)->operatorNames(), each, user) : status;
  });
}

precast_status precast_target_list_mapped_operators(const precast_target* target, precast_text_callback each,
                                                    void* user, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{target, "target"}});
    return status.ok() ? sendNames(behind(target)->mappedOperatorNames(), each, user) : status;
  });
}

precast_status precast_target_resolve(const precast_target* target, const char* domain, const char* type,
                                      const char* variant, int32_t since_version, precast_target_op* op,
                                      precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{target, "target"}, {type, "type"}});
    if (!status.ok()) return status;
    OpKind kind;
    kind.domain = viewOf(domain);
    kind.type = type;
    kind.variant = viewOf(variant);
    kind.sinceVersion = since_version;
    return fillStruct("target_op", targetOpOf(behind(target)->resolve(kind)), op);
  });
}
