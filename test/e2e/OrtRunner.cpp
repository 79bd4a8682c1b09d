#include "OrtRunner.h"

// The engine is loaded with dlopen, so that the header must not look for it at start-up.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include <dlfcn.h>

#include <stdexcept>
#include <utility>

namespace precast::test {
namespace {

const OrtApi* loadEngine() {
  void* library = dlopen(PRECAST_ENGINE, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  auto base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
  if (base == nullptr) throw std::runtime_error(dlerror());
  // The engine may be newer than the header, never older.
  const OrtApi* api = base()->GetApi(ORT_API_VERSION);
  if (api == nullptr) {
    throw std::runtime_error(std::string("ONNX Runtime ") + base()->GetVersionString() + " has no API version " +
                             std::to_string(ORT_API_VERSION));
  }
  return api;
}

const Ort::Env& environment() {
  static const Ort::Env env = [] {
    Ort::InitApi(loadEngine());
    return Ort::Env(ORT_LOGGING_LEVEL_ERROR, "precast");
  }();
  return env;
}

// ONNX and the engine number the element types alike, up to these.
DType dtypeOf(ONNXTensorElementDataType type) {
  return type <= ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 ? static_cast<DType>(type) : DType::undefined;
}

TensorInfo describe(const Ort::TypeInfo& type, const char* name) {
  if (type.GetONNXType() != ONNX_TYPE_TENSOR) return {name, DType::undefined, {}};
  const auto tensor = type.GetTensorTypeAndShapeInfo();
  return {name, dtypeOf(tensor.GetElementType()), tensor.GetShape()};
}

Tensor copyOut(const Ort::Value& value, const std::string& name) {
  if (!value.IsTensor()) throw std::runtime_error("output '" + name + "' is not a tensor");
  const auto info = value.GetTensorTypeAndShapeInfo();
  const DType dtype = dtypeOf(info.GetElementType());
  const int bits = bitWidth(dtype);
  if (bits < 8) throw std::runtime_error("output '" + name + "' is of dtype " + std::string(toString(dtype)));
  const auto* begin = static_cast<const std::byte*>(value.GetTensorRawData());
  return {dtype, info.GetShape(), {begin, begin + info.GetElementCount() * static_cast<std::size_t>(bits) / 8}};
}

}  // namespace

struct OrtModel::Session {
  Ort::Session handle;
};

OrtModel::OrtModel(const std::string& path, Optimization optimization) {
  const Ort::Env& env = environment();
  Ort::SessionOptions options;
  options.SetGraphOptimizationLevel(optimization == Optimization::off ? ORT_DISABLE_ALL : ORT_ENABLE_ALL);
  options.SetIntraOpNumThreads(1);
  session_.reset(new Session{Ort::Session(env, path.c_str(), options)});

  const Ort::Session& session = session_->handle;
  Ort::AllocatorWithDefaultOptions allocator;
  for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
    inputs_.push_back(describe(session.GetInputTypeInfo(i), session.GetInputNameAllocated(i, allocator).get()));
  }
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
    outputs_.push_back(describe(session.GetOutputTypeInfo(i), session.GetOutputNameAllocated(i, allocator).get()));
  }
}

OrtModel::~OrtModel() = default;

std::vector<Tensor> OrtModel::run(const std::vector<Tensor>& inputs) const {
  if (inputs.size() != inputs_.size()) {
    throw std::runtime_error("the model has " + std::to_string(inputs_.size()) + " inputs, " +
                             std::to_string(inputs.size()) + " tensors were given");
  }
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<Ort::Value> values;
  std::vector<const char*> inputNames;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = inputs[i];
    // The engine only reads the bytes of an input.
    auto* bytes = const_cast<std::byte*>(tensor.bytes.data());
    values.push_back(Ort::Value::CreateTensor(memory, bytes, tensor.bytes.size(), tensor.shape.data(),
                                              tensor.shape.size(),
                                              static_cast<ONNXTensorElementDataType>(tensor.dtype)));
    inputNames.push_back(inputs_[i].name.c_str());
  }
  std::vector<const char*> outputNames;
  for (const TensorInfo& info : outputs_) outputNames.push_back(info.name.c_str());

  const std::vector<Ort::Value> results = session_->handle.Run(Ort::RunOptions{}, inputNames.data(), values.data(),
                                                               values.size(), outputNames.data(), outputNames.size());
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < results.size(); ++i) outputs.push_back(copyOut(results[i], outputs_[i].name));
  return outputs;
}

}  // namespace precast::test
