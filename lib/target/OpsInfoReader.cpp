#include "target/OpsInfoReader.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "support/NearestName.h"
#include "support/StrictJson.h"
#include "target/DTypeWords.h"
#include "target/KnownKeys.h"
#include "target/OperandKeys.h"
#include "target/OperatorKeys.h"

namespace precast::target {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonValue;

absl::Status wrongKind(const JsonDocument& json, const JsonMember& member, std::string_view wanted) {
  return json.error(member.value.position,
                    fmt::format("'{}' must be {}, is {}", member.key, wanted, describe(member.value.kind)));
}

constexpr std::int64_t kNewestVersion = 1'000'000;  // of an operator, in a file that is not a mistake

constexpr std::string_view kParamTypes[] = {"required", "optional", "dynamic"};

class EntryReader {
 public:
  EntryReader(const JsonDocument& json, const JsonMember& op, RowSource defaultRows, const DiagnosticSink& diagnostics)
      : json_(json), op_(op), defaultRows_(defaultRows), diagnostics_(diagnostics) {}

  absl::StatusOr<ReadEntry> read() {
    result_.entry.source = json_.source;
    if (op_.value.kind != JsonValue::Kind::object) return wrongKind(json_, op_, "an object");
    for (const JsonMember& member : op_.value.object) {
      if (absl::Status status = readMember(member); !status.ok()) return status;
    }
    if (absl::Status status = checkVersions(); !status.ok()) return status;
    result_.key = op_.key;
    result_.place = json_.place(op_.position);
    if (absl::Status status = readKey(); !status.ok()) return status;
    if (hasColumns_ || hasSets_) {
      warnOfGaps(inputs_, "input");
      warnOfGaps(outputs_, "output");
    }
    // Nothing that has columns, but some of Ascend's AI CPU, which has sets, is without outputs.
    if (hasColumns_ && outputs_.empty()) warnOfGap(fmt::format("input{}", inputs_.begin()->first), "output0");
    takeOperands(inputs_, result_.entry.inputs);
    takeOperands(outputs_, result_.entry.outputs);
    if (!hasSets_) {
      dropSets(result_.entry.inputs);
      dropSets(result_.entry.outputs);
    }
    if (hasSets_ && hasColumns_)
      return json_.error(op_.position, fmt::format("operator '{}' has both dtype columns and type sets", op_.key));
    if (rowsNone_ && (!result_.entry.inputs.empty() || !result_.entry.outputs.empty()))
      return json_.error(op_.position, fmt::format("operator '{}' has operands, but its rows are 'none'", op_.key));
    if (rowsFromSchema_ && (hasSets_ || hasColumns_)) {
      return json_.error(op_.position, fmt::format("operator '{}' has rows from its schema and {} of its own", op_.key,
                                                   hasSets_ ? "type sets" : "dtype columns"));
    }
    if (rowsFromSchema_) {
      result_.entry.rows = RowSource::schema;
    } else if (hasColumns_) {
      result_.entry.rows = RowSource::columns;
      fillUnstated(result_.entry.inputs);
      fillUnstated(result_.entry.outputs);
    } else if (hasSets_) {
      result_.entry.rows = RowSource::sets;
      // An operand that no `type` list is about, in a gap or not, matches anything.
    } else {
      result_.entry.rows = dynamicFormat_ ? RowSource::uniform : defaultRows_;
      result_.dynamicWithoutColumns = dynamicFormat_;
      result_.rowsUnstated = true;
      result_.kernelWithoutOperands =
          rowsNone_ || (isKernel_ && result_.entry.inputs.empty() && result_.entry.outputs.empty());
    }
    return std::move(result_);
  }

 private:
  // A key that says nothing here is CANN's own business, unless it was meant as one that does.
  void warnOfKey(const JsonMember& member, std::string_view where, std::string_view meant) const {
    if (!diagnostics_) return;
    const std::string nearest = meant.empty() ? std::string() : fmt::format(", the nearest key is '{}'", meant);
    diagnostics_({Severity::warning, "ops-info-unknown-key", NodeId::none, "",
                  fmt::format("{}: operator '{}'{}{}: '{}' says nothing{}", json_.place(member.position), op_.key,
                              where.empty() ? "" : ", ", where, member.key, nearest)});
  }

  // Warns of a key of `place` that was meant as another. `oursAlone`: CANN has no such object, so that
  // any other key is one.
  void checkKeys(const JsonMember& object, KeyPlace place, bool oursAlone) const {
    if (!diagnostics_) return;
    for (const JsonMember& member : object.value.object) {
      const std::string_view meant = meantKey(place, member.key);
      if (!meant.empty() || (oursAlone && member.key != "flag")) warnOfKey(member, object.key, meant);
    }
  }

  // What the flag of `member` says: "true", "false", or "" if it says nothing.
  absl::StatusOr<std::string> readFlag(const JsonMember& member) const {
    if (member.value.kind != JsonValue::Kind::object) return wrongKind(json_, member, "an object with a flag");
    checkKeys(member, KeyPlace::flag, member.key == "moves_data" || member.key == "cube");
    const JsonValue* flag = member.value.find("flag");
    if (flag == nullptr) return std::string();
    if (flag->kind != JsonValue::Kind::string) {
      return json_.error(flag->position,
                         fmt::format("'{}.flag' must be a string, is {}", member.key, describe(flag->kind)));
    }
    if (!flag->string.empty() && flag->string != "true" && flag->string != "false") {
      return json_.error(flag->position, fmt::format("operator '{}': {} is '{}', must be 'true' or 'false'", op_.key,
                                                     member.key, flag->string));
    }
    return flag->string;
  }

  absl::Status checkVersions() const {
    const OpEntry& entry = result_.entry;
    if (entry.untilVersion == 0 || entry.untilVersion >= entry.sinceVersion) return absl::OkStatus();
    return json_.error(op_.position, fmt::format("operator '{}': until_version is {}, before since_version {}", op_.key,
                                                 entry.untilVersion, entry.sinceVersion));
  }

  absl::Status readKey() {
    OpEntry& entry = result_.entry;
    entry.domain = canonicalDomain(entry.domain);
    entry.type = operatorInKey(op_.key, entry.domain, entry.sinceVersion);
    if (entry.type.empty()) {
      return json_.error(op_.position, op_.key.empty()
                                           ? std::string("the name of an operator is empty")
                                           : fmt::format("the name of an operator is empty in '{}'", op_.key));
    }
    const std::string mistake =
        diagnostics_ ? operatorNameMistake(entry.type, entry.domain, entry.sinceVersion) : std::string();
    if (!mistake.empty()) {
      diagnostics_({Severity::warning, "ops-info-unmatchable", NodeId::none, "",
                    fmt::format("{}: operator '{}': {}; no operator is called so", result_.place, op_.key, mistake)});
    }
    return absl::OkStatus();
  }

  absl::Status readVersion(const JsonMember& member, int& version) const {
    if (member.value.kind != JsonValue::Kind::integer) return wrongKind(json_, member, "a number");
    if (member.value.integer < 0 || member.value.integer > kNewestVersion) {
      return json_.error(member.value.position, fmt::format("operator '{}': {} is {}, must be 0 to {}", op_.key,
                                                            member.key, member.value.integer, kNewestVersion));
    }
    version = static_cast<int>(member.value.integer);
    return absl::OkStatus();
  }

  absl::Status readMember(const JsonMember& member) {
    OpEntry& entry = result_.entry;
    if (const std::optional<OperandKey> operand = parseOperandKey(member.key); operand.has_value()) {
      return readOperand(member, operand->isInput ? inputs_ : outputs_, operand->number);
    }
    if (member.key == "precision_reduce" || member.key == "dynamicFormat" || member.key == "moves_data" ||
        member.key == "cube") {
      const absl::StatusOr<std::string> flag = readFlag(member);
      if (!flag.ok()) return flag.status();
      const bool on = *flag == "true";
      if (member.key == "precision_reduce") {
        entry.colourStated = !flag->empty();
        entry.colour = flag->empty() ? ListColour::gray : on ? ListColour::white : ListColour::black;
      }
      if (member.key == "dynamicFormat") dynamicFormat_ = on;
      if (member.key == "cube") entry.cube = on;
      if (member.key == "moves_data" && on) entry.opClass = OpClass::dataMover;
    } else if (member.key == "opFile") {
      // Ascend marks operators that have no kernel, because they only move data, so.
      checkKeys(member, KeyPlace::file, false);
      isKernel_ = true;
      const JsonValue* value = member.value.find("value");
      if (value != nullptr && value->string == "Null") entry.opClass = OpClass::dataMover;
    } else if (member.key == "opInfo") {
      return readInfo(member);
    } else if (member.key == "domain") {
      if (member.value.kind != JsonValue::Kind::string) return wrongKind(json_, member, "a string");
      entry.domain = member.value.string;
    } else if (member.key == "since_version") {
      return readVersion(member, entry.sinceVersion);
    } else if (member.key == "until_version") {
      return readVersion(member, entry.untilVersion);
    } else if (member.key == "rows") {
      constexpr std::string_view kRows[] = {"schema", "none"};
      if (member.value.kind != JsonValue::Kind::string) return wrongKind(json_, member, "a string");
      const auto* word = std::find(std::begin(kRows), std::end(kRows), member.value.string);
      if (word == std::end(kRows)) return unknownWord(member, kRows);
      (word == std::begin(kRows) ? rowsFromSchema_ : rowsNone_) = true;
    } else if (const std::string mistake = operandKeyMistake(member.key); !mistake.empty()) {
      return json_.error(member.position, fmt::format("operator '{}': {}", op_.key, mistake));
    } else if (const std::string_view meant = meantKey(KeyPlace::entry, member.key); !meant.empty()) {
      warnOfKey(member, "", meant);
    } else {
      isKernel_ |= member.key != "why";
    }
    return absl::OkStatus();
  }

  absl::Status readInfo(const JsonMember& member) {
    isKernel_ = true;
    if (member.value.kind != JsonValue::Kind::object) return wrongKind(json_, member, "an object");
    checkKeys(member, KeyPlace::info, false);
    const JsonValue* engine = member.value.find("engine");
    if (engine == nullptr) return absl::OkStatus();
    if (engine->kind != JsonValue::Kind::string) {
      return json_.error(engine->position, fmt::format("operator '{}': opInfo.engine must be a string, is {}", op_.key,
                                                       describe(engine->kind)));
    }
    result_.engine = engine->string;
    return absl::OkStatus();
  }

  absl::Status unknownWord(const JsonMember& field, absl::Span<const std::string_view> known,
                           std::string_view operand = "") const {
    return json_.error(field.value.position,
                       fmt::format("operator '{}'{}{}: {} is '{}', must be one of {}", op_.key,
                                   operand.empty() ? "" : ", ", operand, field.key, field.value.string,
                                   support::listKnown(field.value.string, known)));
  }

  absl::Status readOperand(const JsonMember& member, std::map<std::size_t, KernelOperand>& operands,
                           std::size_t number) {
    if (member.value.kind != JsonValue::Kind::object) return wrongKind(json_, member, "an object");
    KernelOperand operand;
    operand.set = DTypeSet::all();  // until a `type` list says more
    checkKeys(member, KeyPlace::operand, false);
    for (const JsonMember& field : member.value.object) {
      const bool used = field.key == "name" || field.key == "dtype" || field.key == "type" ||
                        field.key == "paramType" || field.key == "parameter";
      if (!used) continue;
      if (field.value.kind != JsonValue::Kind::string) return wrongKind(json_, field, "a string");
      const std::string& text = field.value.string;
      if (field.key == "name") operand.name = text;
      if (field.key == "parameter") {
        constexpr std::string_view kParameters[] = {"keep"};
        if (text != kParameters[0]) return unknownWord(field, kParameters, member.key);
        operand.keep = true;
      }
      if (field.key == "paramType") {
        const bool known = std::find(std::begin(kParamTypes), std::end(kParamTypes), text) != std::end(kParamTypes);
        if (!known && !text.empty()) return unknownWord(field, kParamTypes, member.key);
        operand.optional = text == "optional";
        operand.variadic = text == "dynamic";
      }
      if (field.key != "dtype" && field.key != "type") continue;
      if (text.empty()) continue;
      if (field.key == "type") operand.set = text == "-" ? DTypeSet::all() : DTypeSet();
      for (std::string_view word : wordsOf(text)) {
        if (field.key == "type" && isForeignDType(word)) continue;
        const std::optional<DType> dtype = word.empty() || word == "-" ? DType::undefined
                                           : field.key == "dtype"      ? parseDType(word)
                                                                       : parseFrameworkDType(word);
        if (!dtype.has_value()) {
          return json_.error(field.value.position,
                             fmt::format("operator '{}', {}: '{}' is no dtype", op_.key, member.key, word));
        }
        if (field.key == "dtype") {
          operand.column.push_back(*dtype);
        } else {
          operand.set.insert(*dtype);
        }
      }
      hasColumns_ |= field.key == "dtype";
      hasSets_ |= field.key == "type";
    }
    if (!operand.column.empty()) {
      if (result_.entry.rowCount == 0) {
        result_.entry.rowCount = operand.column.size();
        firstColumn_ = member.key;
      } else if (operand.column.size() != result_.entry.rowCount) {
        return json_.error(member.value.position,
                           fmt::format("operator '{}': {} lists {} dtypes but {} lists {}", op_.key, member.key,
                                       operand.column.size(), firstColumn_, result_.entry.rowCount));
      }
    }
    operands.emplace(number, std::move(operand));
    return absl::OkStatus();
  }

  // Rows say nothing of an operand that is not there, so that it takes every dtype; hardly ever what was meant.
  void warnOfGap(std::string_view there, std::string_view missing) const {
    if (!diagnostics_) return;
    diagnostics_({Severity::warning, "ops-info-gap", NodeId::none, "",
                  fmt::format("{}: operator '{}' has {} but no {}, which takes every dtype then",
                              json_.place(op_.position), op_.key, there, missing)});
  }

  void warnOfGaps(const std::map<std::size_t, KernelOperand>& operands, std::string_view kind) const {
    std::size_t expected = 0;
    for (const auto& [number, operand] : operands) {
      if (number != expected) {
        warnOfGap(fmt::format("{}{}", kind, number), fmt::format("{}{}", kind, expected));
        return;
      }
      ++expected;
    }
  }

  // Operands may be listed in any order and, where only some matter, with gaps.
  static void takeOperands(std::map<std::size_t, KernelOperand>& operands, std::vector<KernelOperand>& list) {
    KernelOperand unstated;
    unstated.set = DTypeSet::all();
    for (auto& [number, operand] : operands) {
      if (list.size() < number) list.resize(number, unstated);
      list.push_back(std::move(operand));
    }
  }

  static void dropSets(std::vector<KernelOperand>& operands) {
    for (KernelOperand& operand : operands) operand.set = DTypeSet();
  }

  void fillUnstated(std::vector<KernelOperand>& operands) const {
    for (KernelOperand& operand : operands) operand.column.resize(result_.entry.rowCount, DType::undefined);
  }

  const JsonDocument& json_;
  const JsonMember& op_;
  RowSource defaultRows_;
  const DiagnosticSink& diagnostics_;
  ReadEntry result_;
  std::map<std::size_t, KernelOperand> inputs_;
  std::map<std::size_t, KernelOperand> outputs_;
  std::string firstColumn_;
  bool dynamicFormat_ = false;
  bool rowsFromSchema_ = false;
  bool rowsNone_ = false;
  bool isKernel_ = false;  // says what only the description of a kernel says
  bool hasColumns_ = false;
  bool hasSets_ = false;
};

// Of entries for the same versions of an operator the last one holds, whatever its key.
void warnOfHidden(absl::Span<const ReadEntry> entries, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  std::map<std::tuple<std::string_view, std::string_view, int>, const ReadEntry*> last;
  const auto of = [](const ReadEntry& read) {
    return std::tuple<std::string_view, std::string_view, int>(read.entry.domain, read.entry.type,
                                                               read.entry.sinceVersion);
  };
  for (const ReadEntry& read : entries) last[of(read)] = &read;
  for (const ReadEntry& read : entries) {
    const ReadEntry& holds = *last[of(read)];
    if (&holds == &read) continue;
    diagnostics({Severity::warning, "ops-info-unmatchable", NodeId::none, "",
                 fmt::format("{}: operator '{}' has no say: '{}' ({}) is for the same versions of the same operator",
                             read.place, read.key, holds.key, holds.place)});
  }
}

absl::Status notAnObject(const JsonDocument& json) {
  return json.error(json.root.position,
                    fmt::format("the file must hold an object, holds {}", describe(json.root.kind)));
}

}  // namespace

absl::StatusOr<std::vector<ReadEntry>> readOpsInfo(std::string_view text, std::string_view source,
                                                   RowSource defaultRows, const DiagnosticSink& diagnostics) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  if (json->root.kind != JsonValue::Kind::object) return notAnObject(*json);
  std::vector<ReadEntry> entries;
  entries.reserve(json->root.object.size());
  for (const JsonMember& op : json->root.object) {
    absl::StatusOr<ReadEntry> entry = EntryReader(*json, op, defaultRows, diagnostics).read();
    if (!entry.ok()) return entry.status();
    entries.push_back(*std::move(entry));
  }
  warnOfHidden(entries, diagnostics);
  return entries;
}

}  // namespace precast::target
