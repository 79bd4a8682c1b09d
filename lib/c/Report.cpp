#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

// A writer that wrote another result has other constants, and a plan of another graph other nodes: both would be read
// out of bounds.
absl::Status readReport(const precast_report* given, ReportInput& input) {
  precast_report read{};
  absl::Status status = require({{given, "report"}});
  if (status.ok()) status = readStruct("report", given, PRECAST_REPORT_INIT, read);
  if (status.ok()) status = require({{read.graph, "report.graph"}, {read.result, "report.result"}});
  if (!status.ok()) return status;
  input.model = viewOf(read.model);
  input.graph = behind(read.graph);
  input.result = behind(read.result);
  if (input.result->plan.decisions.size() != input.graph->nodeCount() ||
      input.result->plan.inputDTypes.size() != input.graph->inputOperandCount() ||
      input.result->plan.outputDTypes.size() != input.graph->outputOperandCount()) {
    return absl::InvalidArgumentError("report.result was not compiled from report.graph");
  }
  if (read.policy != nullptr) input.mode = behind(read.policy)->mode;
  input.bytesBefore = read.bytes_before;
  if (read.written != nullptr) {
    const onnx::WriteResult& written = behind(read.written)->result;
    if (behind(read.written)->of != input.result ||
        written.conversions.size() != input.result->rewrite.constants.size()) {
      return absl::InvalidArgumentError("report.written did not write report.result");
    }
    input.bytesAfter = written.bytes;
    input.conversions = written.conversions;
  }
  if (read.diagnostics != nullptr) input.diagnostics = *behind(read.diagnostics);
  return status;
}

}  // namespace

precast_status precast_report_json(const precast_report* report, precast_text_callback write, void* user,
                                   precast_error** error) {
  return guarded(error, [&] {
    ReportInput input;
    absl::Status status = readReport(report, input);
    if (status.ok()) status = require({{reinterpret_cast<const void*>(write), "write"}});
    if (!status.ok()) return status;
    return writeReportJson(input, [&](std::string_view piece) { return sendText(piece, write, user); });
  });
}

precast_status precast_report_table(const precast_report* report, char* buffer, size_t capacity, size_t* size,
                                    precast_error** error) {
  return guarded(error, [&] {
    ReportInput input;
    absl::Status status = readReport(report, input);
    return status.ok() ? fillText(writeReportTable(input), buffer, capacity, size) : status;
  });
}

precast_status precast_report_summary(const precast_report* report, precast_summary* summary, precast_error** error) {
  return guarded(error, [&] {
    ReportInput input;
    if (absl::Status status = readReport(report, input); !status.ok()) return status;
    const Summary made = summarize(input);
    precast_summary filled = PRECAST_SUMMARY_INIT;
    filled.nodes = made.nodes;
    filled.float16_nodes = made.float16Nodes;
    filled.float32_nodes = made.float32Nodes;
    filled.bfloat16_nodes = made.bfloat16Nodes;
    filled.other_nodes = made.otherNodes;
    filled.casts_inserted = made.castsInserted;
    filled.casts_removed = made.castsRemoved;
    filled.cast_bytes = made.castBytes;
    filled.constants_converted = made.constantsConverted;
    filled.bytes_before = made.bytesBefore;
    filled.bytes_after = made.bytesAfter.value_or(0);
    return fillStruct("summary", filled, summary);
  });
}

precast_status precast_report_conversions(const precast_report* report, precast_diagnostic_callback on_diagnostic,
                                          void* user, precast_error** error) {
  return guarded(error, [&] {
    ReportInput input;
    if (absl::Status status = readReport(report, input); !status.ok()) return status;
    if (!input.bytesAfter.has_value()) return absl::InvalidArgumentError("report.written is null");
    reportConversions(*input.graph, *input.result, input.conversions, sinkOf(on_diagnostic, user),
                      behind(report->written)->result.fills);
    return absl::OkStatus();
  });
}
