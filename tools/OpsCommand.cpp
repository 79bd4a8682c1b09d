#include "OpsCommand.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "Messages.h"
#include "TextTable.h"
#include "fmt/format.h"
#include "precast/Target.h"
#include "schema/Schema.h"
#include "support/NearestName.h"
#include "support/PlainText.h"
#include "target/OperatorKeys.h"

namespace precast::tool {

namespace {

using Lines = std::vector<std::vector<std::string>>;

constexpr std::size_t kNearest = 3;  // operators that are shown for one that there is not

// Of an entry or of an operator.
template <typename Named>
std::string qualifiedName(const Named& named) {
  return target::operatorName(named.domain, named.type);
}

std::string_view listName(const OpEntry& entry) {
  if (entry.opClass == OpClass::dataMover) return "moves data";
  switch (entry.colour) {
  case ListColour::white:
    return "white list";
  case ListColour::black:
    return "black list";
  case ListColour::gray:
    break;
  }
  return "gray list";
}

std::string versionsOf(const OpEntry& entry) {
  if (entry.sinceVersion == 0 && entry.untilVersion == 0) return "";
  if (entry.untilVersion == 0) return fmt::format("{}+", entry.sinceVersion);
  return entry.untilVersion == entry.sinceVersion ? fmt::format("{}", entry.sinceVersion)
                                                  : fmt::format("{}-{}", entry.sinceVersion, entry.untilVersion);
}

std::string rowSummary(const OpEntry& entry) {
  switch (entry.rows) {
  case RowSource::columns:
    return fmt::format("{} {}", entry.rowCount, entry.rowCount == 1 ? "row" : "rows");
  case RowSource::sets:
    return "a set of dtypes per operand";
  case RowSource::schema:
    return "rows of the schema";
  case RowSource::uniform:
    return entry.opClass == OpClass::dataMover ? "no rows needed" : "float16 or float32 throughout";
  }
  return "";
}

std::string heading(const OpEntry& entry, const KernelLibrary& library) {
  std::string text = fmt::format("{}, library {}: {}", qualifiedName(entry), library.name, listName(entry));
  if (const std::string versions = versionsOf(entry); !versions.empty()) text += ", version " + versions;
  if (entry.cube) text += ", matrix unit";
  if (!entry.implModes.empty()) text += fmt::format(", modes {}", fmt::join(entry.implModes, " "));
  return fmt::format("{}, {}\n", support::plainLine(text), rowSummary(entry));
}

std::string operandName(const KernelOperand& operand, std::string_view side, std::size_t slot) {
  std::string name = operand.name.empty() ? fmt::format("{}{}", side, slot) : operand.name;
  if (operand.optional) name += '?';
  if (operand.variadic) name += "...";
  return name;
}

std::string spell(DType dtype) { return dtype == DType::undefined ? "any" : std::string(toString(dtype)); }

std::string setOf(const KernelOperand& operand) {
  if (operand.set == DTypeSet::all()) return "any";
  std::string list;
  for (int number = 0; number < 64; ++number) {
    const auto dtype = static_cast<DType>(number);
    if (operand.set.contains(dtype)) list += (list.empty() ? "" : " ") + spell(dtype);
  }
  return list.empty() ? "none that a graph can have" : list;
}

// One line per operand: its name and its dtypes, by row; for sets, all of them.
std::string operandTable(const OpEntry& entry) {
  Lines lines;
  for (const auto& [side, operands] : {std::pair("input", &entry.inputs), std::pair("output", &entry.outputs)}) {
    for (std::size_t slot = 0; slot < operands->size(); ++slot) {
      const KernelOperand& operand = (*operands)[slot];
      std::vector<std::string> line = {side, operandName(operand, side, slot)};
      if (entry.rows == RowSource::sets) line.push_back(setOf(operand));
      for (DType dtype : operand.column) line.push_back(spell(dtype));
      if (operand.keep) line.emplace_back("(keeps its dtype)");
      lines.push_back(std::move(line));
    }
  }
  return alignColumns(std::move(lines), "  ");
}

std::string_view classNote(OpClass opClass) {
  switch (opClass) {
  case OpClass::dataMover:
    return "moves data and follows its input";
  case OpClass::cast:
    return "is decided by its users";
  case OpClass::controlFlow:
    return "keeps the dtypes of its operands and of its bodies' borders";
  case OpClass::keepOwn:
    return "keeps its own dtypes";
  case OpClass::compute:
    break;
  }
  return "";
}

class OpsRun {
 public:
  OpsRun(const OpsArguments& arguments, const Target& target) : arguments_(arguments), target_(target) {}

  int run() {
    if (arguments_.op.empty()) return printResult(listAll());
    const target::OperatorName name = target::readOperatorName(arguments_.op);
    const std::string_view domain = name.domain.value_or("");
    kind_ = onnx::makeOpKind(domain, name.type, onnx::newestKnownOpset(domain));
    std::string text = describeClass() + describeEntries(kind_.domain, kind_.type);
    if (kind_.domain.empty()) text += describeMappings();
    return text.empty() ? unknown(qualifiedName(kind_)) : printResult(text);
  }

 private:
  std::string listAll() const {
    Lines lines = {{"operator", "library", "versions", "list", "rows", "implementation modes"}};
    std::vector<std::pair<std::string, std::vector<std::string>>> sorted;
    for (const KernelLibrary& library : target_.libraries()) {
      for (const OpEntry& entry : library.entries) {
        sorted.push_back({qualifiedName(entry),
                          {qualifiedName(entry), library.name, versionsOf(entry), std::string(listName(entry)),
                           rowSummary(entry), fmt::format("{}", fmt::join(entry.implModes, " "))}});
      }
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [name, line] : sorted) lines.push_back(std::move(line));
    return alignColumns(std::move(lines));
  }

  // What needs no kernel row, and what has no entry but a schema that a target takes its rows from.
  std::string describeClass() const {
    const TargetOp op = target_.resolve(kind_);
    if (op.opClass != OpClass::compute)
      return fmt::format("{} needs no kernel row: it {}\n", qualifiedName(kind_), classNote(op.opClass));
    const OpEntry* entry = op.entries.empty() ? nullptr : op.entries[0];
    if (entry == nullptr || !entry->type.empty()) return "";
    OpEntry named = *entry;
    named.domain = kind_.domain;
    named.type = kind_.type;
    return heading(named, target_.libraries()[0]);
  }

  std::string describeEntries(const std::string& domain, const std::string& type) const {
    std::string text;
    for (const KernelLibrary& library : target_.libraries()) {
      std::vector<const OpEntry*> entries;
      for (const OpEntry& entry : library.entries) {
        if (entry.type == type && entry.domain == domain) entries.push_back(&entry);
      }
      std::stable_sort(entries.begin(), entries.end(),
                       [](const OpEntry* a, const OpEntry* b) { return a->sinceVersion < b->sinceVersion; });
      for (const OpEntry* entry : entries) text += heading(*entry, library) + operandTable(*entry);
    }
    return text;
  }

  std::string describeMappings() const {
    std::string text;
    std::vector<std::string> shown = {kind_.type};
    for (const OpMapping* mapping : target_.mappings(kind_.type)) {
      if (mapping->targetType == kind_.type && !describeEntries("", kind_.type).empty()) continue;
      std::string when;
      if (!mapping->variant.empty()) when += fmt::format(", mode {}", mapping->variant);
      if (mapping->sinceVersion != 0) when += fmt::format(", version {}+", mapping->sinceVersion);
      const std::string entries = describeEntries("", mapping->targetType);
      text += fmt::format("ONNX {}{} is served by {}{}\n", kind_.type, when, mapping->targetType,
                          entries.empty() ? ", for which this target has no kernel" : "");
      if (std::find(shown.begin(), shown.end(), mapping->targetType) != shown.end()) continue;
      shown.push_back(mapping->targetType);
      text += entries;
    }
    return text;
  }

  // What the target serves: by entries of its own, by its op map, and by schemas if it takes rows from these.
  std::vector<std::string> servedNames() const {
    std::vector<std::string> names = target_.operatorNames();
    const auto add = [&names](std::vector<std::string> more) {
      names.insert(names.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    };
    add(target_.mappedOperatorNames());
    if (servesBySchema(target_)) add(onnx::schemaOperatorNames());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  // The nearest three, first those of other domains that only lack theirs.
  std::vector<std::string_view> nearestOf(std::string_view name, std::vector<std::string_view> served) const {
    std::vector<std::string_view> nearest;
    const auto take = [&](std::string_view near) {
      nearest.push_back(near);
      served.erase(std::find(served.begin(), served.end(), near));
    };
    const auto typeOf = [](std::string_view each) { return target::readOperatorName(each).type; };
    const auto takeByType = [&](std::string_view type) {
      const auto isOfType = [&](std::string_view each) { return support::equalIgnoringCase(typeOf(each), type); };
      for (auto same = served.begin(); nearest.size() < kNearest; take(*same)) {
        same = std::find_if(served.begin(), served.end(), isOfType);
        if (same == served.end()) return;
      }
    };
    if (kind_.domain.empty()) takeByType(name);
    while (nearest.size() < kNearest) {
      const std::string_view near = support::nearestType(name, served);
      if (near.empty()) break;
      take(near);
    }
    if (nearest.empty() && kind_.domain.empty()) {
      std::vector<std::string_view> types;
      std::transform(served.begin(), served.end(), std::back_inserter(types), typeOf);
      if (const std::string_view near = support::nearestType(name, types); !near.empty()) takeByType(near);
    }
    return nearest;
  }

  int unknown(const std::string& name) const {
    const std::vector<std::string> served = servedNames();
    const std::vector<std::string_view> nearest = nearestOf(name, {served.begin(), served.end()});
    std::string message = fmt::format("target '{}' has no operator '{}'", target_.name(), name);
    if (!nearest.empty()) message += fmt::format("; the nearest are {}", fmt::join(nearest, ", "));
    return fail(kFilesAreWrong, message);
  }

  const OpsArguments& arguments_;
  const Target& target_;
  OpKind kind_;  // that `arguments_.op` names
};

}  // namespace

void addOpsCommand(CLI::App& app, OpsArguments& arguments) {
  CLI::App* command = app.add_subcommand("ops", "Print what a target has for an operator, or for all of them");
  addTargetFlags(*command, arguments, "");
  command->add_option("OP", arguments.op, "operator, as Type or domain:Type; ONNX types are looked up on Ascend too");
}

int runOps(const OpsArguments& arguments) {
  if (const std::string mistake = targetFlagsMistake(arguments); !mistake.empty())
    return fail(kCommandLineIsWrong, mistake);
  if (arguments.target.empty() && arguments.socVersion.empty() && arguments.opsInfo.empty())
    return fail(kCommandLineIsWrong, "--target, --soc_version or --ops_info is required");
  const auto print = [](const Diagnostic& diagnostic) {
    printMessage(toString(diagnostic.severity), diagnostic.message);
  };
  const absl::StatusOr<Target> target = readTarget(arguments, "", print);
  if (!target.ok()) return fail(target.status());
  return OpsRun(arguments, *target).run();
}

}  // namespace precast::tool
