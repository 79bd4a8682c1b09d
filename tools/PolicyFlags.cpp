#include "PolicyFlags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <optional>

#include "InputFile.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "precast/PolicyFiles.h"
#include "support/NearestName.h"

namespace precast::tool {

namespace {

absl::Status unknownValue(std::string_view flag, std::string_view value, absl::Span<const std::string_view> known) {
  return absl::InvalidArgumentError(
      fmt::format("{}: unknown value '{}'; known are {}", flag, value, support::listKnown(value, known)));
}

// Words of --precision_mode_v2 for HiFloat8.
constexpr std::string_view kEightBitWords[] = {"cube_hif8", "mixed_hif8"};

absl::Status unknownMode(std::string_view flag, std::string_view word, absl::Span<const std::string_view> known,
                         std::string_view otherFlag, absl::Span<const std::string_view> otherWords) {
  if (std::find(std::begin(kEightBitWords), std::end(kEightBitWords), word) != std::end(kEightBitWords)) {
    return absl::InvalidArgumentError(
        fmt::format("{}: mode '{}' is not supported, no operator is lowered to 8 bits; known are {}", flag, word,
                    fmt::join(known, ", ")));
  }
  const bool isOther = std::find(otherWords.begin(), otherWords.end(), word) != otherWords.end();
  return absl::InvalidArgumentError(fmt::format("{}: unknown mode '{}'{}; known are {}", flag, word,
                                                isOther ? fmt::format(", which is a word of {}", otherFlag) : "",
                                                support::listKnown(word, known)));
}

absl::Status readMode(const PolicyFlags& flags, PrecisionPolicy& policy) {
  if (!flags.precisionMode.empty() && !flags.precisionModeV2.empty()) {
    return absl::InvalidArgumentError("--precision_mode and --precision_mode_v2 exclude each other");
  }
  if (!flags.precisionMode.empty()) {
    const std::optional<PrecisionMode> mode = parsePrecisionMode(flags.precisionMode);
    if (!mode.has_value()) {
      return unknownMode("--precision_mode", flags.precisionMode, precisionModeWords(), "--precision_mode_v2",
                         precisionModeV2Words());
    }
    policy.mode = *mode;
  }
  if (!flags.precisionModeV2.empty()) {
    const std::optional<PrecisionMode> mode = parsePrecisionModeV2(flags.precisionModeV2);
    if (!mode.has_value()) {
      return unknownMode("--precision_mode_v2", flags.precisionModeV2, precisionModeV2Words(), "--precision_mode",
                         precisionModeWords());
    }
    policy.mode = *mode;
  }
  if (!flags.modifyMixlist.empty() && !isMixMode(policy.mode)) {
    return absl::InvalidArgumentError(
        fmt::format("--modify_mixlist needs a mixed precision mode, not {}", toString(policy.mode)));
  }
  return absl::OkStatus();
}

absl::Status readSwitches(const PolicyFlags& flags, PrecisionPolicy& policy) {
  if (!flags.numericGuard.empty()) {
    policy.numericGuard = parseNumericGuard(flags.numericGuard);
    if (!policy.numericGuard.has_value()) {
      return unknownValue("--numeric_guard", flags.numericGuard, {"off", "warn", "keep"});
    }
  }
  if (flags.weightClip.empty() || flags.weightClip == "1" || flags.weightClip == "true") return absl::OkStatus();
  if (flags.weightClip != "0" && flags.weightClip != "false") {
    return unknownValue(flags.weightClipFlag, flags.weightClip, {"1", "0", "true", "false"});
  }
  policy.weightClip = false;
  return absl::OkStatus();
}

absl::Status readBorders(const PolicyFlags& flags, PrecisionPolicy& policy) {
  if (!flags.outputType.empty()) {
    absl::StatusOr<OutputType> type = parseOutputType(flags.outputType, "--output_type");
    if (!type.ok()) return type.status();
    policy.outputType = *std::move(type);
  }
  if (!flags.inputFp16Nodes.empty()) {
    absl::StatusOr<std::vector<std::string>> names = parseInputFp16Nodes(flags.inputFp16Nodes, "--input_fp16_nodes");
    if (!names.ok()) return names.status();
    policy.inputFp16Nodes = *std::move(names);
  }
  return absl::OkStatus();
}

ImplModeFlags implModeFlags(const PolicyFlags& flags) {
  ImplModeFlags result;
  result.opSelectImplmode = flags.opSelectImplmode;
  result.optypelistForImplmode = flags.optypelistForImplmode;
  return result;
}

bool offersImplModes(const Target& target) {
  for (const KernelLibrary& library : target.libraries()) {
    for (const OpEntry& entry : library.entries) {
      if (!entry.implModes.empty()) return true;
    }
  }
  return false;
}

// Said once, and not of every node that a file names.
void warnOfNoImplModes(const PolicyFlags& flags, const Target& target, const DiagnosticSink& diagnostics) {
  const std::string_view given = !flags.opPrecisionMode.empty()        ? "--op_precision_mode"
                                 : flags.optypelistForImplmode.empty() ? "--op_select_implmode"
                                                                       : "--op_select_implmode with "
                                                                         "--optypelist_for_implmode";
  diagnostics(
      {Severity::warning, "impl-mode-no-effect", NodeId::none, "",
       fmt::format("{} has no effect: no kernel of target '{}' offers implementation modes", given, target.name())});
}

// Reads the file behind a flag, if it is given, and hands its text to `take`.
template <typename Take>
absl::Status readFile(const std::string& path, const Take& take) {
  if (path.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> text = readText(path);
  return text.ok() ? take(*text) : text.status();
}

template <typename Entries>
absl::Status keep(absl::StatusOr<Entries> read, Entries& into) {
  if (!read.ok()) return read.status();
  into = *std::move(read);
  return absl::OkStatus();
}

}  // namespace

void addPolicyFlags(CLI::App& command, PolicyFlags& flags) {
  std::string modes;
  for (std::string_view word : precisionModeWords()) {
    const bool isDefault = word == toString(PrecisionPolicy().mode);
    modes += fmt::format("{}{}{}", modes.empty() ? "" : ", ", word, isDefault ? " (default)" : "");
  }
  command.add_option("--precision_mode", flags.precisionMode, modes);
  command.add_option("--precision_mode_v2", flags.precisionModeV2,
                     fmt::format("the same by other names: {}", fmt::join(precisionModeV2Words(), ", ")));
  command.add_option("--keep_dtype", flags.keepDtype, "file of nodes that keep their dtype");
  command.add_option("--modify_mixlist", flags.modifyMixlist, "file of moves between the lists (mixed modes)");
  command.add_option("--customize_dtypes", flags.customizeDtypes, "file of dtypes that operands of nodes must have");
  command.add_option("--op_precision_mode", flags.opPrecisionMode, "ini file of implementation modes");
  command.add_option("--op_select_implmode", flags.opSelectImplmode,
                     "high_performance (default), high_precision, each also with _for_all");
  command.add_option("--optypelist_for_implmode", flags.optypelistForImplmode,
                     "operators that --op_select_implmode is for: A,B");
  command.add_option("--output_type", flags.outputType, "dtype of the model's outputs: FP16, or node:0:FP16;...");
  command.add_option("--input_fp16_nodes", flags.inputFp16Nodes, "inputs of the model that become float16: a;b");
  CLI::Option* const clip = command.add_option(
      "--weight_clip", flags.weightClip,
      "1 (default): weights beyond float16 saturate; 0: they become infinite (also --is_weight_clip)");
  // An option of its own, for CLI11 does not tell by which of its names an option was given, and messages do.
  const auto takeClip = [&flags](const std::string& value) {
    flags.weightClip = value;
    flags.weightClipFlag = "--is_weight_clip";
  };
  CLI::Option* const hidden = command.add_option_function<std::string>("--is_weight_clip", takeClip, "")->group("");
  hidden->excludes(clip);
  clip->remove_excludes(hidden);  // CLI11 made it mutual, and the help would name what it does not show
  command.add_option("--numeric_guard", flags.numericGuard, "off, warn or keep");
}

std::vector<std::pair<std::string_view, std::string>> policyFiles(const PolicyFlags& flags) {
  return {{"--keep_dtype", flags.keepDtype},
          {"--modify_mixlist", flags.modifyMixlist},
          {"--customize_dtypes", flags.customizeDtypes},
          {"--op_precision_mode", flags.opPrecisionMode}};
}

absl::StatusOr<PrecisionPolicy> policyOfFlags(const PolicyFlags& flags) {
  PrecisionPolicy policy;
  for (const auto& read : {readMode, readSwitches, readBorders}) {
    if (absl::Status status = read(flags, policy); !status.ok()) return status;
  }
  // Resolved again, with the file, once the target is known; here only for what may be wrong with the words.
  const auto implModes = resolveImplModes(implModeFlags(flags), Target::implModeTable);
  if (!implModes.ok()) return implModes.status();
  return policy;
}

absl::Status readPolicyFiles(const PolicyFlags& flags, const Target& target, const DiagnosticSink& diagnostics,
                             PrecisionPolicy& policy) {
  absl::Status status = readFile(flags.keepDtype, [&](const std::string& text) {
    return keep(parseKeepDtype(text, flags.keepDtype, diagnostics), policy.keepDtype);
  });
  if (!status.ok()) return status;
  status = readFile(flags.customizeDtypes, [&](const std::string& text) {
    return keep(parseCustomizeDtypes(text, flags.customizeDtypes, diagnostics), policy.customizeDtypes);
  });
  if (!status.ok()) return status;
  status = readFile(flags.modifyMixlist, [&](const std::string& text) -> absl::Status {
    const absl::StatusOr<std::vector<MixlistEntry>> entries = parseMixlist(text, flags.modifyMixlist, diagnostics);
    if (!entries.ok()) return entries.status();
    return keep(applyMixlist(*entries, target, diagnostics), policy.listMoves);
  });
  if (!status.ok()) return status;
  // Only Ascend's kernels have modes; its default is a table of its own.
  ImplModeFlags implModes = implModeFlags(flags);
  const bool given = !flags.opPrecisionMode.empty() || !flags.opSelectImplmode.empty();
  if (!given && !offersImplModes(target)) return absl::OkStatus();
  std::string text;
  if (!flags.opPrecisionMode.empty()) {
    absl::StatusOr<std::string> read = readText(flags.opPrecisionMode);
    if (!read.ok()) return read.status();
    text = *std::move(read);
    implModes.opPrecisionMode = PolicyText{text, flags.opPrecisionMode};
  }
  status = keep(resolveImplModes(implModes, Target::implModeTable, diagnostics), policy.implModes);
  if (status.ok() && given && !offersImplModes(target)) {
    policy.implModes.clear();
    warnOfNoImplModes(flags, target, diagnostics);
  }
  return status;
}

}  // namespace precast::tool
