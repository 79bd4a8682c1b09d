#include "WriteFlags.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "fmt/format.h"

namespace precast::tool {

namespace {

// Far beyond what helps, and no number of threads that a system would refuse.
constexpr unsigned kMaxThreads = 256;

}  // namespace

void addWriteFlags(CLI::App& command, WriteFlags& flags) {
  command.add_option("--threads", flags.threads, "threads that convert weights (default: one per processor)");
  command.add_option(
      "--external_data", flags.externalData,
      "weights of 1 KiB and more in a file of their own: auto (default: as in the input, and beyond 2 GiB), inline, "
      "external");
  command.add_flag("--durable", flags.durable, "end only when the output is on the device");
}

absl::StatusOr<onnx::WriteOptions> writeOptionsOf(const WriteFlags& flags) {
  onnx::WriteOptions options;
  options.durable = flags.durable;
  if (!flags.threads.empty()) {
    const char* const end = flags.threads.data() + flags.threads.size();
    const auto [parsed, error] = std::from_chars(flags.threads.data(), end, options.threads);
    if (error != std::errc() || parsed != end || options.threads == 0 || options.threads > kMaxThreads) {
      return absl::InvalidArgumentError(
          fmt::format("--threads: '{}' is not a number from 1 to {}", flags.threads, kMaxThreads));
    }
  }
  if (flags.externalData == "inline") {
    options.placement = onnx::DataPlacement::inlined;
  } else if (flags.externalData == "external") {
    options.placement = onnx::DataPlacement::external;
  } else if (!flags.externalData.empty() && flags.externalData != "auto") {
    return absl::InvalidArgumentError(
        fmt::format("--external_data: unknown value '{}'; known are auto, inline, external", flags.externalData));
  }
  return options;
}

void noteFlagsOfWeights(const WriteFlags& flags, const std::string& model, const DiagnosticSink& diagnostics) {
  if (flags.externalData.empty() || flags.externalData == "auto") return;
  // That its weights are inside may pass for true of a graph without any; that a file has them cannot.
  const bool isUnmet = flags.externalData == "external";
  diagnostics({isUnmet ? Severity::warning : Severity::note, isUnmet ? "flag-not-obeyed" : "flag-ignored", NodeId::none,
               "",
               fmt::format("--external_data={} has no effect here: '{}' is a JSON graph, which holds no weights",
                           flags.externalData, model)});
}

void noteFlagsOfWriting(const WriteFlags& flags, bool writesReport, const DiagnosticSink& diagnostics) {
  const auto note = [&](const std::string& flag) {
    diagnostics({Severity::note, "flag-ignored", NodeId::none, "",
                 fmt::format("{} has no effect with --dry_run, which writes no model", flag)});
  };
  if (!flags.externalData.empty() && flags.externalData != "auto") note("--external_data=" + flags.externalData);
  if (flags.durable && !writesReport) note("--durable");
}

}  // namespace precast::tool
