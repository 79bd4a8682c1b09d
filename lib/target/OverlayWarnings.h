// What is doubtful about an op-info entry on the target that it is for. Silent without a sink. Thread-safe: no state.
#pragma once

#include <string_view>

#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Target.h"
#include "target/OpsInfoReader.h"

namespace precast::target {

/// A row for float16 and one for float32 are a guess; where an operator's schema has the rows, or it needs none, not.
/// `replaces`: there are rows that the entry takes the place of.
void warnOfUnstatedRows(const ReadEntry& item, bool replaces, const DiagnosticSink& diagnostics);

/// An entry for some versions, on a target whose operators have none.
void warnOfVersions(const ReadEntry& item, std::string_view target, const DiagnosticSink& diagnostics);

/// An entry under the ONNX name of an operator that `served` serves.
void warnOfMapped(const ReadEntry& item, std::string_view served, std::string_view target,
                  const DiagnosticSink& diagnostics);

/// An entry of an operator that is new on the target, of which `known`, one that it has, differs by case alone.
void warnOfCase(const ReadEntry& item, std::string_view known, std::string_view target,
                const DiagnosticSink& diagnostics);

/// An entry of an engine for which the target has none of its `libraries`; it gets one behind them.
void warnOfEngine(const ReadEntry& item, absl::Span<const KernelLibrary> libraries, std::string_view target,
                  const DiagnosticSink& diagnostics);

}  // namespace precast::target
