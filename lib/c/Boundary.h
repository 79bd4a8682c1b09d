// The boundary between C++ and C: what crosses it is checked here, statuses become codes and errors, and exceptions
// end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "c/Handles.h"

namespace precast::c {

/// Hands `status` over: the code, and in *error the message.
precast_status handOver(const absl::Status& status, precast_error** error) noexcept;
precast_status outOfMemory(precast_error** error) noexcept;
precast_status foreignException(precast_error** error) noexcept;

/// Runs `body` (which returns absl::Status) and hands its status over; no exception leaves. Where the library is
/// compiled without exceptions, none arrives.
template <typename Body>
precast_status guarded(precast_error** error, const Body& body) noexcept {
#if defined(__cpp_exceptions)
  try {
    return handOver(body(), error);
  } catch (const std::bad_alloc&) {
    return outOfMemory(error);
  } catch (...) {
    return foreignException(error);
  }
#else
  return handOver(body(), error);
#endif
}

/// A pointer that must not be null, and what messages call it.
struct Required {
  const void* pointer;
  const char* name;
};
absl::Status require(std::initializer_list<Required> pointers);

/// The same for the place of a result, which is emptied: after a failure there is none.
template <typename Handle>
absl::Status requireOut(Handle** out, const char* name) {
  if (out != nullptr) *out = nullptr;
  return require({{out, name}});
}

/// kInvalidArgument unless `id` is below `count`.
absl::Status requireId(std::string_view what, std::size_t id, std::size_t count);
/// kInvalidArgument unless `number` is one of an enumeration that counts from 0 to `last`.
absl::Status requireEnum(std::string_view what, std::int64_t number, std::int64_t last);
bool isDType(precast_dtype dtype) noexcept;
absl::Status requireDType(precast_dtype dtype);
/// kInvalidArgument for a length without data.
absl::Status requireText(std::string_view what, const char* data, std::size_t size);

/// kInvalidArgument unless there is a graph, and an item of that id in it.
absl::Status requireNode(const precast_graph* graph, std::uint32_t node);
absl::Status requireValue(const precast_graph* graph, std::uint32_t value);
absl::Status requireRegion(const precast_graph* graph, std::uint32_t region);
absl::Status requireOp(const precast_graph* graph, std::uint32_t op);

absl::Status wrongStructSize(std::string_view what, std::size_t given, std::size_t known);

/// Reads a struct that opens with struct_size: one from an older header (`older` has the sizes that there were) gets
/// defaults for the rest, one from a newer header is taken while what is beyond ours is zero.
template <typename Struct>
absl::Status readStruct(std::string_view what, const Struct* given, const Struct& defaults, Struct& read,
                        std::initializer_list<std::size_t> older = {}) {
  read = defaults;
  if (given == nullptr) return absl::OkStatus();
  const std::size_t size = given->struct_size;
  if (size < sizeof(Struct) && std::find(older.begin(), older.end(), size) == older.end())
    return wrongStructSize(what, size, sizeof(Struct));
  const char* bytes = reinterpret_cast<const char*>(given);
  for (std::size_t i = sizeof(Struct); i < size; ++i) {
    if (i - sizeof(Struct) > 4096 || bytes[i] != 0) return wrongStructSize(what, size, sizeof(Struct));
  }
  std::memcpy(&read, given, size < sizeof(Struct) ? size : sizeof(Struct));
  return absl::OkStatus();
}

/// Fills a struct of the caller's that opens with struct_size, as much of it as its header knows.
template <typename Struct>
absl::Status fillStruct(std::string_view what, Struct filled, Struct* out, std::size_t first = sizeof(Struct)) {
  if (absl::Status status = require({{out, "the struct to fill"}}); !status.ok()) return status;
  const std::size_t size = out->struct_size;
  if (size < first || size > sizeof(Struct) + 4096) return wrongStructSize(what, size, sizeof(Struct));
  filled.struct_size = size;
  std::memcpy(out, &filled, size < sizeof(Struct) ? size : sizeof(Struct));
  return absl::OkStatus();
}

/// Sets *size to `needed`; kOutOfRange if `capacity` is smaller.
absl::Status fits(std::size_t needed, std::size_t capacity, const void* buffer, std::size_t* size);
absl::Status fillText(std::string_view text, char* buffer, std::size_t capacity, std::size_t* size);
/// Copies rows to a buffer of the caller's, converted by `convert`.
template <typename From, typename To, typename Convert>
absl::Status fillRows(absl::Span<const From> rows, To* buffer, std::size_t capacity, std::size_t* count,
                      const Convert& convert) {
  if (absl::Status status = fits(rows.size(), capacity, buffer, count); !status.ok()) return status;
  for (std::size_t i = 0; i < rows.size(); ++i) buffer[i] = convert(rows[i]);
  return absl::OkStatus();
}
template <typename Id>
absl::Status fillIds(absl::Span<const Id> ids, std::uint32_t* buffer, std::size_t capacity, std::size_t* count) {
  return fillRows(ids, buffer, capacity, count, [](Id id) { return index(id); });
}
absl::Status fillDTypes(absl::Span<const DType> dtypes, precast_dtype* buffer, std::size_t capacity,
                        std::size_t* count);

/// Calls `each`, and ends with kCancelled when it asks for that.
absl::Status sendText(std::string_view text, precast_text_callback each, void* user);
template <typename Names>
absl::Status sendNames(const Names& names, precast_text_callback each, void* user) {
  if (absl::Status status = require({{reinterpret_cast<const void*>(each), "the callback"}}); !status.ok())
    return status;
  for (const auto& name : names) {
    if (absl::Status status = sendText(name, each, user); !status.ok()) return status;
  }
  return absl::OkStatus();
}

/// Views of `diagnostic`.
precast_diagnostic diagnosticOf(const Diagnostic& diagnostic);
DiagnosticSink sinkOf(precast_diagnostic_callback callback, void* user);
ProgressSink sinkOf(precast_progress_callback callback, void* user);
unsigned threadsOf(std::size_t threads);
/// A limit of 0 is not set: the default stays.
template <typename Number>
void setLimit(Number given, Number& limit) {
  if (given != 0) limit = given;
}

precast_conversion conversionOf(const ConversionStats& stats);
precast_target_op targetOpOf(const TargetOp& op);
/// Calls release(owner) when its last copy goes, or if there is no memory for it.
std::shared_ptr<const void> ownerOf(void* owner, void (*release)(void* owner));

inline precast_string stringOf(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view viewOf(const char* text) { return text == nullptr ? std::string_view() : text; }
inline std::string_view viewOf(const char* data, std::size_t size) {
  return size == 0 ? std::string_view() : std::string_view(data, size);
}
inline DType dtypeOf(precast_dtype dtype) { return static_cast<DType>(dtype); }
inline precast_dtype numberOf(DType dtype) { return static_cast<precast_dtype>(dtype); }

/// Whatever a reader returns, in a handle.
template <typename Handle, typename Object>
absl::Status handOut(absl::StatusOr<Object> made, Handle** out) {
  if (!made.ok()) return made.status();
  *out = newHandle<Handle>(*std::move(made));
  return absl::OkStatus();
}

}  // namespace precast::c
