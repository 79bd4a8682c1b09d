#include "AtcFlags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace precast::tool {

namespace {

// Source: the ATC instructions of CANN 5.1 to 8.0.
constexpr const char* kIgnored[] = {"ac_parallel_enable",
                                    "aicore_num",
                                    "allow_hf32",
                                    "auto_tune_mode",
                                    "buffer_optimize",
                                    "check_report",
                                    "cluster_config",
                                    "compress_weight_conf",
                                    "compression_optimize_conf",
                                    "core_type",
                                    "debug_dir",
                                    "deterministic",
                                    "disable_reuse_memory",
                                    "display_model_info",
                                    "distributed_cluster_build",
                                    "dump_mode",
                                    "dynamic_batch_size",
                                    "dynamic_dims",
                                    "dynamic_image_size",
                                    "enable_compress_weight",
                                    "enable_graph_parallel",
                                    "enable_scope_fusion_passes",
                                    "enable_single_stream",
                                    "enable_small_channel",
                                    "export_compile_stat",
                                    "external_weight",
                                    "fusion_switch_file",
                                    "graph_parallel_option_path",
                                    "host_env_cpu",
                                    "host_env_os",
                                    "input_format",
                                    "input_hint_shape",
                                    "input_shape",
                                    "input_shape_range",
                                    "insert_op_conf",
                                    "is_input_adjust_hw_layout",
                                    "is_output_adjust_hw_layout",
                                    "jit_compile",
                                    "json",
                                    "mdl_bank_path",
                                    "mode",
                                    "model_relation_config",
                                    "oo_level",
                                    "om",
                                    "op_bank_path",
                                    "op_compiler_cache_dir",
                                    "op_compiler_cache_mode",
                                    "op_debug_config",
                                    "op_debug_level",
                                    "op_name_map",
                                    "optimization_switch",
                                    "out_nodes",
                                    "quant_dumpable",
                                    "save_original_model",
                                    "shape_generalized_build_mode",
                                    "singleop",
                                    "sparsity",
                                    "status_check",
                                    "tiling_schedule_optimize",
                                    "virtual_type",
                                    "weight"};

struct Framework {
  const char* number;
  const char* name;
};
constexpr Framework kFrameworks[] = {{"0", "Caffe"}, {"1", "MindSpore"}, {"3", "TensorFlow"}};

// From all to none.
constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error", "null"};

}  // namespace

void addAtcFlags(CLI::App& command, AtcFlags& flags) {
  command.add_option("--framework", flags.framework, "5 (ONNX), the only one");
  command.add_option("--log", flags.log, fmt::format("what is told: {}", fmt::join(kLogLevels, ", ")));
  for (const char* name : kIgnored) {
    command.add_option(fmt::format("--{}", name), flags.ignored[name], "no effect here")->group("");
  }
}

std::string atcFlagsMistake(const AtcFlags& flags) {
  if (!flags.framework.empty() && flags.framework != "5") {
    const auto* known = std::find_if(std::begin(kFrameworks), std::end(kFrameworks),
                                     [&](const Framework& each) { return each.number == flags.framework; });
    if (known == std::end(kFrameworks)) {
      return fmt::format("--framework: unknown value '{}'; 5 is ONNX, the only one that is read", flags.framework);
    }
    return fmt::format("--framework={} ({}) is not supported, export the model to ONNX (5)", flags.framework,
                       known->name);
  }
  if (!flags.log.empty() &&
      std::find(std::begin(kLogLevels), std::end(kLogLevels), flags.log) == std::end(kLogLevels)) {
    return fmt::format("--log: unknown value '{}'; known are {}", flags.log, fmt::join(kLogLevels, ", "));
  }
  return "";
}

void noteIgnoredFlags(const AtcFlags& flags, const DiagnosticSink& diagnostics) {
  for (const auto& [name, value] : flags.ignored) {
    if (value.empty()) continue;
    diagnostics({Severity::note, "flag-ignored", NodeId::none, "",
                 fmt::format("--{}={} has no say in precision, it has no effect here", name, value)});
  }
}

bool shows(const AtcFlags& flags, Severity severity) {
  if (flags.log.empty()) return true;
  const auto level = std::find(std::begin(kLogLevels), std::end(kLogLevels), flags.log) - std::begin(kLogLevels);
  return level <= (severity == Severity::note ? 1 : 2);
}

}  // namespace precast::tool
