// The few lines that end a run on a terminal.

#include <iterator>

#include "fmt/format.h"
#include "precast/Report.h"

namespace precast {
namespace {

void appendRow(std::string& out, std::string_view label, std::string_view number, std::string_view remark = {}) {
  fmt::format_to(std::back_inserter(out), "  {:<20}{:>12}", label, number);
  if (!remark.empty()) fmt::format_to(std::back_inserter(out), "  {}", remark);
  out += '\n';
}

void appendCount(std::string& out, std::string_view label, std::uint64_t count, std::string_view remark = {}) {
  appendRow(out, label, fmt::format("{}", count), remark);
}

/// How many of the constants had values beyond the range of their new dtype; nothing if all values fitted.
std::string saturationRemark(const ReportInput& input) {
  std::size_t tensors = 0;
  for (const ConversionStats& stats : input.conversions) tensors += stats.saturated > 0 ? 1 : 0;
  return tensors == 0 ? std::string() : fmt::format("({} with saturated values)", tensors);
}

}  // namespace

std::string writeReportTable(const ReportInput& input) {
  const Summary summary = summarize(input);
  std::string out = fmt::format("{}: {} on target {}\n", input.model, toString(input.mode), input.result->plan.target);
  appendCount(out, "float16 nodes", summary.float16Nodes);
  appendCount(out, "float32 nodes", summary.float32Nodes);
  if (summary.bfloat16Nodes > 0) appendCount(out, "bfloat16 nodes", summary.bfloat16Nodes);
  appendCount(out, "other nodes", summary.otherNodes);
  appendCount(out, "casts inserted", summary.castsInserted,
              summary.castBytes > 0 ? fmt::format("({} bytes moved)", summary.castBytes) : std::string());
  appendCount(out, "casts removed", summary.castsRemoved);
  appendCount(out, "constants converted", summary.constantsConverted, saturationRemark(input));
  appendCount(out, "bytes before", summary.bytesBefore);
  if (!summary.bytesAfter.has_value()) {
    appendRow(out, "bytes after", "-");
  } else if (summary.bytesBefore == 0) {
    appendCount(out, "bytes after", *summary.bytesAfter);
  } else {
    const double percent = 100.0 * static_cast<double>(*summary.bytesAfter) / static_cast<double>(summary.bytesBefore);
    appendCount(out, "bytes after", *summary.bytesAfter, fmt::format("({:.1f} %)", percent));
  }
  return out;
}

}  // namespace precast
