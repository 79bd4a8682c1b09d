#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

// What options point to outlives the call, as CompileOptions wants it; the policy alone is copied.
absl::Status readOptions(const precast_compile_options* given, CompileOptions& options) {
  precast_compile_options read{};
  absl::Status status = readStruct("compile_options", given, PRECAST_COMPILE_OPTIONS_INIT, read,
                                   {offsetof(precast_compile_options, on_progress)});
  if (!status.ok()) return status;
  if (read.policy != nullptr) options.policy = *behind(read.policy);
  options.target = behind(read.target);
  options.passes = behind(read.pipeline);
  options.diagnostics = sinkOf(read.on_diagnostic, read.user);
  options.threads = threadsOf(read.threads);
  options.progress = sinkOf(read.on_progress, read.progress_user);
  return status;
}

absl::Status requireItem(const precast_result* result, std::string_view what, std::size_t index,
                         std::size_t (*count)(const precast_result*)) {
  if (absl::Status status = require({{result, "result"}}); !status.ok()) return status;
  return requireId(what, index, count(result));
}

}  // namespace

precast_status precast_check_options(const precast_compile_options* options, precast_error** error) {
  return guarded(error, [&] {
    CompileOptions read;
    absl::Status status = readOptions(options, read);
    return status.ok() ? checkOptions(read) : status;
  });
}

precast_status precast_make_plan(const precast_graph* graph, const precast_compile_options* options,
                                 precast_plan** plan, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(plan, "plan");
    if (status.ok()) status = require({{graph, "graph"}});
    CompileOptions read;
    if (status.ok()) status = readOptions(options, read);
    return status.ok() ? handOut(precast::plan(*behind(graph), read), plan) : status;
  });
}

precast_status precast_compile(const precast_graph* graph, const precast_compile_options* options,
                               precast_result** result, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(result, "result");
    if (status.ok()) status = require({{graph, "graph"}});
    CompileOptions read;
    if (status.ok()) status = readOptions(options, read);
    return status.ok() ? handOut(compile(*behind(graph), read), result) : status;
  });
}

void precast_result_free(precast_result* result) { freeHandle(result); }

const precast_graph* precast_result_graph(const precast_result* result) {
  return result == nullptr ? nullptr : handleOf<precast_graph>(behind(result)->graph);
}
const precast_plan* precast_result_plan(const precast_result* result) {
  return result == nullptr ? nullptr : handleOf<precast_plan>(behind(result)->plan);
}
size_t precast_result_casts_removed(const precast_result* result) {
  return result == nullptr ? 0 : behind(result)->rewrite.castsRemoved;
}
precast_overflow precast_result_overflow(const precast_result* result) {
  return result == nullptr ? PRECAST_SATURATE : static_cast<precast_overflow>(behind(result)->rewrite.overflow);
}
precast_guard precast_result_numeric_guard(const precast_result* result) {
  return result == nullptr ? PRECAST_GUARD_OFF : static_cast<precast_guard>(behind(result)->rewrite.numericGuard);
}
size_t precast_result_cast_count(const precast_result* result) {
  return result == nullptr ? 0 : behind(result)->rewrite.casts.size();
}
size_t precast_result_constant_count(const precast_result* result) {
  return result == nullptr ? 0 : behind(result)->rewrite.constants.size();
}
size_t precast_result_impl_mode_count(const precast_result* result) {
  return result == nullptr ? 0 : behind(result)->rewrite.implModes.size();
}

precast_status precast_result_cast(const precast_result* result, size_t index, precast_cast* cast,
                                   precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireItem(result, "cast", index, precast_result_cast_count);
    if (!status.ok()) return status;
    const InsertedCast& made = behind(result)->rewrite.casts[index];
    precast_cast filled = PRECAST_CAST_INIT;
    filled.value = precast::index(made.value);
    filled.from = numberOf(made.from);
    filled.to = numberOf(made.to);
    filled.users = made.users;
    filled.bytes = made.bytes;
    filled.region = precast::index(made.region);
    return fillStruct("cast", filled, cast);
  });
}

precast_status precast_result_constant(const precast_result* result, size_t index, precast_constant* constant,
                                       precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireItem(result, "constant", index, precast_result_constant_count);
    if (!status.ok()) return status;
    const ConvertedConstant& made = behind(result)->rewrite.constants[index];
    precast_constant filled = PRECAST_CONSTANT_INIT;
    filled.value = precast::index(made.value);
    filled.from = numberOf(made.from);
    filled.to = numberOf(made.to);
    filled.user_count = made.userCount;
    return fillStruct("constant", filled, constant);
  });
}

precast_status precast_result_constant_users(const precast_result* result, size_t index, precast_constant_user* users,
                                             size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireItem(result, "constant", index, precast_result_constant_count);
    if (!status.ok()) return status;
    const RewriteSummary& rewrite = behind(result)->rewrite;
    return fillRows(rewrite.users(rewrite.constants[index]), users, capacity, count, [](const ConstantUser& user) {
      return precast_constant_user{precast::index(user.node), user.slot};
    });
  });
}

precast_status precast_result_impl_mode(const precast_result* result, size_t index, uint32_t* node,
                                        precast_impl_mode* mode, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireItem(result, "implementation mode", index, precast_result_impl_mode_count);
    if (status.ok()) status = require({{node, "node"}, {mode, "mode"}});
    if (!status.ok()) return status;
    const NodeImplMode& chosen = behind(result)->rewrite.implModes[index];
    *node = precast::index(chosen.node);
    *mode = static_cast<precast_impl_mode>(chosen.mode);
    return status;
  });
}
