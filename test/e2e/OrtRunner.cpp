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
  if (!value.HasValue() || !value.IsTensor()) throw std::runtime_error("output '" + name + "' is not a tensor");
  const auto info = value.GetTensorTypeAndShapeInfo();
  const DType dtype = dtypeOf(info.GetElementType());
  if (dtype == DType::string) {
    Tensor strings{dtype, info.GetShape(), {}};
    for (std::size_t i = 0; i < info.GetElementCount(); ++i) strings.strings.push_back(value.GetStringTensorElement(i));
    return strings;
  }
  const int bits = bitWidth(dtype);
  if (bits < 8) throw std::runtime_error("output '" + name + "' is of dtype " + std::string(toString(dtype)));
  const auto* begin = static_cast<const std::byte*>(value.GetTensorRawData());
  return {dtype, info.GetShape(), {begin, begin + info.GetElementCount() * static_cast<std::size_t>(bits) / 8}};
}

// The engine reads the bytes of `tensor` where they are.
Ort::Value copyIn(const Tensor& tensor) {
  if (tensor.dtype == DType::string) {
    Ort::AllocatorWithDefaultOptions allocator;
    Ort::Value strings = Ort::Value::CreateTensor(allocator, tensor.shape.data(), tensor.shape.size(),
                                                  ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING);
    for (std::size_t i = 0; i < tensor.strings.size(); ++i)
      strings.FillStringTensorElement(tensor.strings[i].c_str(), i);
    return strings;
  }
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  auto* bytes = const_cast<std::byte*>(tensor.bytes.data());
  return Ort::Value::CreateTensor(memory, bytes, tensor.bytes.size(), tensor.shape.data(), tensor.shape.size(),
                                  static_cast<ONNXTensorElementDataType>(tensor.dtype));
}

Ort::Value copyIn(const EngineValue& value, const std::string& name) {
  if (value.tensors.empty()) throw std::runtime_error("input '" + name + "' is empty");
  if (!value.isSequence) return copyIn(value.tensors[0]);
  std::vector<Ort::Value> elements;
  for (const Tensor& tensor : value.tensors) elements.push_back(copyIn(tensor));
  return Ort::Value::CreateSequence(elements);
}

}  // namespace

struct OrtModel::Session {
  Ort::Session handle;
};

namespace {

Ort::SessionOptions optionsOf(Optimization optimization) {
  Ort::SessionOptions options;
  options.SetGraphOptimizationLevel(optimization == Optimization::off ? ORT_DISABLE_ALL : ORT_ENABLE_ALL);
  options.SetIntraOpNumThreads(1);
  return options;
}

}  // namespace

OrtModel::OrtModel(const std::string& path, Optimization optimization)
    : OrtModel([&] {
        const Ort::Env& env = environment();
        return std::unique_ptr<Session>(new Session{Ort::Session(env, path.c_str(), optionsOf(optimization))});
      }()) {}

OrtModel OrtModel::fromBytes(std::string_view bytes, Optimization optimization) {
  const Ort::Env& env = environment();
  try {
    return OrtModel(
        std::unique_ptr<Session>(new Session{Ort::Session(env, bytes.data(), bytes.size(), optionsOf(optimization))}));
  } catch (const Ort::Exception& error) {
    if (error.GetOrtErrorCode() == ORT_NOT_IMPLEMENTED) throw MissingKernel(error.what());
    throw;
  }
}

OrtModel::OrtModel(std::unique_ptr<Session> loaded) : session_(std::move(loaded)) {
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
OrtModel::OrtModel(OrtModel&& other) noexcept = default;

std::vector<Tensor> OrtModel::run(const std::vector<Tensor>& inputs) const {
  std::vector<EngineValue> values;
  for (const Tensor& tensor : inputs) {
    if (tensor.dtype == DType::string) throw std::runtime_error("a tensor of strings was given");
    values.push_back({false, {tensor}});
  }
  std::vector<Tensor> outputs;
  for (EngineValue& value : runValues(values)) {
    const std::string& name = outputs_[outputs.size()].name;
    if (value.isSequence) throw std::runtime_error("output '" + name + "' is not a tensor");
    if (value.tensors[0].dtype == DType::string) throw std::runtime_error("output '" + name + "' is of dtype string");
    outputs.push_back(std::move(value.tensors[0]));
  }
  return outputs;
}

std::vector<EngineValue> OrtModel::runValues(const std::vector<EngineValue>& inputs) const {
  if (inputs.size() != inputs_.size()) {
    throw std::runtime_error("the model has " + std::to_string(inputs_.size()) + " inputs, " +
                             std::to_string(inputs.size()) + " tensors were given");
  }
  std::vector<Ort::Value> values;
  std::vector<const char*> inputNames;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values.push_back(copyIn(inputs[i], inputs_[i].name));
    inputNames.push_back(inputs_[i].name.c_str());
  }
  std::vector<const char*> outputNames;
  for (const TensorInfo& info : outputs_) outputNames.push_back(info.name.c_str());

  std::vector<Ort::Value> results;
  try {
    results = session_->handle.Run(Ort::RunOptions{}, inputNames.data(), values.data(), values.size(),
                                   outputNames.data(), outputNames.size());
  } catch (const Ort::Exception& error) {
    if (error.GetOrtErrorCode() == ORT_NOT_IMPLEMENTED) throw MissingKernel(error.what());
    throw;
  }
  std::vector<EngineValue> outputs;
  Ort::AllocatorWithDefaultOptions allocator;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Ort::Value& result = results[i];
    EngineValue& output = outputs.emplace_back();
    if (result.HasValue() && result.GetTypeInfo().GetONNXType() == ONNX_TYPE_SEQUENCE) {
      output.isSequence = true;
      for (std::size_t at = 0; at < result.GetCount(); ++at) {
        output.tensors.push_back(copyOut(result.GetValue(static_cast<int>(at), allocator), outputs_[i].name));
      }
    } else {
      output.tensors.push_back(copyOut(result, outputs_[i].name));
    }
  }
  return outputs;
}

}  // namespace precast::test
