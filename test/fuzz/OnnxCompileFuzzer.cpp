// ONNX models from end to end: what compiles is written, reads again as a graph that verifies, comes out of a second
// run with the same bytes, and compiles to itself. The last byte chooses the mode.
#include <string>

#include "fuzz/Reader.h"
#include "precast/precast.h"

namespace precast::fuzz {
namespace {

constexpr PrecisionMode kModes[] = {PrecisionMode::forceFp16, PrecisionMode::forceFp32, PrecisionMode::allowFp32ToFp16,
                                    PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowMixPrecision};

absl::Span<const std::byte> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// "" if the model cannot be read or compiled.
std::string compiled(absl::Span<const std::byte> bytes, PrecisionMode mode) {
  onnx::ReadOptions reading;
  reading.limits.inlinedNodes = 1000;
  reading.limits.inlinedBytes = std::uint64_t{1} << 18;
  const auto model = onnx::read(bytes, nullptr, reading);
  if (!model.ok()) return "";
  CompileOptions options;
  options.policy.mode = mode;
  const auto result = compile(model->graph, options);
  if (!result.ok()) {
    require(result.status().code() != absl::StatusCode::kInternal, "what compile() makes verifies");
    return "";
  }
  std::string out;
  require(onnx::write(*result, *model->source, &out).ok(), "what was read can be written");
  return out;
}

void check(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  const PrecisionMode mode = kModes[data[size - 1] % (sizeof kModes / sizeof kModes[0])];
  const absl::Span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size - 1);
  const std::string out = compiled(bytes, mode);
  if (out.empty()) return;
  require(out == compiled(bytes, mode), "two runs give the same bytes");
  const auto model = onnx::read(bytesOf(out));
  require(model.ok(), "the output can be read");
  require(verify(model->graph).ok(), "the output verifies");
  require(out == compiled(bytesOf(out), mode), "the output compiles to itself");
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(data, size);
  return 0;
}
