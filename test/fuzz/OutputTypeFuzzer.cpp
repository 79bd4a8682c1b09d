// output_type: what is read is complete, and no output is named twice.
#include <set>
#include <string>
#include <utility>

#include "fuzz/Reader.h"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

void check(std::string_view text) {
  const absl::StatusOr<OutputType> parsed = parseOutputType(text, kSource);
  if (!parsed.ok()) return requireFlag(parsed.status());
  require(parsed->all.has_value() == parsed->outputs.empty(), "either one type for all or single outputs");
  std::set<std::pair<std::string, std::uint32_t>> outputs;
  for (const OutputTypeEntry& entry : parsed->outputs) {
    require(!entry.node.empty() && entry.dtype != DType::undefined, "an entry is complete");
    require(text.find(entry.node) != std::string_view::npos, "a name stands in the text");
    require(outputs.emplace(entry.node, entry.slot).second, "an output is named once");
  }
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
