// Handles of the C interface that free themselves, and errors that tests can ask, for tests in C++.
#pragma once

#include <string>
#include <string_view>

#include "precast-c/precast.h"

namespace precast::test {

template <typename Handle, void (*Free)(Handle*)>
class COwned {
 public:
  COwned() = default;
  ~COwned() { Free(handle_); }
  COwned(const COwned&) = delete;
  COwned& operator=(const COwned&) = delete;

  operator Handle*() const { return handle_; }
  Handle* get() const { return handle_; }
  /// The place for a new handle; the old one is freed.
  Handle** out() {
    Free(handle_);
    handle_ = nullptr;
    return &handle_;
  }

 private:
  Handle* handle_ = nullptr;
};

using CTarget = COwned<precast_target, precast_target_free>;
using CGraph = COwned<precast_graph, precast_graph_free>;
using CPolicy = COwned<precast_policy, precast_policy_free>;
using CPlan = COwned<precast_plan, precast_plan_free>;
using CPipeline = COwned<precast_pipeline, precast_pipeline_free>;
using CResult = COwned<precast_result, precast_result_free>;
using CModel = COwned<precast_model, precast_model_free>;
using CWritten = COwned<precast_written, precast_written_free>;
using CDiagnostics = COwned<precast_diagnostics, precast_diagnostics_free>;

class CError : public COwned<precast_error, precast_error_free> {
 public:
  std::string message() const { return precast_error_message(get()); }
  precast_status code() const { return precast_error_code(get()); }
};

inline std::string textOf(precast_string text) { return text.size == 0 ? "" : std::string(text.data, text.size); }

/// A precast_text_callback that appends to the std::string behind `user`.
inline int32_t appendText(const char* data, size_t size, void* user) {
  static_cast<std::string*>(user)->append(data, size);
  return 0;
}
/// One that appends a line.
inline int32_t appendLine(const char* data, size_t size, void* user) {
  static_cast<std::string*>(user)->append(data, size).append("\n");
  return 0;
}

}  // namespace precast::test
