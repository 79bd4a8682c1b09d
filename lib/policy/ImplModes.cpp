// Which of the implementation-mode flags speaks, in the order that ATC documents: op_precision_mode alone if it is
// given; else op_select_implmode, whose default is high_performance, with optypelist_for_implmode or the built-in table
// of its name.
#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "policy/Selectors.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

namespace {

constexpr std::string_view kSelect = "--op_select_implmode";
constexpr std::string_view kList = "--optypelist_for_implmode";
constexpr std::string_view kForAll[] = {"high_precision_for_all", "high_performance_for_all"};
constexpr std::string_view kSelections[] = {"high_performance", "high_precision", kForAll[1], kForAll[0]};

void warn(const DiagnosticSink& diagnostics, std::string message) {
  if (!diagnostics) return;
  diagnostics({Severity::warning, "impl-mode-flag-ignored", NodeId::none, "", std::move(message)});
}

absl::StatusOr<std::vector<ImplModeEntry>> builtInModes(const ImplModeTables& tables, std::string_view name) {
  const std::string_view text = tables ? tables(name) : std::string_view();
  if (text.empty()) {
    return absl::NotFoundError(fmt::format("there is no table '{}' of implementation modes", name));
  }
  absl::StatusOr<std::vector<ImplModeEntry>> entries = parseImplModeTable(text, fmt::format("{}.ini", name));
  if (!entries.ok()) return entries.status();
  for (ImplModeEntry& entry : *entries) entry.fromUser = false;
  return entries;
}

}  // namespace

absl::StatusOr<std::vector<ImplModeEntry>> resolveImplModes(const ImplModeFlags& flags, const ImplModeTables& tables,
                                                            const DiagnosticSink& diagnostics) {
  if (!flags.optypelistForImplmode.empty() && flags.opSelectImplmode.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} is given without {}, which says what its operators take", kList, kSelect));
  }
  const bool known = flags.opSelectImplmode.empty() || std::find(std::begin(kSelections), std::end(kSelections),
                                                                 flags.opSelectImplmode) != std::end(kSelections);
  if (!known) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", kSelect, policy::unknownWord("value", flags.opSelectImplmode, kSelections)));
  }
  std::vector<std::string> types;
  if (!flags.optypelistForImplmode.empty()) {
    absl::StatusOr<std::vector<std::string>> list = parseOptypelist(flags.optypelistForImplmode, kList);
    if (!list.ok()) return list.status();
    types = *std::move(list);
  }
  if (flags.opPrecisionMode.has_value()) {
    if (!flags.opSelectImplmode.empty()) {
      warn(diagnostics, fmt::format("{}{} has no effect beside --op_precision_mode", kSelect,
                                    types.empty() ? "" : fmt::format(" with {}", kList)));
    }
    return parseOpPrecisionMode(flags.opPrecisionMode->text, flags.opPrecisionMode->source, diagnostics);
  }
  const std::string_view selection = flags.opSelectImplmode.empty() ? kSelections[0] : flags.opSelectImplmode;
  const bool forAll = std::find(std::begin(kForAll), std::end(kForAll), selection) != std::end(kForAll);
  if (forAll && !types.empty()) warn(diagnostics, fmt::format("{} has no effect with {}", kList, selection));
  if (forAll || types.empty()) {
    absl::StatusOr<std::vector<ImplModeEntry>> table = builtInModes(tables, selection);
    // Where no flag chooses, what is so without an entry needs none: only modes that somebody chose are written.
    if (table.ok() && flags.opSelectImplmode.empty()) {
      const auto isDefault = [](const ImplModeEntry& entry) { return entry.mode == ImplMode::highPerformance; };
      table->erase(std::remove_if(table->begin(), table->end(), isDefault), table->end());
    }
    return table;
  }
  std::vector<ImplModeEntry> entries;
  for (const std::string& type : types) {
    ImplModeEntry& entry = entries.emplace_back();
    entry.nodes = policy::nodesOfType(type, "optypelist_for_implmode", std::string(kList));
    entry.mode = *parseImplMode(selection);
  }
  return entries;
}

}  // namespace precast
