// input_fp16_nodes and optypelist_for_implmode: names joined again are read as the same.
#include <string>

#include "fmt/format.h"
#include "fuzz/Reader.h"
#include "precast/PolicyFiles.h"

namespace precast::fuzz {
namespace {

template <typename Parse>
void check(Parse parse, std::string_view separator, std::string_view text) {
  const absl::StatusOr<std::vector<std::string>> names = parse(text, kSource);
  if (!names.ok()) return requireFlag(names.status());
  require(!names->empty(), "a list is not empty");
  const absl::StatusOr<std::vector<std::string>> again =
      parse(fmt::format("{}", fmt::join(*names, separator)), kSource);
  require(again.ok() && *again == *names, "what was written is read as the same");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::parseInputFp16Nodes, ";", precast::fuzz::textOf(data, size));
  precast::fuzz::check(precast::parseOptypelist, ",", precast::fuzz::textOf(data, size));
  return 0;
}
