#include "ModelBuilder.h"

#include <cstring>

#include "onnx/Message.h"
#include "onnx/Wire.h"

namespace precast::test {

namespace field = onnx::field;

Proto& Proto::number(std::uint32_t field, std::int64_t value) {
  onnx::appendNumber(bytes_, field, static_cast<std::uint64_t>(value));
  return *this;
}

Proto& Proto::text(std::uint32_t field, std::string_view text) {
  onnx::appendText(bytes_, field, text);
  return *this;
}

Proto& Proto::each(std::uint32_t field, const std::vector<std::string>& messages) {
  for (const std::string& message : messages) text(field, message);
  return *this;
}

Proto& Proto::raw(std::string_view bytes) {
  bytes_.append(bytes);
  return *this;
}

std::string floatBytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string info(std::string_view name, DType dtype, const Dims& dims) {
  Proto shape;
  for (std::int64_t dim : dims) shape.text(field::kDim, Proto().number(field::kDimValue, dim).operator std::string());
  const std::string tensor =
      Proto().number(field::kElemType, static_cast<std::int64_t>(dtype)).text(field::kShape, std::string(shape));
  return Proto()
      .text(field::kValueName, name)
      .text(field::kValueType, std::string(Proto().text(field::kTensorType, tensor)));
}

namespace {

Proto tensorHead(std::string_view name, DType dtype, const Dims& dims) {
  Proto tensor;
  for (std::int64_t dim : dims) tensor.number(field::kDims, dim);
  tensor.number(field::kDataType, static_cast<std::int64_t>(dtype)).text(field::kTensorName, name);
  return tensor;
}

}  // namespace

std::string floatTensor(std::string_view name, const Dims& dims, const std::vector<float>& values) {
  return rawTensor(name, DType::float32, dims, floatBytes(values));
}

std::string rawTensor(std::string_view name, DType dtype, const Dims& dims, std::string_view bytes) {
  return tensorHead(name, dtype, dims).text(field::kRawData, bytes);
}

std::string longTensor(std::string_view name, const Dims& dims, const std::vector<std::int64_t>& values) {
  std::string bytes(values.size() * sizeof(std::int64_t), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return rawTensor(name, DType::int64, dims, bytes);
}

std::string externalTensor(std::string_view name, DType dtype, const Dims& dims, const Entries& entries) {
  Proto tensor = tensorHead(name, dtype, dims);
  for (const auto& [key, value] : entries) {
    tensor.text(field::kExternalData, std::string(Proto().text(field::kKey, key).text(field::kEntryValue, value)));
  }
  return tensor.number(field::kDataLocation, 1);
}

std::string intAttribute(std::string_view name, std::int64_t value) {
  return Proto().text(field::kAttributeName, name).number(field::kI, value).number(field::kAttributeType, 2);
}

std::string intsAttribute(std::string_view name, const std::vector<std::int64_t>& values) {
  Proto attribute;
  attribute.text(field::kAttributeName, name);
  for (std::int64_t value : values) attribute.number(field::kInts, value);
  return attribute.number(field::kAttributeType, 7);
}

std::string floatAttribute(std::string_view name, float value) {
  // Field kF with the wire type of four bytes.
  Proto attribute;
  attribute.text(field::kAttributeName, name).raw(std::string(1, static_cast<char>(field::kF << 3 | 5)));
  return attribute.raw(floatBytes({value})).number(field::kAttributeType, 1);
}

std::string floatsAttribute(std::string_view name, const std::vector<float>& values) {
  return Proto()
      .text(field::kAttributeName, name)
      .text(field::kFloats, floatBytes(values))
      .number(field::kAttributeType, 6);
}

std::string textAttribute(std::string_view name, std::string_view value) {
  return Proto().text(field::kAttributeName, name).text(field::kS, value).number(field::kAttributeType, 3);
}

std::string tensorAttribute(std::string_view name, const std::string& tensor) {
  return Proto().text(field::kAttributeName, name).text(field::kT, tensor).number(field::kAttributeType, 4);
}

std::string graphAttribute(std::string_view name, const std::string& graph) {
  return Proto().text(field::kAttributeName, name).text(field::kG, graph).number(field::kAttributeType, 5);
}

std::string node(std::string_view type, const Names& inputs, const Names& outputs, const Messages& attributes,
                 std::string_view name, std::string_view domain) {
  Proto node;
  node.each(field::kInput, inputs).each(field::kOutput, outputs);
  if (!name.empty()) node.text(field::kNodeName, name);
  node.text(field::kOpType, type).each(field::kAttribute, attributes);
  if (!domain.empty()) node.text(field::kDomain, domain);
  return node;
}

std::string graph(const Messages& nodes, const Messages& initializers, const Messages& inputs, const Messages& outputs,
                  const Messages& infos) {
  return Proto()
      .each(field::kNode, nodes)
      .text(field::kGraphName, "g")
      .each(field::kInitializer, initializers)
      .each(field::kGraphInput, inputs)
      .each(field::kGraphOutput, outputs)
      .each(field::kValueInfo, infos);
}

std::string function(std::string_view domain, std::string_view name, const Names& inputs, const Names& outputs,
                     const Messages& nodes, const Messages& opsets, const Messages& defaults) {
  return Proto()
      .text(field::kFunctionName, name)
      .each(field::kFunctionInput, inputs)
      .each(field::kFunctionOutput, outputs)
      .each(field::kFunctionNode, nodes)
      .each(field::kFunctionOpset, opsets)
      .text(field::kFunctionDomain, domain)
      .each(field::kFunctionAttributeProto, defaults);
}

std::string referenceAttribute(std::string_view name, std::string_view reference, std::int64_t type) {
  return Proto()
      .text(field::kAttributeName, name)
      .text(field::kRefAttrName, reference)
      .number(field::kAttributeType, type);
}

std::string opset(std::int64_t version, std::string_view domain) {
  Proto opset;
  if (!domain.empty()) opset.text(field::kOpsetDomain, domain);
  return opset.number(field::kOpsetVersion, version);
}

std::string model(const std::string& graph) { return model(graph, 8, {opset(17)}); }

std::string model(const std::string& graph, std::int64_t irVersion, const Messages& opsets, const Messages& functions) {
  return Proto()
      .number(field::kIrVersion, irVersion)
      .text(field::kGraph, graph)
      .each(field::kOpsetImport, opsets)
      .each(field::kFunctions, functions);
}

ExactBytes::ExactBytes(std::string_view bytes) : data_(new std::byte[bytes.size()]), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(data_.get(), bytes.data(), bytes.size());
}

absl::StatusOr<onnx::Model> readBytesOf(std::string_view bytes, const onnx::ReadOptions& options) {
  const auto owner = std::make_shared<ExactBytes>(bytes);
  return onnx::read(owner->span(), owner, options);
}

}  // namespace precast::test
