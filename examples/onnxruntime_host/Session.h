// A model in ONNX Runtime, through its C API: from memory, with one float32 input and one float32 output. It runs on
// one thread, so that two runs give the same bytes and times can be compared.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

/// Null if the engine is older than its header.
inline const OrtApi* ort() { return OrtGetApiBase()->GetApi(ORT_API_VERSION); }

inline absl::Status take(OrtStatus* status) {
  if (status == nullptr) return absl::OkStatus();
  absl::Status result = absl::InternalError(ort()->GetErrorMessage(status));
  ort()->ReleaseStatus(status);
  return result;
}

/// Releases what the engine made, whichever way a function is left.
template <typename T>
class Owned {
 public:
  explicit Owned(void(ORT_API_CALL* release)(T*)) : release_(release) {}
  ~Owned() {
    if (pointer_ != nullptr) release_(pointer_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  operator T*() const { return pointer_; }
  T** out() { return &pointer_; }

 private:
  void(ORT_API_CALL* release_)(T*);
  T* pointer_ = nullptr;
};

class Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> create(const std::string& model) {
    if (ort() == nullptr) return absl::UnimplementedError("ONNX Runtime is older than its header");
    std::unique_ptr<Session> session(new Session);
    Owned<OrtSessionOptions> options(ort()->ReleaseSessionOptions);
    absl::Status s = take(ort()->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "host", session->env_.out()));
    if (s.ok()) s = take(ort()->CreateSessionOptions(options.out()));
    if (s.ok()) s = take(ort()->SetIntraOpNumThreads(options, 1));
    if (s.ok()) {
      s = take(
          ort()->CreateSessionFromArray(session->env_, model.data(), model.size(), options, session->session_.out()));
    }
    if (s.ok()) s = session->readName(ort()->SessionGetInputName, session->input_);
    if (s.ok()) s = session->readName(ort()->SessionGetOutputName, session->output_);
    if (!s.ok()) return s;
    return session;
  }

  absl::StatusOr<std::vector<float>> run(const std::vector<float>& input,
                                         const std::vector<std::int64_t>& shape) const {
    Owned<OrtMemoryInfo> memory(ort()->ReleaseMemoryInfo);
    Owned<OrtValue> tensor(ort()->ReleaseValue);
    Owned<OrtValue> result(ort()->ReleaseValue);
    Owned<OrtTensorTypeAndShapeInfo> info(ort()->ReleaseTensorTypeAndShapeInfo);
    const char* inputs[] = {input_.c_str()};
    const char* outputs[] = {output_.c_str()};
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    std::size_t count = 0;
    void* data = nullptr;
    absl::Status s = take(ort()->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, memory.out()));
    if (s.ok()) {
      s = take(ort()->CreateTensorWithDataAsOrtValue(memory, const_cast<float*>(input.data()),
                                                     input.size() * sizeof(float), shape.data(), shape.size(),
                                                     ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, tensor.out()));
    }
    const OrtValue* tensors[] = {tensor};
    if (s.ok()) s = take(ort()->Run(session_, nullptr, inputs, tensors, 1, outputs, 1, result.out()));
    if (s.ok()) s = take(ort()->GetTensorTypeAndShape(result, info.out()));
    if (s.ok()) s = take(ort()->GetTensorElementType(info, &type));
    if (s.ok()) s = take(ort()->GetTensorShapeElementCount(info, &count));
    if (s.ok()) s = take(ort()->GetTensorMutableData(result, &data));
    if (!s.ok()) return s;
    if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return absl::InternalError("'" + output_ + "' is no float32");
    const auto* floats = static_cast<const float*>(data);
    return std::vector<float>(floats, floats + count);
  }

 private:
  Session() = default;

  template <typename Get>
  absl::Status readName(Get get, std::string& name) const {
    OrtAllocator* allocator = nullptr;
    char* text = nullptr;
    absl::Status s = take(ort()->GetAllocatorWithDefaultOptions(&allocator));
    if (s.ok()) s = take(get(session_, 0, allocator, &text));
    if (!s.ok()) return s;
    name = text;
    return take(ort()->AllocatorFree(allocator, text));
  }

  Owned<OrtEnv> env_{ort()->ReleaseEnv};
  Owned<OrtSession> session_{ort()->ReleaseSession};
  std::string input_;
  std::string output_;
};
