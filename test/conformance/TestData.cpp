#include "TestData.h"

#include "Command.h"
#include "onnx/ExternalData.h"
#include "onnx/Message.h"
#include "onnx/TensorReader.h"

#include <filesystem>
#include <stdexcept>

namespace precast::test {
namespace {

namespace fs = std::filesystem;
using onnx::ByteRange;
using onnx::WireCursor;
using onnx::WireField;

// SequenceProto and OptionalProto keep tensors in field 3; in field 5 the one has sequences, the other its sequence.
constexpr std::uint32_t kTensorValues = 3;
constexpr std::uint32_t kSequenceValues = 5;

class FileReader {
 public:
  explicit FileReader(const std::string& path)
      : bytes_(readBytes(path)), span_(reinterpret_cast<const std::byte*>(bytes_.data()), bytes_.size()) {}

  ByteRange all() const { return {0, bytes_.size()}; }

  Tensor tensor(ByteRange range) const {
    onnx::ExternalData none{""};
    const auto contents = onnx::readTensor(span_, range, none, Limits());
    if (!contents.ok()) throw std::runtime_error(std::string(contents.status().message()));
    Tensor tensor{contents->dtype, contents->dims, {contents->data.begin(), contents->data.end()}};
    if (tensor.dtype == DType::string) {
      WireCursor cursor(span_, range);
      WireField at;
      while (cursor.next(at)) {
        if (at.number == onnx::field::kStringData) tensor.strings.emplace_back(onnx::textOf(span_, at.inside()));
      }
    }
    return tensor;
  }

  EngineValue sequence(ByteRange range) const {
    EngineValue value;
    value.isSequence = true;
    WireCursor cursor(span_, range);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == kTensorValues) value.tensors.push_back(tensor(at.inside()));
    }
    return value;
  }

  EngineValue optional(ByteRange range) const {
    EngineValue value;
    WireCursor cursor(span_, range);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == kTensorValues) value.tensors.push_back(tensor(at.inside()));
      if (at.number == kSequenceValues) value = sequence(at.inside());
    }
    return value;
  }

 private:
  std::string bytes_;
  absl::Span<const std::byte> span_;
};

EngineValue readValue(const std::string& path, DType dtype) {
  const FileReader file(path);
  if (dtype == DType::sequence) return file.sequence(file.all());
  if (dtype == DType::optional) return file.optional(file.all());
  EngineValue value;
  value.tensors.push_back(file.tensor(file.all()));
  return value;
}

std::vector<EngineValue> readValues(const std::string& prefix, const std::vector<DType>& dtypes) {
  std::vector<EngineValue> values;
  for (const DType dtype : dtypes) {
    const std::string path = prefix + std::to_string(values.size()) + ".pb";
    if (!fs::exists(path)) break;
    values.push_back(readValue(path, dtype));
  }
  return values;
}

}  // namespace

TestSet readTestSet(const std::string& folder, const std::vector<DType>& inputs, const std::vector<DType>& outputs) {
  return {readValues(folder + "/input_", inputs), readValues(folder + "/output_", outputs)};
}

}  // namespace precast::test
