// customize_dtypes: "NODE::InputDtype:float16,,int32,OutputDtype:float16", "OpType::TYPE:InputDtype:...". Names hold
// colons and commas, dtypes do not: what selects the nodes ends at the first place where a list of dtypes can begin.
#include <algorithm>

#include "fmt/format.h"
#include "policy/Selectors.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

namespace {

using policy::TextPart;

constexpr std::string_view kInput = "InputDtype";
constexpr std::string_view kOutput = "OutputDtype";
constexpr std::string_view kKeys[] = {kInput, kOutput};

// Where `separator` and "InputDtype:" or "OutputDtype:" first follow each other; npos: nowhere.
std::size_t findLists(std::string_view text, std::string_view separator, std::size_t from) {
  std::size_t first = std::string_view::npos;
  for (std::string_view key : kKeys) first = std::min(first, text.find(fmt::format("{}{}:", separator, key), from));
  return first;
}

// The dtypes of dense tensors, which are those that ONNX numbers.
absl::StatusOr<DType> readDType(const TextPart& word, std::string_view source) {
  std::vector<std::string_view> names;
  const std::optional<DType> dtype = parseDType(word.text);
  if (dtype.has_value() && *dtype != DType::undefined && dtypeFromOnnx(static_cast<std::int64_t>(*dtype)) == dtype) {
    return *dtype;
  }
  for (std::int64_t number = 1; const std::optional<DType> known = dtypeFromOnnx(number); ++number) {
    names.push_back(toString(*known));
  }
  return policy::errorAt(source, word, policy::unknownWord("dtype", word.text, names));
}

class EntryReader {
 public:
  explicit EntryReader(std::string_view source) : source_(source) {}

  absl::StatusOr<CustomDtypes> read(const TextPart& line) {
    CustomDtypes entry;
    const bool isType = line.text.substr(0, policy::kTypePrefix.size()) == policy::kTypePrefix;
    const std::size_t prefix = isType ? policy::kTypePrefix.size() : 0;
    const std::string_view separator = isType ? ":" : "::";
    const std::size_t end = findLists(line.text, separator, isType ? prefix - 1 : 0);
    if (end == std::string_view::npos) {
      const std::size_t colon = findLists(line.text, ":", 0);
      if (colon != std::string_view::npos) {
        return policy::errorAt(source_, line.part(colon), "the name of a node ends with '::', not with ':'");
      }
      return policy::errorAt(source_, line, "the entry has neither 'InputDtype:' nor 'OutputDtype:'");
    }
    const TextPart name = line.part(prefix, end < prefix ? 0 : end - prefix);
    if (name.text.empty()) {
      return policy::errorAt(source_, line,
                             isType ? "'OpType::' is not followed by an operator type" : "the entry names no node");
    }
    if (isType && name.text.back() == ':') {
      return policy::errorAt(source_, line.part(end - 1), "the name of an operator type ends with ':', not with '::'");
    }
    std::string origin = fmt::format("customize_dtypes, line {}", line.line);
    entry.nodes = (isType ? policy::nodesOfType : policy::nodesNamed)(name.text, std::move(origin),
                                                                      policy::placeOf(source_, line));
    if (absl::Status status = readLists(line, line.part(end + separator.size()), entry); !status.ok()) return status;
    return entry;
  }

 private:
  absl::Status readLists(const TextPart& line, const TextPart& lists, CustomDtypes& entry) {
    std::vector<std::optional<DType>>* list = nullptr;
    bool hasInputs = false;
    for (TextPart item : policy::splitItems(lists, ',')) {
      if (const std::size_t colon = item.text.find(':'); colon != std::string_view::npos) {
        const std::string_view key = item.text.substr(0, colon);
        if (key != kInput && key != kOutput) {
          return policy::errorAt(source_, item, policy::unknownWord("key", key, kKeys));
        }
        if (key == kInput && list != nullptr) {
          return policy::errorAt(
              source_, item, fmt::format("'{}' {}", key, hasInputs ? "is given twice" : "stands behind 'OutputDtype'"));
        }
        if (key == kOutput && list == &entry.outputs) {
          return policy::errorAt(source_, item, fmt::format("'{}' is given twice", key));
        }
        hasInputs = hasInputs || key == kInput;
        list = key == kInput ? &entry.inputs : &entry.outputs;
        item = item.part(colon + 1);
      }
      std::optional<DType>& slot = list->emplace_back();
      if (item.text.empty()) continue;
      const absl::StatusOr<DType> dtype = readDType(item, source_);
      if (!dtype.ok()) return dtype.status();
      slot = *dtype;
    }
    dropFreeTail(entry.inputs);
    dropFreeTail(entry.outputs);
    if (entry.inputs.empty() && entry.outputs.empty()) {
      return policy::errorAt(source_, line,
                             fmt::format("the entry of '{}' names no dtype", policy::describe(entry.nodes)));
    }
    return absl::OkStatus();
  }

  static void dropFreeTail(std::vector<std::optional<DType>>& list) {
    while (!list.empty() && !list.back().has_value()) list.pop_back();
  }

  std::string_view source_;
};

}  // namespace

absl::StatusOr<std::vector<CustomDtypes>> parseCustomizeDtypes(std::string_view text, std::string_view source,
                                                               const DiagnosticSink& diagnostics) {
  const absl::StatusOr<std::vector<TextPart>> lines = policy::readLines(text, source);
  if (!lines.ok()) return lines.status();
  if (lines->empty()) policy::warnOfNothing("customize_dtypes", source, diagnostics);
  std::vector<CustomDtypes> entries;
  policy::SelectorLines known;
  for (const TextPart& line : *lines) {
    absl::StatusOr<CustomDtypes> entry = EntryReader(source).read(line);
    if (!entry.ok()) return entry.status();
    if (const std::uint32_t first = known.firstLine(entry->nodes, line.line); first != 0) {
      return policy::errorAt(
          source, line,
          fmt::format("duplicate entry for '{}' (first at line {})", policy::describe(entry->nodes), first));
    }
    entries.push_back(*std::move(entry));
  }
  return entries;
}

}  // namespace precast
