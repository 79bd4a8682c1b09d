// output_type: one type for the whole model ("FP16"), or "NODE:SLOT:TYPE;NODE:SLOT:TYPE". Names of nodes hold colons,
// so each item is read from its end.
#include <charconv>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "policy/TextLines.h"
#include "precast/PolicyFiles.h"

namespace precast {

namespace {

using policy::TextPart;

struct TypeWord {
  std::string_view word;
  DType dtype;
};

// ATC's documentation of --output_type, CANN 9.0, without HIF8, which no ONNX tensor can hold.
constexpr TypeWord kTypes[] = {
    {"FP32", DType::float32},
    {"FP16", DType::float16},
    {"UINT8", DType::uint8},
    {"INT8", DType::int8},
    {"UINT16", DType::uint16},
    {"INT16", DType::int16},
    {"UINT32", DType::uint32},
    {"INT32", DType::int32},
    {"UINT64", DType::uint64},
    {"INT64", DType::int64},
    {"DOUBLE", DType::float64},
    {"FP8E5M2", DType::float8e5m2},
    {"FP8E4M3FN", DType::float8e4m3fn},
};

absl::StatusOr<DType> readType(const TextPart& word, std::string_view source) {
  std::vector<std::string_view> known;
  for (const TypeWord& type : kTypes) {
    if (type.word == word.text) return type.dtype;
    known.push_back(type.word);
  }
  return policy::errorAt(source, word, policy::unknownWord("output type", word.text, known));
}

absl::StatusOr<OutputTypeEntry> readEntry(const TextPart& item, std::string_view source) {
  const std::size_t typeColon = item.text.rfind(':');
  const std::size_t slotColon = typeColon == std::string_view::npos || typeColon == 0
                                    ? std::string_view::npos
                                    : item.text.rfind(':', typeColon - 1);
  if (slotColon == std::string_view::npos) {
    return policy::errorAt(source, item, fmt::format("'{}' is not of the form NODE:SLOT:TYPE", item.text));
  }
  OutputTypeEntry entry;
  entry.node = std::string(item.part(0, slotColon).text);
  if (entry.node.empty()) return policy::errorAt(source, item, fmt::format("'{}' names no node", item.text));
  const TextPart slot = item.part(slotColon + 1, typeColon - slotColon - 1);
  const char* end = slot.text.data() + slot.text.size();
  const auto [stop, error] = std::from_chars(slot.text.data(), end, entry.slot);
  if (error != std::errc() || stop != end) {
    return policy::errorAt(source, slot, fmt::format("'{}' is not the number of an output", slot.text));
  }
  const absl::StatusOr<DType> dtype = readType(item.part(typeColon + 1), source);
  if (!dtype.ok()) return dtype.status();
  entry.dtype = *dtype;
  entry.origin = "output_type";
  entry.place = policy::placeOf(source, item);
  return entry;
}

}  // namespace

absl::StatusOr<OutputType> parseOutputType(std::string_view text, std::string_view source) {
  const absl::StatusOr<std::vector<TextPart>> items = policy::readItems(text, source, ';');
  if (!items.ok()) return items.status();
  OutputType result;
  if (items->size() == 1 && text.find(':') == std::string_view::npos) {
    const absl::StatusOr<DType> dtype = readType(items->front(), source);
    if (!dtype.ok()) return dtype.status();
    result.all = *dtype;
    return result;
  }
  std::set<std::pair<std::string, std::uint32_t>> known;
  for (const TextPart& item : *items) {
    absl::StatusOr<OutputTypeEntry> entry = readEntry(item, source);
    if (!entry.ok()) return entry.status();
    if (!known.emplace(entry->node, entry->slot).second) {
      return policy::errorAt(source, item,
                             fmt::format("output {} of node '{}' is given twice", entry->slot, entry->node));
    }
    result.outputs.push_back(*std::move(entry));
  }
  return result;
}

}  // namespace precast
