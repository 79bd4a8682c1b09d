// Which C++ object is behind an opaque handle of the C interface: a handle is that object's address, so that graphs and
// plans inside other objects have handles too.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "precast-c/precast.h"
#include "precast/precast.h"

namespace precast::c {

struct Error {
  precast_status code = PRECAST_OK;
  std::string message;
};

/// What a write did; `bytes` is the model itself if it was written to memory.
struct Written {
  const CompileResult* of;  ///< to be compared only: it may be gone
  onnx::WriteResult result;
  std::string bytes;
};

template <typename Handle>
struct Behind;

template <>
struct Behind<precast_error> {
  using Type = Error;
};
template <>
struct Behind<precast_diagnostics> {
  using Type = std::vector<Diagnostic>;
};
template <>
struct Behind<precast_target> {
  using Type = Target;
};
template <>
struct Behind<precast_kernel> {
  using Type = const OpEntry;
};
template <>
struct Behind<precast_mapping> {
  using Type = const OpMapping;
};
template <>
struct Behind<precast_graph> {
  using Type = Graph;
};
template <>
struct Behind<precast_policy> {
  using Type = PrecisionPolicy;
};
template <>
struct Behind<precast_plan> {
  using Type = PrecisionPlan;
};
template <>
struct Behind<precast_pipeline> {
  using Type = PassPipeline;
};
template <>
struct Behind<precast_context> {
  using Type = const NodeContext;
};
template <>
struct Behind<precast_result> {
  using Type = CompileResult;
};
template <>
struct Behind<precast_model> {
  using Type = onnx::Model;
};
template <>
struct Behind<precast_written> {
  using Type = Written;
};

/// The object behind `handle`.
template <typename Handle>
auto* behind(Handle* handle) {
  return reinterpret_cast<typename Behind<Handle>::Type*>(handle);
}
template <typename Handle>
const auto* behind(const Handle* handle) {
  return reinterpret_cast<const typename Behind<Handle>::Type*>(handle);
}

/// The handle of `object`.
template <typename Handle>
const Handle* handleOf(const typename Behind<Handle>::Type& object) {
  return reinterpret_cast<const Handle*>(&object);
}

/// The handle of a new object on the heap, to be freed by freeHandle().
template <typename Handle>
Handle* newHandle(typename Behind<Handle>::Type object) {
  return reinterpret_cast<Handle*>(new typename Behind<Handle>::Type(std::move(object)));
}
template <typename Handle>
void freeHandle(Handle* handle) {
  delete behind(handle);
}

}  // namespace precast::c
