#include "c/Boundary.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "fmt/format.h"

namespace precast::c {

namespace {

precast_status handOver(precast_status code, std::string_view message, precast_error** error) noexcept {
  if (error == nullptr) return code;
  *error = nullptr;
#if defined(__cpp_exceptions)
  try {
    *error = newHandle<precast_error>(Error{code, std::string(message)});
  } catch (...) {  // no memory for the words: the code has to do
  }
#else
  *error = newHandle<precast_error>(Error{code, std::string(message)});
#endif
  return code;
}

}  // namespace

precast_status handOver(const absl::Status& status, precast_error** error) noexcept {
  if (status.ok()) {
    if (error != nullptr) *error = nullptr;
    return PRECAST_OK;
  }
  const std::string_view message(status.message().data(), status.message().size());
  return handOver(static_cast<precast_status>(status.raw_code()), message, error);
}

precast_status outOfMemory(precast_error** error) noexcept {
  return handOver(PRECAST_RESOURCE_EXHAUSTED, "out of memory", error);
}

precast_status foreignException(precast_error** error) noexcept {
  return handOver(PRECAST_INTERNAL, "an exception left a callback or the library", error);
}

absl::Status require(std::initializer_list<Required> pointers) {
  for (const Required& required : pointers) {
    if (required.pointer == nullptr) return absl::InvalidArgumentError(fmt::format("{} is null", required.name));
  }
  return absl::OkStatus();
}

absl::Status requireId(std::string_view what, std::size_t id, std::size_t count) {
  if (id < count) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} {} is not there: there are {}", what, id, count));
}

absl::Status requireEnum(std::string_view what, std::int64_t number, std::int64_t last) {
  if (number >= 0 && number <= last) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} is {}, known are 0 to {}", what, number, last));
}

bool isDType(precast_dtype dtype) noexcept {
  return dtypeFromOnnx(dtype).has_value() || (dtype >= PRECAST_DTYPE_SEQUENCE && dtype <= PRECAST_DTYPE_SPARSE);
}

absl::Status requireDType(precast_dtype dtype) {
  return isDType(dtype) ? absl::OkStatus() : absl::InvalidArgumentError(fmt::format("{} is no dtype", dtype));
}

absl::Status requireText(std::string_view what, const char* data, std::size_t size) {
  if (data != nullptr || size == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} is null but has {} bytes", what, size));
}

absl::Status requireNode(const precast_graph* graph, std::uint32_t node) {
  if (absl::Status status = require({{graph, "graph"}}); !status.ok()) return status;
  return requireId("node", node, behind(graph)->nodeCount());
}

absl::Status requireValue(const precast_graph* graph, std::uint32_t value) {
  if (absl::Status status = require({{graph, "graph"}}); !status.ok()) return status;
  return requireId("value", value, behind(graph)->valueCount());
}

absl::Status requireRegion(const precast_graph* graph, std::uint32_t region) {
  if (absl::Status status = require({{graph, "graph"}}); !status.ok()) return status;
  return requireId("region", region, behind(graph)->regionCount());
}

absl::Status requireOp(const precast_graph* graph, std::uint32_t op) {
  if (absl::Status status = require({{graph, "graph"}}); !status.ok()) return status;
  return requireId("operator", op, behind(graph)->opKindCount());
}

absl::Status wrongStructSize(std::string_view what, std::size_t given, std::size_t known) {
  return absl::InvalidArgumentError(
      fmt::format("{}: struct_size is {}, this library knows {} bytes; use the _INIT macro", what, given, known));
}

absl::Status fits(std::size_t needed, std::size_t capacity, const void* buffer, std::size_t* size) {
  if (size != nullptr) *size = needed;
  if (needed > capacity) {
    return absl::OutOfRangeError(fmt::format("the buffer holds {}, the answer has {}", capacity, needed));
  }
  if (buffer == nullptr && needed != 0) return absl::InvalidArgumentError("the buffer is null");
  return absl::OkStatus();
}

absl::Status fillText(std::string_view text, char* buffer, std::size_t capacity, std::size_t* size) {
  absl::Status status = fits(text.size() + 1, capacity, buffer, nullptr);
  if (size != nullptr) *size = text.size();
  if (!status.ok()) return status;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  return status;
}

absl::Status fillDTypes(absl::Span<const DType> dtypes, precast_dtype* buffer, std::size_t capacity,
                        std::size_t* count) {
  return fillRows(dtypes, buffer, capacity, count, numberOf);
}

absl::Status sendText(std::string_view text, precast_text_callback each, void* user) {
  if (each(text.data(), text.size(), user) == 0) return absl::OkStatus();
  return absl::CancelledError("the callback asked for the end");
}

precast_diagnostic diagnosticOf(const Diagnostic& diagnostic) {
  precast_diagnostic view = PRECAST_DIAGNOSTIC_INIT;
  view.severity = static_cast<precast_severity>(diagnostic.severity);
  view.node = index(diagnostic.node);
  view.id = stringOf(diagnostic.id);
  view.node_name = stringOf(diagnostic.nodeName);
  view.message = stringOf(diagnostic.message);
  return view;
}

DiagnosticSink sinkOf(precast_diagnostic_callback callback, void* user) {
  if (callback == nullptr) return {};
  return [callback, user](const Diagnostic& diagnostic) {
    const precast_diagnostic view = diagnosticOf(diagnostic);
    callback(&view, user);
  };
}

ProgressSink sinkOf(precast_progress_callback callback, void* user) {
  if (callback == nullptr) return {};
  return [callback, user](const Progress& progress) {
    const precast_progress view = {static_cast<precast_phase>(progress.phase), progress.done, progress.total};
    callback(&view, user);
  };
}

unsigned threadsOf(std::size_t threads) {
  return static_cast<unsigned>(std::min<std::size_t>(threads, std::numeric_limits<unsigned>::max()));
}

precast_conversion conversionOf(const ConversionStats& stats) {
  return {stats.elements, stats.saturated, stats.underflowed, stats.maxAbs};
}

precast_target_op targetOpOf(const TargetOp& op) {
  precast_target_op result = PRECAST_TARGET_OP_INIT;
  result.target_type = stringOf(op.targetType);
  result.op_class = static_cast<precast_op_class>(op.opClass);
  result.colour = static_cast<precast_colour>(op.colour);
  result.colour_stated = op.colourStated ? 1 : 0;
  result.known = op.known ? 1 : 0;
  return result;
}

std::shared_ptr<const void> ownerOf(void* owner, void (*release)(void* owner)) {
  return std::shared_ptr<void>(owner, release);
}

}  // namespace precast::c
