// The report: what every node got and why, as JSON (`precast.report/1`) with stable key order and no times, and as a
// short table for people. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "precast/Compile.h"
#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// What a report is made of; all of it must outlive the call.
struct ReportInput {
  std::string_view model;                         ///< the model's name, as given by the user
  const Graph* graph = nullptr;                   ///< the graph that was compiled
  const CompileResult* result = nullptr;          ///< what compile() made of it
  PrecisionMode mode = PrecisionMode::forceFp16;  ///< the mode of the policy
  std::uint64_t bytesBefore = 0;                  ///< of the model and its external data
  std::optional<std::uint64_t> bytesAfter;        ///< unset if nothing was written (a dry run): null in the report
  /// By RewriteSummary::constants; empty if nothing was converted (a dry run): counts are null then.
  absl::Span<const ConversionStats> conversions;
  absl::Span<const Diagnostic> diagnostics;  ///< what the sink of the compilation was told
};

/// Counts of a compilation. Nodes that only hold a constant are not counted.
struct Summary {
  std::size_t nodes = 0;                    ///< of all regions
  std::size_t float16Nodes = 0;             ///< whose leading float operand is float16
  std::size_t float32Nodes = 0;             ///< likewise float32
  std::size_t bfloat16Nodes = 0;            ///< likewise bfloat16
  std::size_t otherNodes = 0;               ///< without a float operand
  std::size_t castsInserted = 0;            ///< Casts that the compiler placed
  std::size_t castsRemoved = 0;             ///< Casts of the model that became superfluous
  std::int64_t castBytes = 0;               ///< of the casts whose shape is known
  std::size_t constantsConverted = 0;       ///< constants with a new dtype
  std::uint64_t bytesBefore = 0;            ///< ReportInput::bytesBefore
  std::optional<std::uint64_t> bytesAfter;  ///< ReportInput::bytesAfter
};

/// Counts what `input` holds. Linear time.
Summary summarize(const ReportInput& input);

/// The JSON report: keys in the order of the schema (doc/report.md), one node, cast, constant and diagnostic per line.
/// `inputs` and `outputs` of a node are its dtypes as decided, `dtype` that of its leading float operand. An unnamed
/// node has the name "" and appears in `because` and in diagnostics as "#<id> (OpType)"; in `region` paths
/// ("If_3/then_branch") likewise. `text` is explain(). `max_abs` is the shortest number that reads back; JSON has no
/// infinity, so that is the string "inf".
std::string writeReportJson(const ReportInput& input);

/// The same report in pieces of about a megabyte, for graphs so large that it should not be held in memory. The first
/// error of `sink` ends the writing and is returned.
using ReportSink = std::function<absl::Status(std::string_view)>;
/// Writes the report of writeReportJson(const ReportInput&) to `sink`.
absl::Status writeReportJson(const ReportInput& input, const ReportSink& sink);

/// A table of a few lines: nodes per dtype, casts, constants, bytes before and after; one label and one number per
/// line, the labels from column 2, the numbers ending in column 34.
std::string writeReportTable(const ReportInput& input);

}  // namespace precast
PRECAST_EXPORT_END
