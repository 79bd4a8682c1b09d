// Status codes, errors, dtypes and diagnostics of the C interface.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

const char* precast_status_name(precast_status status) {
  switch (status) {
  case PRECAST_OK:
    return "ok";
  case PRECAST_CANCELLED:
    return "cancelled";
  case PRECAST_INVALID_ARGUMENT:
    return "invalid argument";
  case PRECAST_NOT_FOUND:
    return "not found";
  case PRECAST_ALREADY_EXISTS:
    return "already exists";
  case PRECAST_PERMISSION_DENIED:
    return "permission denied";
  case PRECAST_RESOURCE_EXHAUSTED:
    return "resource exhausted";
  case PRECAST_FAILED_PRECONDITION:
    return "failed precondition";
  case PRECAST_OUT_OF_RANGE:
    return "out of range";
  case PRECAST_UNIMPLEMENTED:
    return "unimplemented";
  case PRECAST_INTERNAL:
    return "internal";
  case PRECAST_UNAVAILABLE:
    return "unavailable";
  case PRECAST_DATA_LOSS:
    return "data loss";
  default:
    return "unknown";
  }
}

precast_status precast_error_code(const precast_error* error) {
  return error == nullptr ? PRECAST_OK : behind(error)->code;
}
const char* precast_error_message(const precast_error* error) {
  return error == nullptr ? "" : behind(error)->message.c_str();
}
void precast_error_free(precast_error* error) { freeHandle(error); }

// version() views a literal, so a NUL stands behind it.
const char* precast_version(void) { return version().data(); }

precast_string precast_dtype_name(precast_dtype dtype) {
  return isDType(dtype) ? stringOf(toString(dtypeOf(dtype))) : precast_string{nullptr, 0};
}
precast_dtype precast_dtype_parse(const char* name) {
  return numberOf(parseDType(viewOf(name)).value_or(DType::undefined));
}
int32_t precast_dtype_bits(precast_dtype dtype) { return isDType(dtype) ? bitWidth(dtypeOf(dtype)) : 0; }

precast_status precast_diagnostics_create(precast_diagnostics** list, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(list, "list");
    if (status.ok()) *list = newHandle<precast_diagnostics>({});
    return status;
  });
}
void precast_diagnostics_free(precast_diagnostics* list) { freeHandle(list); }

void precast_diagnostics_collect(const precast_diagnostic* diagnostic, void* list) {
  if (diagnostic == nullptr || list == nullptr) return;
  (void)guarded(nullptr, [&] {
    precast_diagnostic read{};
    absl::Status status = readStruct("diagnostic", diagnostic, PRECAST_DIAGNOSTIC_INIT, read);
    if (!status.ok()) return status;
    Diagnostic copy;
    copy.severity = static_cast<Severity>(read.severity);
    copy.id = viewOf(read.id.data, read.id.size);
    copy.node = static_cast<NodeId>(read.node);
    copy.nodeName = viewOf(read.node_name.data, read.node_name.size);
    copy.message = viewOf(read.message.data, read.message.size);
    behind(static_cast<precast_diagnostics*>(list))->push_back(std::move(copy));
    return status;
  });
}

size_t precast_diagnostics_count(const precast_diagnostics* list) { return list == nullptr ? 0 : behind(list)->size(); }

precast_status precast_diagnostics_get(const precast_diagnostics* list, size_t index, precast_diagnostic* diagnostic,
                                       precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{list, "the list"}});
    if (status.ok()) status = requireId("diagnostic", index, behind(list)->size());
    return status.ok() ? fillStruct("diagnostic", diagnosticOf((*behind(list))[index]), diagnostic) : status;
  });
}
