#include "target/Overlay.h"

#include <algorithm>
#include <utility>

#include "target/OverlayWarnings.h"

namespace precast::target {

namespace {

struct Engine {
  std::string_view name;
  std::string_view library;
};

// As CANN's graph engine registers them: the AI Core's scalar and vector units, the AI CPU with TensorFlow's kernels
// and with CANN's own.
constexpr Engine kEngines[] = {
    {"AIcoreEngine", kAiCore}, {"VectorEngine", kAiCore}, {"DNN_VM_AICPU", "aicpu"}, {"DNN_VM_AICPU_ASCEND", "aicpu"}};

}  // namespace

std::string_view libraryOfEngine(std::string_view engine) {
  for (const Engine& each : kEngines) {
    if (each.name == engine) return each.library;
  }
  return engine;
}

void overlay(std::vector<OpEntry>& entries, EntryIndex& ofType, std::vector<ReadEntry> items,
             Replacements& replacements, const DiagnosticSink& diagnostics) {
  std::vector<bool> replaced(entries.size(), false);
  for (ReadEntry& item : items) {
    OpEntry& entry = item.entry;
    std::vector<std::uint32_t> known;
    // Entries of the same text do not replace each other: their keys differ.
    std::vector<std::uint32_t>& sameType = ofType[entry.type];
    for (std::size_t i = 0, count = sameType.size(); i < count; ++i) {
      const std::uint32_t e = sameType[i];
      if (entries[e].domain != entry.domain || (e < replaced.size() && replaced[e])) continue;
      if (includesVersions(entry, entries[e])) {
        known.push_back(e);
      } else if (goesOnBehind(entries[e], entry)) {
        replacements.note(entries[e]);
        OpEntry rest = entries[e];
        rest.sinceVersion = entry.untilVersion + 1;
        if (entries[e].sinceVersion >= entry.sinceVersion) {
          entries[e] = std::move(rest);
        } else {
          sameType.push_back(static_cast<std::uint32_t>(entries.size()));
          entries.push_back(std::move(rest));
        }
      }
    }
    if (item.dynamicWithoutColumns && !known.empty()) {
      // What the file states replaces what is there, except for the rows, which it does not have.
      for (std::uint32_t e : known) {
        replacements.note(entries[e]);
        entries[e].colour = entry.colour;
        entries[e].colourStated = entry.colourStated;
        entries[e].source = entry.source;
      }
      continue;
    }
    const bool losesRows = std::any_of(known.begin(), known.end(), [&](std::uint32_t e) {
      return !entries[e].inputs.empty() || !entries[e].outputs.empty();
    });
    if (losesRows || !item.kernelWithoutOperands) warnOfUnstatedRows(item, !known.empty(), diagnostics);
    replaced.resize(entries.size(), false);
    for (std::uint32_t e : known) {
      replaced[e] = true;
      replacements.note(entries[e]);
    }
    entries.push_back(std::move(entry));
  }
  std::size_t kept = 0;
  for (std::size_t e = 0; e < entries.size(); ++e) {
    if (e < replaced.size() && replaced[e]) continue;
    if (kept != e) entries[kept] = std::move(entries[e]);
    ++kept;
  }
  entries.resize(kept);
}

}  // namespace precast::target
