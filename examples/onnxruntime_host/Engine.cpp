#include "Engine.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

namespace {

// Runs `release` on what the engine made, whichever way the function is left.
template <typename T>
struct Owned {
  using Release = void(ORT_API_CALL*)(T*);
  explicit Owned(Release function) : release(function) {}
  ~Owned() {
    if (pointer != nullptr) release(pointer);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Release release;
  T* pointer = nullptr;
};

absl::Status take(const OrtApi& api, OrtStatus* status) {
  if (status == nullptr) return absl::OkStatus();
  absl::Status result = absl::InternalError(api.GetErrorMessage(status));
  api.ReleaseStatus(status);
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::load(const std::string& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);  // for the life of the process
  if (handle == nullptr) return absl::NotFoundError(dlerror());
  const auto base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
  if (base == nullptr) return absl::NotFoundError(dlerror());
  std::unique_ptr<Engine> engine(new Engine);
  engine->version_ = base()->GetVersionString();
  engine->api_ = base()->GetApi(ORT_API_VERSION);
  if (engine->api_ == nullptr) return absl::UnimplementedError(engine->version_ + " is older than its header");
  const OrtApi& api = *engine->api_;
  if (absl::Status s = take(api, api.CreateEnv(ORT_LOGGING_LEVEL_ERROR, "host", &engine->env_)); !s.ok()) return s;
  return engine;
}

Engine::~Engine() {
  if (env_ != nullptr) api_->ReleaseEnv(env_);
}

absl::StatusOr<std::unique_ptr<Session>> Session::create(const Engine& engine, const std::string& model) {
  const OrtApi& api = *engine.api_;
  std::unique_ptr<Session> session(new Session(engine));
  Owned<OrtSessionOptions> options(api.ReleaseSessionOptions);
  if (absl::Status s = take(api, api.CreateSessionOptions(&options.pointer)); !s.ok()) return s;
  if (absl::Status s = take(api, api.SetIntraOpNumThreads(options.pointer, 1)); !s.ok()) return s;
  OrtStatus* made =
      api.CreateSessionFromArray(engine.env_, model.data(), model.size(), options.pointer, &session->session_);
  if (absl::Status s = take(api, made); !s.ok()) return s;

  OrtAllocator* allocator = nullptr;
  if (absl::Status s = take(api, api.GetAllocatorWithDefaultOptions(&allocator)); !s.ok()) return s;
  const auto readName = [&](auto get, std::string& into) {
    char* name = nullptr;
    absl::Status status = take(api, get(session->session_, 0, allocator, &name));
    if (!status.ok()) return status;
    into = name;
    return take(api, api.AllocatorFree(allocator, name));
  };
  if (absl::Status s = readName(api.SessionGetInputName, session->input_); !s.ok()) return s;
  if (absl::Status s = readName(api.SessionGetOutputName, session->output_); !s.ok()) return s;
  return session;
}

Session::~Session() {
  if (session_ != nullptr) engine_.api_->ReleaseSession(session_);
}

absl::StatusOr<std::vector<float>> Session::run(const std::vector<float>& input,
                                                const std::vector<std::int64_t>& shape) const {
  const OrtApi& api = *engine_.api_;
  Owned<OrtMemoryInfo> memory(api.ReleaseMemoryInfo);
  if (absl::Status s = take(api, api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory.pointer));
      !s.ok()) {
    return s;
  }
  Owned<OrtValue> tensor(api.ReleaseValue);
  OrtStatus* wrapped = api.CreateTensorWithDataAsOrtValue(memory.pointer, const_cast<float*>(input.data()),
                                                          input.size() * sizeof(float), shape.data(), shape.size(),
                                                          ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &tensor.pointer);
  if (absl::Status s = take(api, wrapped); !s.ok()) return s;

  const char* inputName = input_.c_str();
  const char* outputName = output_.c_str();
  Owned<OrtValue> result(api.ReleaseValue);
  OrtStatus* ran = api.Run(session_, nullptr, &inputName, &tensor.pointer, 1, &outputName, 1, &result.pointer);
  if (absl::Status s = take(api, ran); !s.ok()) return s;

  Owned<OrtTensorTypeAndShapeInfo> info(api.ReleaseTensorTypeAndShapeInfo);
  if (absl::Status s = take(api, api.GetTensorTypeAndShape(result.pointer, &info.pointer)); !s.ok()) return s;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  if (absl::Status s = take(api, api.GetTensorElementType(info.pointer, &type)); !s.ok()) return s;
  if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return absl::InternalError("output '" + output_ + "' is no float32");
  std::size_t count = 0;
  if (absl::Status s = take(api, api.GetTensorShapeElementCount(info.pointer, &count)); !s.ok()) return s;
  void* data = nullptr;
  if (absl::Status s = take(api, api.GetTensorMutableData(result.pointer, &data)); !s.ok()) return s;
  const auto* floats = static_cast<const float*>(data);
  return std::vector<float>(floats, floats + count);
}
