// The readers of policy files in C. Each adds what a text says to a policy.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status requireFile(const precast_policy* policy, const char* text, const char* source) {
  return require({{policy, "policy"}, {text, "text"}, {source, "source"}});
}

template <typename Entry>
absl::Status add(absl::StatusOr<std::vector<Entry>> read, std::vector<Entry>& entries) {
  if (!read.ok()) return read.status();
  entries.reserve(entries.size() + read->size());
  for (Entry& entry : *read) entries.push_back(std::move(entry));
  return absl::OkStatus();
}

}  // namespace

precast_status precast_policy_read_mixlist(precast_policy* policy, const char* text, size_t size, const char* source,
                                           const precast_target* target, precast_diagnostic_callback on_diagnostic,
                                           void* user, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    if (status.ok()) status = require({{target, "target"}});
    if (!status.ok()) return status;
    const DiagnosticSink sink = sinkOf(on_diagnostic, user);
    const absl::StatusOr<std::vector<MixlistEntry>> entries = parseMixlist(viewOf(text, size), source, sink);
    if (!entries.ok()) return entries.status();
    return add(applyMixlist(*entries, *behind(target), sink), behind(policy)->listMoves);
  });
}

precast_status precast_policy_read_keep_dtype(precast_policy* policy, const char* text, size_t size, const char* source,
                                              precast_diagnostic_callback on_diagnostic, void* user,
                                              precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    if (!status.ok()) return status;
    return add(parseKeepDtype(viewOf(text, size), source, sinkOf(on_diagnostic, user)), behind(policy)->keepDtype);
  });
}

precast_status precast_policy_read_customize_dtypes(precast_policy* policy, const char* text, size_t size,
                                                    const char* source, precast_diagnostic_callback on_diagnostic,
                                                    void* user, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    if (!status.ok()) return status;
    return add(parseCustomizeDtypes(viewOf(text, size), source, sinkOf(on_diagnostic, user)),
               behind(policy)->customizeDtypes);
  });
}

precast_status precast_policy_read_output_type(precast_policy* policy, const char* text, size_t size,
                                               const char* source, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    if (!status.ok()) return status;
    absl::StatusOr<OutputType> read = parseOutputType(viewOf(text, size), source);
    if (!read.ok()) return read.status();
    OutputType& type = behind(policy)->outputType;
    status = add<OutputTypeEntry>(std::move(read->outputs), type.outputs);
    if (status.ok() && read->all.has_value()) type.all = read->all;
    return status;
  });
}

precast_status precast_policy_read_input_fp16_nodes(precast_policy* policy, const char* text, size_t size,
                                                    const char* source, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    return status.ok() ? add(parseInputFp16Nodes(viewOf(text, size), source), behind(policy)->inputFp16Nodes) : status;
  });
}

precast_status precast_policy_read_impl_mode_table(precast_policy* policy, const char* text, size_t size,
                                                   const char* source, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFile(policy, text, source);
    return status.ok() ? add(parseImplModeTable(viewOf(text, size), source), behind(policy)->implModes) : status;
  });
}

precast_status precast_policy_read_impl_mode_flags(precast_policy* policy, const precast_impl_mode_flags* flags,
                                                   precast_diagnostic_callback on_diagnostic, void* user,
                                                   precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{policy, "policy"}, {flags, "flags"}});
    precast_impl_mode_flags given{};
    if (status.ok()) status = readStruct("impl_mode_flags", flags, PRECAST_IMPL_MODE_FLAGS_INIT, given);
    if (!status.ok()) return status;
    ImplModeFlags read;
    if (given.op_precision_mode != nullptr) {
      read.opPrecisionMode = PolicyText{viewOf(given.op_precision_mode, given.op_precision_mode_size),
                                        viewOf(given.op_precision_mode_source)};
    }
    read.opSelectImplmode = viewOf(given.op_select_implmode);
    read.optypelistForImplmode = viewOf(given.optypelist_for_implmode);
    return add(resolveImplModes(read, Target::implModeTable, sinkOf(on_diagnostic, user)), behind(policy)->implModes);
  });
}
