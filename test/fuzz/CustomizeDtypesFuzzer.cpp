// customize_dtypes: what is read, written down again, is read as the same.
#include <string>

#include "fmt/format.h"
#include "fuzz/Reader.h"
#include "policy/Selectors.h"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

std::string words(const std::vector<std::optional<DType>>& slots) {
  std::string text;
  for (const std::optional<DType>& slot : slots) {
    if (&slot != &slots.front()) text += ',';
    if (slot.has_value()) text += toString(*slot);
  }
  return text;
}

void check(std::string_view text) {
  const absl::StatusOr<std::vector<CustomDtypes>> entries = parseCustomizeDtypes(text, kSource);
  if (!entries.ok()) return requirePlace(entries.status(), text);
  std::string written;
  for (const CustomDtypes& entry : *entries) {
    const bool isType = entry.nodes.kind == NodeSelector::Kind::type;
    written += fmt::format("{}{}InputDtype:{},OutputDtype:{}\n", policy::describe(entry.nodes),
                           isType ? ":" : "::", words(entry.inputs), words(entry.outputs));
  }
  const absl::StatusOr<std::vector<CustomDtypes>> again = parseCustomizeDtypes(written, kSource);
  require(again.ok() && again->size() == entries->size(), "what was written is read");
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const CustomDtypes& first = (*entries)[i];
    const CustomDtypes& second = (*again)[i];
    require(!first.nodes.pattern.empty() && first.inputs.size() + first.outputs.size() > 0, "an entry says something");
    require(second.nodes.kind == first.nodes.kind && second.nodes.pattern == first.nodes.pattern, "the same nodes");
    require(second.inputs == first.inputs && second.outputs == first.outputs, "the same dtypes");
  }
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
