#include "target/OverlayWarnings.h"

#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "support/NearestName.h"

namespace precast::target {

void warnOfUnstatedRows(const ReadEntry& item, bool replaces, const DiagnosticSink& diagnostics) {
  const OpEntry& entry = item.entry;
  if (!diagnostics || !item.rowsUnstated || entry.rows != RowSource::uniform || entry.opClass != OpClass::compute)
    return;
  const std::string_view why = item.dynamicWithoutColumns ? "dynamicFormat and " : "";
  const std::string_view help =
      replaces ? "; with \"dynamicFormat\":{\"flag\":\"true\"} it would keep the rows that it replaces" : "";
  diagnostics({Severity::warning, item.dynamicWithoutColumns ? "dynamic-format" : "ops-info-no-rows", NodeId::none, "",
               fmt::format("{}: operator '{}' has {}no dtype columns; taken as float16 or float32 throughout{}",
                           item.place, entry.type, why, help)});
}

void warnOfVersions(const ReadEntry& item, std::string_view target, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  diagnostics({Severity::warning, "ops-info-versions", NodeId::none, "",
               fmt::format("{}: operator '{}' is for some versions, but the operators of target '{}' have none; it is "
                           "taken for all",
                           item.place, item.entry.type, target)});
}

void warnOfMapped(const ReadEntry& item, std::string_view served, std::string_view target,
                  const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  diagnostics({Severity::warning, "ops-info-mapped", NodeId::none, "",
               fmt::format("{}: '{}' of ONNX is served by '{}' on target '{}'; this entry is for JSON graphs alone",
                           item.place, item.entry.type, served, target)});
}

void warnOfCase(const ReadEntry& item, std::string_view known, std::string_view target,
                const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  diagnostics({Severity::warning, "ops-info-case", NodeId::none, "",
               fmt::format("{}: operator '{}' is new on target '{}', which has '{}'", item.place, item.entry.type,
                           target, known)});
}

void warnOfEngine(const ReadEntry& item, absl::Span<const KernelLibrary> libraries, std::string_view target,
                  const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  std::vector<std::string_view> names;
  for (const KernelLibrary& library : libraries) names.push_back(library.name);
  diagnostics({Severity::warning, "ops-info-engine", NodeId::none, "",
               fmt::format("{}: operator '{}' is of engine '{}', but target '{}' has no library of that name, only {}; "
                           "what is of this engine is tried behind these",
                           item.place, item.entry.type, item.engine, target, support::listKnown(item.engine, names))});
}

}  // namespace precast::target
