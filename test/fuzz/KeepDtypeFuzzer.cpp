// keep_dtype: what is read, written down again, is read as the same.
#include <string>

#include "fuzz/Reader.h"
#include "policy/Selectors.h"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

void check(std::string_view text) {
  const absl::StatusOr<std::vector<KeepEntry>> entries = parseKeepDtype(text, kSource);
  if (!entries.ok()) return requirePlace(entries.status(), text);
  std::string written;
  for (const KeepEntry& entry : *entries) written += policy::describe(entry) + '\n';
  const absl::StatusOr<std::vector<KeepEntry>> again = parseKeepDtype(written, kSource);
  require(again.ok() && again->size() == entries->size(), "what was written is read");
  for (std::size_t i = 0; i < entries->size(); ++i) {
    require(!(*entries)[i].pattern.empty(), "an entry has a pattern");
    require((*again)[i].kind == (*entries)[i].kind && (*again)[i].pattern == (*entries)[i].pattern, "it is the same");
  }
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
