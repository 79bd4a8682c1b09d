#include "AtcFlags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "support/NearestName.h"

namespace precast::tool {

namespace {

// Source: the ATC instructions of CANN 5.1 to 9.0, and the flags that its published compiler defines, 2020 to 2026.
constexpr const char* kIgnored[] = {"ac_parallel_enable",
                                    "aicore_num",
                                    "atomic_clean_policy",
                                    "auto_tune_mode",
                                    "buffer_optimize",
                                    "build_config",
                                    "certificate",
                                    "check_report",
                                    "cluster_config",
                                    "compress_weight_conf",
                                    "core_type",
                                    "debug_dir",
                                    "deterministic",
                                    "deterministic_level",
                                    "device_id",
                                    "disable_reuse_memory",
                                    "display_model_info",
                                    "distributed_cluster_build",
                                    "dump_mode",
                                    "dynamic_batch_size",
                                    "dynamic_dims",
                                    "dynamic_image_size",
                                    "enable_attr_compression",
                                    "enable_compress_weight",
                                    "enable_graph_parallel",
                                    "enable_scope_fusion_passes",
                                    "enable_single_stream",
                                    "enable_small_channel",
                                    "encrypt_key",
                                    "encrypt_mode",
                                    "export_compile_stat",
                                    "external_weight",
                                    "fusion_switch_file",
                                    "graph_parallel_option_path",
                                    "h2d_overlapped_with_compute",
                                    "hardware_key",
                                    "hccl_sub_comm_config",
                                    "host_env_cpu",
                                    "host_env_os",
                                    "input_format",
                                    "input_hint_shape",
                                    "input_shape",
                                    "input_shape_range",
                                    "insert_op_conf",
                                    "jit_compile",
                                    "json",
                                    "mdl_bank_path",
                                    "mode",
                                    "model_relation_config",
                                    "om",
                                    "oo_constant_folding",
                                    "oo_dead_code_elimination",
                                    "oo_level",
                                    "op_bank_path",
                                    "op_compiler_cache_dir",
                                    "op_compiler_cache_mode",
                                    "op_debug_config",
                                    "op_debug_level",
                                    "op_name_map",
                                    "optimization_switch",
                                    "out_nodes",
                                    "private_key",
                                    "quant_dumpable",
                                    "raw_ge_options_ignore_unsupported",
                                    "save_original_model",
                                    "shape_generalized_build_mode",
                                    "shard_model_dir",
                                    "singleop",
                                    "sparsity",
                                    "static_model_ops_lower_limit",
                                    "status_check",
                                    "tiling_schedule_optimize",
                                    "topo_sorting_mode",
                                    "virtual_type",
                                    "weight"};

// These have a say in how a network computes, but none here.
struct Unheeded {
  const char* name;
  const char* instead;
};
constexpr Unheeded kUnheeded[] = {
    {"allow_hf32", "what kernels compute in inside is no dtype, and the tables know no HF32 modes"},
    {"cal_conf", "no model is quantized"},
    {"compression_optimize_conf", "no model is quantized"},
    {"fp16_high_prec", "it is a flag of early versions; --op_select_implmode=high_precision is what came after it"},
    {"is_input_adjust_hw_layout", "layouts are not changed; --input_fp16_nodes alone makes inputs float16"},
    {"is_output_adjust_hw_layout", "layouts are not changed; --output_type=FP16 makes outputs float16"},
    {"raw_ge_options", "the file is not read; what it says of precision has flags of its own"},
};

// These are obeyed.
constexpr std::string_view kObeyed[] = {"customize_dtypes",        "framework",         "input_fp16_nodes",
                                        "is_weight_clip",          "keep_dtype",        "log",
                                        "modify_mixlist",          "op_precision_mode", "op_select_implmode",
                                        "optypelist_for_implmode", "output_type",       "precision_mode",
                                        "precision_mode_v2"};

// The only ones that ATC reads as switches, which need no value: --flag and --noflag.
constexpr std::string_view kSwitches[] = {"raw_ge_options_ignore_unsupported"};

// A value of a flag that is known and not supported.
struct Numbered {
  const char* number;
  const char* name;
};
constexpr Numbered kFrameworks[] = {{"0", "Caffe"}, {"1", "MindSpore"}, {"3", "TensorFlow"}};
constexpr Numbered kModes[] = {
    {"1", "a model to JSON"}, {"3", "a check alone"}, {"5", "a dump to JSON"}, {"6", "what a model holds"}};
constexpr std::string_view kCompilingModes[] = {"0", "30"};

// From all to none.
constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error", "null"};

// "0", "false", or a list of these: asks for what is anyway so.
bool isOff(std::string_view value) {
  while (true) {
    const std::string_view word = value.substr(0, value.find(','));
    if (word != "0" && word != "false") return false;
    if (word.size() == value.size()) return true;
    value.remove_prefix(word.size() + 1);
  }
}

// What stands before '=', without dashes; "" if it is no flag.
std::string_view flagOf(std::string_view word) {
  if (word.substr(0, 2) != "--") return "";
  return word.substr(2, word.find('=') - std::min<std::size_t>(2, word.find('=')));
}

template <typename Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

// "" if it is none of them.
template <std::size_t n>
std::string_view nameOf(std::string_view number, const Numbered (&known)[n]) {
  const auto* found =
      std::find_if(std::begin(known), std::end(known), [&](const Numbered& each) { return each.number == number; });
  return found == std::end(known) ? std::string_view() : found->name;
}

}  // namespace

void spellOutSwitches(std::vector<std::string>& words) {
  for (std::string& word : words) {
    if (word == "--") return;
    for (std::string_view name : kSwitches) {
      for (std::string_view dashes : {"-", "--"}) {
        if (word == fmt::format("{}{}", dashes, name)) word = fmt::format("--{}=true", name);
        if (word == fmt::format("{}no{}", dashes, name)) word = fmt::format("--{}=false", name);
      }
    }
  }
}

std::vector<std::string_view> ignoredFlags() {
  std::vector<std::string_view> names(std::begin(kIgnored), std::end(kIgnored));
  for (const Unheeded& flag : kUnheeded) names.emplace_back(flag.name);
  return names;
}

void takeEmptyFlags(std::vector<std::string>& words, AtcFlags& flags) {
  const std::vector<std::string_view> ignored = ignoredFlags();
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const std::string_view name = flagOf(word);
    const bool endsEmpty = !word.empty() && word.back() == '=' && word.find('=') == word.size() - 1;
    const bool emptyFollows = word.find('=') == std::string_view::npos && i + 1 < words.size() && words[i + 1].empty();
    if (!name.empty() && (endsEmpty || emptyFollows) && (contains(kObeyed, name) || contains(ignored, name))) {
      if (!contains(flags.empty, name)) flags.empty.emplace_back(name);
      i += emptyFollows ? 1 : 0;
    } else {
      kept.push_back(words[i]);
    }
  }
  words = std::move(kept);
}

void addAtcFlags(CLI::App& command, AtcFlags& flags) {
  command.add_option("--framework", flags.framework, "5 (ONNX), the only one");
  command.add_option("--log", flags.log, fmt::format("what is told: {}", fmt::join(kLogLevels, ", ")));
}

void addIgnoredFlags(CLI::App& command, const std::vector<std::string>& words, AtcFlags& flags) {
  const std::vector<std::string_view> ignored = ignoredFlags();
  for (const std::string& word : words) {
    const std::string_view name = flagOf(word);
    if (!contains(ignored, name)) continue;
    const auto [value, isNew] = flags.ignored.try_emplace(std::string(name));
    if (isNew) command.add_option(fmt::format("--{}", name), value->second, "no effect here")->group("")->take_last();
  }
}

std::string atcFlagsMistake(const AtcFlags& flags) {
  if (!flags.framework.empty() && flags.framework != "5") {
    const std::string_view known = nameOf(flags.framework, kFrameworks);
    if (known.empty()) {
      return fmt::format("--framework: unknown value '{}'; 5 is ONNX, the only one that is read", flags.framework);
    }
    return fmt::format("--framework={} ({}) is not supported, export the model to ONNX (5)", flags.framework, known);
  }
  const auto mode = flags.ignored.find("mode");
  if (mode != flags.ignored.end() && !mode->second.empty() && !contains(kCompilingModes, mode->second)) {
    const std::string_view known = nameOf(mode->second, kModes);
    if (known.empty())
      return fmt::format("--mode: unknown value '{}'; 0 compiles a model, which is all that is done", mode->second);
    return fmt::format("--mode={} ({}) is not supported, models are compiled (0){}", mode->second, known,
                       mode->second == "3" ? "; --dry_run decides and writes none" : "");
  }
  if (flags.ignored.count("singleop") != 0) return "--singleop is not supported: single operators are no model";
  if (!flags.log.empty() &&
      std::find(std::begin(kLogLevels), std::end(kLogLevels), flags.log) == std::end(kLogLevels)) {
    return fmt::format("--log: unknown value '{}'; known are {}", flags.log, support::listKnown(flags.log, kLogLevels));
  }
  return "";
}

void noteIgnoredFlags(const AtcFlags& flags, const DiagnosticSink& diagnostics) {
  for (const std::string& name : flags.empty) {
    diagnostics({Severity::warning, "flag-empty", NodeId::none, "",
                 fmt::format("--{} has no value, it is as if it were not given", name)});
  }
  for (const auto& [name, value] : flags.ignored) {
    const auto* unheeded = std::find_if(std::begin(kUnheeded), std::end(kUnheeded),
                                        [&flag = name](const Unheeded& each) { return each.name == flag; });
    if (unheeded != std::end(kUnheeded) && !isOff(value)) {
      diagnostics({Severity::warning, "flag-not-obeyed", NodeId::none, "",
                   fmt::format("--{}={} has no effect here: {}", name, value, unheeded->instead)});
      continue;
    }
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
