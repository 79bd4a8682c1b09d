#include "precast/Target.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "schema/Schema.h"
#include "support/AbslText.h"
#include "support/NearestName.h"
#include "target/EmbeddedFiles.h"
#include "target/ImplModes.h"
#include "target/OpMap.h"
#include "target/OperatorKeys.h"
#include "target/OpsInfoReader.h"
#include "target/Overlay.h"
#include "target/OverlayWarnings.h"
#include "target/Replacements.h"

namespace precast {

namespace {

struct ClassRow {
  std::string_view type;
  OpClass opClass;
};

// What needs no kernel row on any target (precision-semantics, section 2); a target's own marks add to these.
constexpr ClassRow kClasses[] = {
    {"BitCast", OpClass::keepOwn},
    {"Cast", OpClass::cast},
    {"CastLike", OpClass::cast},
    {"ConcatFromSequence", OpClass::keepOwn},
    {"Constant", OpClass::keepOwn},
    {"Flatten", OpClass::dataMover},
    {"Identity", OpClass::dataMover},
    {"If", OpClass::controlFlow},
    {"Loop", OpClass::controlFlow},
    {"Optional", OpClass::keepOwn},
    {"OptionalGetElement", OpClass::keepOwn},
    {"OptionalHasElement", OpClass::keepOwn},
    {"Reshape", OpClass::dataMover},
    {"Scan", OpClass::controlFlow},
    {"SequenceAt", OpClass::keepOwn},
    {"SequenceConstruct", OpClass::keepOwn},
    {"SequenceEmpty", OpClass::keepOwn},
    {"SequenceErase", OpClass::keepOwn},
    {"SequenceInsert", OpClass::keepOwn},
    {"SequenceLength", OpClass::keepOwn},
    {"SequenceMap", OpClass::controlFlow},
    {"Shape", OpClass::keepOwn},
    {"Size", OpClass::keepOwn},
    {"SplitToSequence", OpClass::keepOwn},
    {"Squeeze", OpClass::dataMover},
    {"Unsqueeze", OpClass::dataMover},
};

OpClass classOf(const OpKind& kind) {
  if (!kind.domain.empty()) return OpClass::compute;
  const auto* row = std::lower_bound(std::begin(kClasses), std::end(kClasses), kind.type,
                                     [](const ClassRow& r, std::string_view type) { return r.type < type; });
  return row != std::end(kClasses) && row->type == kind.type ? row->opClass : OpClass::compute;
}

constexpr std::size_t kMostLibraries = 255;  // Decision::library has a byte, and 0 is "graph"

constexpr std::string_view kDescription = "/target.json";

// The folder of a built-in target: what stands before "/target.json"; "" for other files.
std::string_view folderOf(std::string_view path) {
  if (path.size() <= kDescription.size() || path.substr(path.size() - kDescription.size()) != kDescription) return {};
  return path.substr(0, path.size() - kDescription.size());
}

absl::Status missingFile(std::string_view target, std::string_view file) {
  return absl::InternalError(fmt::format("built-in target '{}' names '{}', which is not built in", target, file));
}

}  // namespace

struct Target::Table {
  std::string name;
  std::vector<KernelLibrary> libraries;
  bool keepsUnknownOps = false;
  bool rowsFromSchema = false;
  bool isOwn = false;   // made of op-info files alone
  OpEntry schemaEntry;  // serves whatever has a schema and no entry, if rowsFromSchema
  std::vector<target::NamedMapping> mappings;
  target::ImplModeTable implModes;                // of the operators of the first library
  std::vector<target::EntryIndex> entriesByType;  // by library
  target::EntryIndex mappingsByType;              // positions in `mappings`

  void buildIndices() {
    schemaEntry.rows = RowSource::schema;
    entriesByType.assign(libraries.size(), {});
    mappingsByType.clear();
    for (std::size_t l = 0; l < libraries.size(); ++l) {
      for (std::size_t e = 0; e < libraries[l].entries.size(); ++e) {
        entriesByType[l][libraries[l].entries[e].type].push_back(static_cast<std::uint32_t>(e));
      }
    }
    for (std::size_t m = 0; m < mappings.size(); ++m)
      mappingsByType[mappings[m].onnxType].push_back(static_cast<std::uint32_t>(m));
  }

  const OpEntry* find(std::size_t library, std::string_view type, std::string_view domain, int version) const {
    const auto found = entriesByType[library].find(support::abslView(type));
    if (found == entriesByType[library].end()) return nullptr;
    const OpEntry* best = nullptr;
    for (std::uint32_t e : found->second) {
      const OpEntry& entry = libraries[library].entries[e];
      if (entry.domain != domain || (version != 0 && entry.sinceVersion > version)) continue;
      if (best == nullptr || entry.sinceVersion >= best->sinceVersion) best = &entry;
    }
    const bool ended = best != nullptr && version != 0 && best->untilVersion != 0 && best->untilVersion < version;
    return ended ? nullptr : best;
  }

  bool hasLiteral(const OpKind& kind) const {
    for (std::size_t l = 0; l < libraries.size(); ++l) {
      if (find(l, kind.type, kind.domain, 0) != nullptr) return true;
    }
    return false;
  }

  const OpMapping* mapping(const OpKind& kind) const {
    if (!kind.domain.empty()) return nullptr;
    // A graph without schemas speaks the target's own language first.
    if (!kind.hasSchema && hasLiteral(kind)) return nullptr;
    const auto found = mappingsByType.find(support::abslView(kind.type));
    return found == mappingsByType.end() ? nullptr : target::mappingFor(kind, mappings, found->second);
  }

  void setImplModes(OpEntry& entry) const {
    const auto found = implModes.find(support::abslView(entry.type));
    entry.implModes = found == implModes.end() || !entry.domain.empty() ? std::vector<std::string>() : found->second;
  }

  // On a target with an op map an entry is for one of its own operators, which have no versions.
  void adaptToOpMap(target::ReadEntry& item, const DiagnosticSink& diagnostics) const {
    OpEntry& entry = item.entry;
    if (entry.sinceVersion != 0 || entry.untilVersion != 0) target::warnOfVersions(item, name, diagnostics);
    entry.sinceVersion = entry.untilVersion = 0;
    if (!entry.domain.empty()) return;  // the map is of ONNX alone
    const auto mapped = mappingsByType.find(support::abslView(entry.type));
    const bool isKnown = std::any_of(entriesByType.begin(), entriesByType.end(), [&](const auto& ofType) {
      return ofType.contains(support::abslView(entry.type));
    });
    if (mapped == mappingsByType.end() || isKnown) return;
    const std::string& served = mappings[mapped->second.front()].mapping.targetType;
    if (served != entry.type) target::warnOfMapped(item, served, name, diagnostics);
  }

  // Warns of new operators whose names differ by case alone from those that are known: no model has both.
  void warnOfCases(absl::Span<const target::ReadEntry> items, const DiagnosticSink& diagnostics) const {
    if (!diagnostics || isOwn) return;
    absl::flat_hash_map<std::string, std::string> known;  // by their lower case; lookups only
    const auto add = [&](std::string_view type) { known.emplace(support::lowerCase(type), type); };
    for (const KernelLibrary& library : libraries) {
      for (const OpEntry& entry : library.entries) add(entry.type);
    }
    for (const target::NamedMapping& map : mappings) add(map.onnxType);
    if (rowsFromSchema) {
      for (const std::string& name : onnx::schemaOperatorNames()) add(target::readOperatorName(name).type);
    }
    for (const target::ReadEntry& item : items) {
      const auto found = known.find(support::lowerCase(item.entry.type));
      if (found == known.end() || found->second == item.entry.type) continue;
      const bool isKnown = mappingsByType.contains(support::abslView(item.entry.type)) ||
                           std::any_of(entriesByType.begin(), entriesByType.end(), [&](const auto& ofType) {
                             return ofType.contains(support::abslView(item.entry.type));
                           });
      if (!isKnown) target::warnOfCase(item, found->second, name, diagnostics);
    }
  }

  // The library that `item` is for: by its engine, else the first. One that the target lacks comes behind the others.
  absl::StatusOr<std::size_t> libraryOf(const target::ReadEntry& item, const DiagnosticSink& diagnostics) {
    if (item.engine.empty()) return 0;
    const std::string_view wanted = target::libraryOfEngine(item.engine);
    const auto found = std::find_if(libraries.begin(), libraries.end(),
                                    [&](const KernelLibrary& library) { return library.name == wanted; });
    if (found != libraries.end()) return static_cast<std::size_t>(found - libraries.begin());
    // A target of one's own calls its first library otherwise.
    if (wanted == target::kAiCore) return 0;
    if (libraries.size() == kMostLibraries) {
      return absl::InvalidArgumentError(
          fmt::format("{}: operator '{}' is of engine '{}', but target '{}' has {} libraries already, and more there "
                      "cannot be",
                      item.place, item.entry.type, item.engine, name, kMostLibraries));
    }
    if (!isOwn) target::warnOfEngine(item, libraries, name, diagnostics);
    libraries.push_back({std::string(wanted), {}});
    entriesByType.emplace_back();
    return libraries.size() - 1;
  }

  // Entries of an op-info text over those of the libraries that they are for.
  absl::Status overlay(std::string_view json, std::string_view source, const DiagnosticSink& diagnostics) {
    absl::StatusOr<std::vector<target::ReadEntry>> read =
        target::readOpsInfo(json, source, rowsFromSchema ? RowSource::schema : RowSource::uniform, diagnostics);
    if (!read.ok()) return read.status();
    buildIndices();
    warnOfCases(*read, diagnostics);
    std::vector<std::vector<target::ReadEntry>> ofLibrary;
    for (target::ReadEntry& item : *read) {
      const absl::StatusOr<std::size_t> library = libraryOf(item, diagnostics);
      if (!library.ok()) return library.status();
      if (*library == 0) setImplModes(item.entry);
      if (!mappings.empty()) adaptToOpMap(item, diagnostics);
      ofLibrary.resize(libraries.size());
      ofLibrary[*library].push_back(std::move(item));
    }
    target::Replacements replacements;
    for (std::size_t l = 0; l < ofLibrary.size(); ++l) {
      target::overlay(libraries[l].entries, entriesByType[l], std::move(ofLibrary[l]), replacements, diagnostics);
    }
    replacements.report(source, diagnostics);
    buildIndices();
    return absl::OkStatus();
  }
};

namespace {

// What a message says about a name that is no target's: the target of the SoC version that is called so, which may be
// another than the name is like.
std::string listKnownTargets(std::string_view name) {
  const std::vector<std::string_view> known = Target::builtinNames();
  for (std::string_view target : known) {
    const std::vector<std::string> versions = Target::socVersions(target);
    if (std::find(versions.begin(), versions.end(), name) == versions.end()) continue;
    return fmt::format("{}; SoC version '{}' has target '{}'", fmt::join(known, ", "), name, target);
  }
  return support::listKnown(name, known);
}

}  // namespace

Target::Target(std::shared_ptr<const Table> table) : table_(std::move(table)) {}

std::vector<std::string_view> Target::builtinNames() {
  std::vector<std::string_view> names;
  for (const target::EmbeddedFile& file : target::embeddedFiles()) {
    if (const std::string_view folder = folderOf(file.path); !folder.empty()) names.push_back(folder);
  }
  return names;
}

absl::StatusOr<Target> Target::builtin(std::string_view name) {
  const target::EmbeddedFile* file = target::findEmbedded(std::string(name) + std::string(kDescription));
  if (file == nullptr || name.empty()) {
    return absl::NotFoundError(fmt::format("no target '{}'; known are {}", name, listKnownTargets(name)));
  }
  const absl::StatusOr<target::TargetDescription> description = target::readTarget(file->text, file->path);
  if (!description.ok()) return description.status();
  auto table = std::make_shared<Table>();
  table->name = description->name;
  table->keepsUnknownOps = description->keepsUnknownOps;
  table->rowsFromSchema = description->rowsFromSchema;
  for (const target::TargetDescription::Library& library : description->libraries) {
    KernelLibrary kernels;
    kernels.name = library.name;
    for (const std::string& path : library.files) {
      const target::EmbeddedFile* info = target::findEmbedded(path);
      if (info == nullptr) return missingFile(name, path);
      absl::StatusOr<std::vector<target::ReadEntry>> entries =
          target::readOpsInfo(info->text, info->path, table->rowsFromSchema ? RowSource::schema : RowSource::uniform);
      if (!entries.ok()) return entries.status();
      kernels.entries.reserve(kernels.entries.size() + entries->size());
      for (target::ReadEntry& entry : *entries) kernels.entries.push_back(std::move(entry.entry));
    }
    table->libraries.push_back(std::move(kernels));
  }
  if (!description->opMap.empty()) {
    const target::EmbeddedFile* map = target::findEmbedded(description->opMap);
    if (map == nullptr) return missingFile(name, description->opMap);
    absl::StatusOr<std::vector<target::NamedMapping>> mappings = target::readOpMap(map->text, map->path);
    if (!mappings.ok()) return mappings.status();
    table->mappings = *std::move(mappings);
  }
  if (!description->implModes.empty()) {
    const target::EmbeddedFile* modes = target::findEmbedded(description->implModes);
    if (modes == nullptr) return missingFile(name, description->implModes);
    table->implModes = target::readImplModes(modes->text);
    for (OpEntry& entry : table->libraries[0].entries) table->setImplModes(entry);
  }
  table->buildIndices();
  return Target(std::move(table));
}

absl::StatusOr<Target> Target::fromOpsInfo(std::string_view json, std::string_view source,
                                           const DiagnosticSink& diagnostics) {
  auto table = std::make_shared<Table>();
  table->name = std::string(source);
  table->isOwn = true;
  table->libraries.push_back({"ops_info", {}});
  // The format is Ascend's, and so are the operators' names.
  table->implModes = target::readImplModes(target::builtinImplModeIni("all_ops_impl_mode"));
  if (absl::Status status = table->overlay(json, source, diagnostics); !status.ok()) return status;
  return Target(std::move(table));
}

absl::StatusOr<Target> Target::withOpsInfo(std::string_view json, std::string_view source,
                                           const DiagnosticSink& diagnostics) const {
  auto table = std::make_shared<Table>(*table_);
  if (absl::Status status = table->overlay(json, source, diagnostics); !status.ok()) return status;
  return Target(std::move(table));
}

std::string_view Target::name() const { return table_->name; }
absl::Span<const KernelLibrary> Target::libraries() const { return table_->libraries; }
bool Target::keepsUnknownOps() const { return table_->keepsUnknownOps; }
bool Target::computesIn(DType dtype) const {
  if (table_->rowsFromSchema || libraries().empty()) return table_->rowsFromSchema;
  const auto& entries = libraries().front().entries;
  const auto anyOf = [&](const auto& is) { return std::any_of(entries.begin(), entries.end(), is); };
  const auto isCube = [](const OpEntry& entry) { return entry.cube; };
  // What only moves, compares or indexes bfloat16 does not compute in it.
  const auto isProduct = [](const OpEntry& entry) {
    return entry.domain.empty() && (entry.type == "MatMul" || entry.type == "Gemm" || entry.type == "Conv");
  };
  const bool marksCube = anyOf(isCube);
  const bool hasProduct = !marksCube && anyOf(isProduct);
  const auto has = [&](const KernelOperand& operand) {
    return std::find(operand.column.begin(), operand.column.end(), dtype) != operand.column.end();
  };
  return anyOf([&](const OpEntry& entry) {
    const bool counts = marksCube ? entry.cube : !hasProduct || isProduct(entry);
    if (!counts || entry.opClass != OpClass::compute) return false;
    return entry.rows == RowSource::schema || std::any_of(entry.inputs.begin(), entry.inputs.end(), has);
  });
}

std::string_view Target::implModeTable(std::string_view name) {
  return name == "all_ops_impl_mode" ? std::string_view() : target::builtinImplModeIni(name);
}

bool Target::hasOpMap() const { return !table_->mappings.empty(); }

namespace {

std::vector<std::string> sortedOnce(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::vector<std::string> Target::operatorNames() const {
  std::vector<std::string> names;
  for (const KernelLibrary& library : table_->libraries) {
    for (const OpEntry& entry : library.entries) names.push_back(target::operatorName(entry.domain, entry.type));
  }
  return sortedOnce(std::move(names));
}

std::vector<std::string> Target::mappedOperatorNames() const {
  std::vector<std::string> names;
  for (const target::NamedMapping& mapping : table_->mappings) names.push_back(mapping.onnxType);
  return sortedOnce(std::move(names));
}

std::vector<const OpMapping*> Target::mappings(std::string_view onnxType) const {
  std::vector<const OpMapping*> list;
  const auto found = table_->mappingsByType.find(support::abslView(onnxType));
  if (found == table_->mappingsByType.end()) return list;
  for (std::uint32_t m : found->second) list.push_back(&table_->mappings[m].mapping);
  return list;
}

TargetOp Target::resolve(const OpKind& kind) const {
  TargetOp op;
  op.opClass = classOf(kind);
  op.mapping = table_->mapping(kind);
  if (op.mapping != nullptr) op.targetType = op.mapping->targetType;
  const std::string_view type = op.mapping == nullptr ? std::string_view(kind.type) : op.targetType;
  for (std::size_t l = 0; l < table_->libraries.size(); ++l) {
    const OpEntry* entry = table_->find(l, type, kind.domain, kind.sinceVersion);
    if (entry == nullptr && l == 0 && table_->rowsFromSchema && kind.hasSchema) entry = &table_->schemaEntry;
    op.entries.push_back(entry);
    op.known |= entry != nullptr;
  }
  if (const OpEntry* first = op.entries.empty() ? nullptr : op.entries[0]; first != nullptr) {
    op.colour = first->colour;
    op.colourStated = first->colourStated;
    if (op.opClass == OpClass::compute) op.opClass = first->opClass;
  }
  // An operator that becomes one of the movers moves data, whatever it is called.
  if (op.mapping != nullptr && op.opClass == OpClass::compute) {
    OpKind mapped;
    mapped.type = std::string(type);
    if (classOf(mapped) == OpClass::dataMover) op.opClass = OpClass::dataMover;
  }
  op.known |= op.opClass != OpClass::compute;
  return op;
}

}  // namespace precast
