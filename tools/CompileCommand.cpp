#include "CompileCommand.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "InputFile.h"
#include "Messages.h"
#include "ProgressLine.h"
#include "fmt/format.h"
#include "precast/precast.h"
#include "support/File.h"
#include "support/PlainText.h"

namespace precast::tool {

namespace {

constexpr const char* kDefaultTarget = "onnx";

absl::Span<const std::byte> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// Whether two paths lead to one file, also where it does not exist yet.
bool samePlace(const std::string& left, const std::string& right) {
  std::error_code leftError;
  std::error_code rightError;
  // What does not exist keeps its spelling, so that it has to be absolute before.
  const auto place = [](const std::string& path, std::error_code& error) {
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    return error ? absolute : std::filesystem::weakly_canonical(absolute, error);
  };
  const std::filesystem::path leftPath = place(left, leftError);
  const std::filesystem::path rightPath = place(right, rightError);
  return leftError || rightError ? left == right : leftPath == rightPath;
}

class CompileRun {
 public:
  explicit CompileRun(const CompileArguments& arguments) : arguments_(arguments), progress_(arguments.quiet) {}

  int run() {
    const auto started = std::chrono::steady_clock::now();
    if (const int status = readCommandLine(); status != 0) return status;
    options_.diagnostics = [this](const Diagnostic& diagnostic) {
      diagnostics_.push_back(diagnostic);
      progress_.clear();
      if (!arguments_.quiet && shows(arguments_, diagnostic.severity))
        printMessage(toString(diagnostic.severity), diagnostic.message);
    };
    absl::StatusOr<Target> target = readTarget(arguments_, kDefaultTarget, options_.diagnostics);
    if (!target.ok()) return fail(target.status());
    target_ = *std::move(target);
    options_.target = &*target_;
    if (absl::Status status = checkOptions(options_); !status.ok()) return fail(kCommandLineIsWrong, messageOf(status));
    noteIgnoredFlags(arguments_, options_.diagnostics);
    if (arguments_.dryRun) noteFlagsOfWriting(arguments_, !arguments_.report.empty(), options_.diagnostics);
    if (absl::Status status = readPolicyFiles(arguments_, *target_, options_.diagnostics, options_.policy);
        !status.ok()) {
      return fail(status);
    }
    const absl::Status compiled = compileModel();
    progress_.clear();
    if (!compiled.ok()) {
      if (!isRefused_) return fail(compiled);
      printLines("error", messageOf(compiled));
      return kFilesAreWrong;
    }
    if (arguments_.quiet) return 0;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
    const std::string table = fmt::format("{}  {:<18}{:>12.1f} ms\n", writeReportTable(report_), "time", took.count());
    return printResult(table);
  }

 private:
  int readCommandLine() {
    const CompileArguments& a = arguments_;
    if (const std::string mistake = atcFlagsMistake(a); !mistake.empty()) return fail(kCommandLineIsWrong, mistake);
    if (a.model.empty()) return fail(kCommandLineIsWrong, "--model is required");
    if (a.output.empty() && !a.dryRun) return fail(kCommandLineIsWrong, "--output is required (or --dry_run)");
    if (const std::string mistake = targetFlagsMistake(a); !mistake.empty()) return fail(kCommandLineIsWrong, mistake);
    absl::StatusOr<PrecisionPolicy> policy = policyOfFlags(a);
    if (!policy.ok()) return fail(kCommandLineIsWrong, messageOf(policy.status()));
    options_.policy = *std::move(policy);
    absl::StatusOr<onnx::WriteOptions> write = writeOptionsOf(a);
    if (!write.ok()) return fail(kCommandLineIsWrong, messageOf(write.status()));
    writeOptions_ = *std::move(write);
    options_.threads = writeOptions_.threads;
    options_.progress = writeOptions_.progress = progress_.sink();
    return checkPlaces();
  }

  // What is written must not replace what is read (but --output may be --model) nor what else is written.
  int checkPlaces() const {
    const CompileArguments& a = arguments_;
    std::vector<std::pair<std::string_view, std::string>> others = policyFiles(a);
    for (const std::string& path : a.opsInfo) others.emplace_back("--ops_info", path);
    const auto clash = [&](std::string_view flag, const std::string& path) {
      for (const auto& [other, otherPath] : others) {
        if (path.empty() || otherPath.empty() || !samePlace(path, otherPath)) continue;
        return fail(kCommandLineIsWrong, fmt::format("{} and {} name the same file '{}'", flag, other, path));
      }
      return 0;
    };
    if (const int status = clash("--output", a.dryRun ? std::string() : a.output); status != 0) return status;
    others.insert(others.end(), {{"--model", a.model}, {"--output", a.dryRun ? std::string() : a.output}});
    if (!a.dryRun) others.emplace_back("the data file of --output", a.output + ".data");
    return clash("--report", a.report);
  }

  // Where the weights lie is known once the model is read.
  absl::Status checkWeights() const {
    for (const std::string& weights : onnx::sourceFiles(*model_.source)) {
      if (weights == arguments_.model) continue;
      for (const std::string* written : {&arguments_.report, &arguments_.output}) {
        if (written->empty() || (arguments_.dryRun && written == &arguments_.output)) continue;
        if (!samePlace(weights, *written)) continue;
        return absl::InvalidArgumentError(
            fmt::format("{}: {} '{}' would replace weights of this model", arguments_.model,
                        written == &arguments_.report ? "--report" : "--output", *written));
      }
    }
    return absl::OkStatus();
  }

  // The readers name the file themselves; what is found in a graph is found without one.
  absl::Status ofModel(const absl::Status& status) const {
    return {status.code(), fmt::format("{}: {}", support::plainLine(arguments_.model), messageOf(status))};
  }

  absl::Status compileModel() {
    const auto file = support::MappedFile::open(arguments_.model);
    if (!file.ok()) return file.status();
    const auto bytes = (*file)->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool isJson = looksLikeGraphJson(text);
    if (isJson) {
      if (!arguments_.dryRun) noteFlagsOfWeights(arguments_, arguments_.model, options_.diagnostics);
      absl::StatusOr<Graph> graph = parseGraphJson(text, arguments_.model);
      if (!graph.ok()) return graph.status();
      model_.graph = *std::move(graph);
      report_.bytesBefore = bytes.size();
    } else {
      onnx::ReadOptions options;
      options.diagnostics = options_.diagnostics;
      absl::StatusOr<onnx::Model> model = onnx::readFile(arguments_.model, options);
      if (!model.ok()) return model.status();
      model_ = *std::move(model);
      report_.bytesBefore = onnx::sourceBytes(*model_.source);
      if (absl::Status status = checkWeights(); !status.ok()) return status;
    }
    absl::StatusOr<CompileResult> result = compile(model_.graph, options_);
    if (!result.ok()) {
      isRefused_ = result.status().code() == absl::StatusCode::kFailedPrecondition;
      return ofModel(result.status());
    }
    result_.emplace(*std::move(result));
    report_.model = arguments_.model;
    report_.graph = &model_.graph;
    report_.result = &*result_;
    report_.mode = options_.policy.mode;
    return writeFiles(isJson);
  }

  // The report's place is taken before the model is written: if it cannot be, nothing is. A JSON graph and its report
  // are both complete before either appears; of an ONNX model the report counts what the writer did, so the model comes
  // first.
  absl::Status writeFiles(bool isJson) {
    std::optional<support::OutputFile> model;
    std::optional<support::OutputFile> report;
    if (!arguments_.report.empty()) {
      absl::StatusOr<support::OutputFile> created = support::OutputFile::create(arguments_.report);
      if (!created.ok()) return created.status();
      report.emplace(*std::move(created));
    }
    if (!arguments_.dryRun) {
      if (absl::Status status = isJson ? prepareJson(model) : writeOnnx(); !status.ok()) return status;
    }
    report_.diagnostics = diagnostics_;
    if (report.has_value()) {
      const auto append = [&](std::string_view piece) { return report->append(bytesOf(piece)); };
      if (absl::Status status = writeReportJson(report_, append); !status.ok()) return status;
      if (absl::Status status = report->finish(writeOptions_.durable); !status.ok()) return status;
    }
    if (model.has_value()) {
      if (absl::Status status = model->publish(); !status.ok()) return status;
    }
    return report.has_value() ? report->publish() : absl::OkStatus();
  }

  absl::Status prepareJson(std::optional<support::OutputFile>& model) {
    const absl::StatusOr<std::string> text = writeGraphJson(result_->graph);
    if (!text.ok()) return ofModel(text.status());
    absl::StatusOr<support::OutputFile> file = support::OutputFile::create(arguments_.output);
    if (!file.ok()) return file.status();
    model.emplace(*std::move(file));
    if (absl::Status status = model->append(bytesOf(*text)); !status.ok()) return status;
    report_.bytesAfter = text->size();
    return model->finish(writeOptions_.durable);
  }

  absl::Status writeOnnx() {
    writeOptions_.diagnostics = options_.diagnostics;
    absl::StatusOr<onnx::WriteResult> written =
        onnx::writeFile(*result_, *model_.source, arguments_.output, writeOptions_);
    if (!written.ok()) return written.status();
    report_.bytesAfter = written->bytes;
    conversions_ = std::move(written->conversions);
    report_.conversions = conversions_;
    reportConversions(model_.graph, *result_, conversions_, options_.diagnostics, written->fills);
    return absl::OkStatus();
  }

  const CompileArguments& arguments_;
  ProgressLine progress_;
  CompileOptions options_;
  onnx::WriteOptions writeOptions_;
  std::optional<Target> target_;
  onnx::Model model_;
  std::optional<CompileResult> result_;
  std::vector<Diagnostic> diagnostics_;
  std::vector<ConversionStats> conversions_;
  ReportInput report_;
  bool isRefused_ = false;  // by the target: the message has a line per node
};

}  // namespace

CLI::App* addCompileCommand(CLI::App& app, CompileArguments& arguments) {
  CLI::App* command = app.add_subcommand(
      "compile", "Decide the precision of every operator of a model and write the model that has it");
  command->add_option("--model", arguments.model, "ONNX model, or JSON graph (recognised by its contents); required");
  command->add_option("--output", arguments.output, "where the compiled model goes; required, but for --dry_run");
  addTargetFlags(*command, arguments, kDefaultTarget);
  addPolicyFlags(*command, arguments);
  addAtcFlags(*command, arguments);
  addWriteFlags(*command, arguments);
  command->add_option("--report", arguments.report, "where the JSON report goes");
  command->add_flag("--quiet", arguments.quiet, "no table, no warnings");
  command->add_flag("--dry_run", arguments.dryRun, "decide and report, write no model");
  return command;
}

int runCompile(const CompileArguments& arguments) { return CompileRun(arguments).run(); }

}  // namespace precast::tool
