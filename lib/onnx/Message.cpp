#include "onnx/Message.h"

#include "fmt/format.h"

namespace precast::onnx {

namespace {

constexpr std::uint8_t bit(WireType type) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(type)); }
constexpr std::uint8_t kNumber = bit(WireType::varint);
constexpr std::uint8_t kFloat = bit(WireType::fixed32);
constexpr std::uint8_t kBytes = bit(WireType::bytes);
// Repeated numbers come one by one or packed; readers must take both.
constexpr std::uint8_t kNumbers = kNumber | kBytes;
constexpr std::uint8_t kFloats = kFloat | kBytes;
constexpr std::uint8_t kDoubles = bit(WireType::fixed64) | kBytes;

constexpr FieldSpec kNone;
constexpr FieldSpec kModelFields[] = {
    kNone,
    {"ir_version", kNumber},
    {"producer_name", kBytes},
    {"producer_version", kBytes},
    {"domain", kBytes},
    {"model_version", kNumber},
    {"doc_string", kBytes},
    {"graph", kBytes},
    {"opset_import", kBytes},
    kNone,
    kNone,
    kNone,
    kNone,
    kNone,
    {"metadata_props", kBytes},
    kNone,
    kNone,
    kNone,
    kNone,
    kNone,
    {"training_info", kBytes},
    kNone,
    kNone,
    kNone,
    kNone,
    {"functions", kBytes},
    {"configuration", kBytes},
};
constexpr FieldSpec kTrainingFields[] = {kNone,
                                         {"initialization", kBytes},
                                         {"algorithm", kBytes},
                                         {"initialization_binding", kBytes},
                                         {"update_binding", kBytes}};
constexpr FieldSpec kOpsetFields[] = {kNone, {"domain", kBytes}, {"version", kNumber}};
constexpr FieldSpec kFunctionFields[] = {kNone,
                                         {"name", kBytes},
                                         kNone,
                                         kNone,
                                         {"input", kBytes},
                                         {"output", kBytes},
                                         {"attribute", kBytes},
                                         {"node", kBytes},
                                         {"doc_string", kBytes},
                                         {"opset_import", kBytes},
                                         {"domain", kBytes},
                                         {"attribute_proto", kBytes},
                                         {"value_info", kBytes},
                                         {"overload", kBytes},
                                         {"metadata_props", kBytes}};
constexpr FieldSpec kGraphFields[] = {kNone,
                                      {"node", kBytes},
                                      {"name", kBytes},
                                      kNone,
                                      kNone,
                                      {"initializer", kBytes},
                                      kNone,
                                      kNone,
                                      kNone,
                                      kNone,
                                      {"doc_string", kBytes},
                                      {"input", kBytes},
                                      {"output", kBytes},
                                      {"value_info", kBytes},
                                      {"quantization_annotation", kBytes},
                                      {"sparse_initializer", kBytes},
                                      {"metadata_props", kBytes}};
constexpr FieldSpec kNodeFields[] = {kNone,
                                     {"input", kBytes},
                                     {"output", kBytes},
                                     {"name", kBytes},
                                     {"op_type", kBytes},
                                     {"attribute", kBytes},
                                     {"doc_string", kBytes},
                                     {"domain", kBytes},
                                     {"overload", kBytes},
                                     {"metadata_props", kBytes},
                                     {"device_configurations", kBytes}};
constexpr FieldSpec kAttributeFields[] = {kNone,
                                          {"name", kBytes},
                                          {"f", kFloat},
                                          {"i", kNumber},
                                          {"s", kBytes},
                                          {"t", kBytes},
                                          {"g", kBytes},
                                          {"floats", kFloats},
                                          {"ints", kNumbers},
                                          {"strings", kBytes},
                                          {"tensors", kBytes},
                                          {"graphs", kBytes},
                                          kNone,
                                          {"doc_string", kBytes},
                                          {"tp", kBytes},
                                          {"type_protos", kBytes},
                                          kNone,
                                          kNone,
                                          kNone,
                                          kNone,
                                          {"type", kNumber},
                                          {"ref_attr_name", kBytes},
                                          {"sparse_tensor", kBytes},
                                          {"sparse_tensors", kBytes}};
constexpr FieldSpec kTensorFields[] = {kNone,
                                       {"dims", kNumbers},
                                       {"data_type", kNumber},
                                       {"segment", kBytes},
                                       {"float_data", kFloats},
                                       {"int32_data", kNumbers},
                                       {"string_data", kBytes},
                                       {"int64_data", kNumbers},
                                       {"name", kBytes},
                                       {"raw_data", kBytes},
                                       {"double_data", kDoubles},
                                       {"uint64_data", kNumbers},
                                       {"doc_string", kBytes},
                                       {"external_data", kBytes},
                                       {"data_location", kNumber},
                                       kNone,
                                       {"metadata_props", kBytes}};
constexpr FieldSpec kSparseFields[] = {kNone, {"values", kBytes}, {"indices", kBytes}, {"dims", kNumbers}};
constexpr FieldSpec kAnnotationFields[] = {kNone, {"tensor_name", kBytes}, {"quant_parameter_tensor_names", kBytes}};
constexpr FieldSpec kEntryFields[] = {kNone, {"key", kBytes}, {"value", kBytes}};
constexpr FieldSpec kValueInfoFields[] = {
    kNone, {"name", kBytes}, {"type", kBytes}, {"doc_string", kBytes}, {"metadata_props", kBytes}};
constexpr FieldSpec kTypeFields[] = {kNone,
                                     {"tensor_type", kBytes},
                                     kNone,
                                     kNone,
                                     {"sequence_type", kBytes},
                                     {"map_type", kBytes},
                                     {"denotation", kBytes},
                                     {"opaque_type", kBytes},
                                     {"sparse_tensor_type", kBytes},
                                     {"optional_type", kBytes}};
constexpr FieldSpec kContainerTypeFields[] = {kNone, {"elem_type", kBytes}};
constexpr FieldSpec kTensorTypeFields[] = {kNone, {"elem_type", kNumber}, {"shape", kBytes}};
constexpr FieldSpec kShapeFields[] = {kNone, {"dim", kBytes}};
constexpr FieldSpec kDimensionFields[] = {kNone, {"dim_value", kNumber}, {"dim_param", kBytes}, {"denotation", kBytes}};

}  // namespace

constexpr MessageSpec kModelMessage{"ModelProto", kModelFields};
constexpr MessageSpec kTrainingMessage{"TrainingInfoProto", kTrainingFields};
constexpr MessageSpec kOpsetMessage{"OperatorSetIdProto", kOpsetFields};
constexpr MessageSpec kFunctionMessage{"FunctionProto", kFunctionFields};
constexpr MessageSpec kGraphMessage{"GraphProto", kGraphFields};
constexpr MessageSpec kNodeMessage{"NodeProto", kNodeFields};
constexpr MessageSpec kAttributeMessage{"AttributeProto", kAttributeFields};
constexpr MessageSpec kTensorMessage{"TensorProto", kTensorFields};
constexpr MessageSpec kSparseMessage{"SparseTensorProto", kSparseFields};
constexpr MessageSpec kAnnotationMessage{"TensorAnnotation", kAnnotationFields};
constexpr MessageSpec kEntryMessage{"StringStringEntryProto", kEntryFields};
constexpr MessageSpec kValueInfoMessage{"ValueInfoProto", kValueInfoFields};
constexpr MessageSpec kTypeMessage{"TypeProto", kTypeFields};
constexpr MessageSpec kContainerTypeMessage{"TypeProto.Sequence", kContainerTypeFields};
constexpr MessageSpec kTensorTypeMessage{"TypeProto.Tensor", kTensorTypeFields};
constexpr MessageSpec kShapeMessage{"TensorShapeProto", kShapeFields};
constexpr MessageSpec kDimensionMessage{"TensorShapeProto.Dimension", kDimensionFields};

absl::Status MessageCursor::error() const {
  if (wrong_ == 0) return cursor_.status();
  return absl::InvalidArgumentError(fmt::format("field {}.{} at byte {} has wire type {}, which it cannot have",
                                                spec_->name, fields_[wrong_].name, wrongAt_,
                                                static_cast<unsigned>(wrongType_)));
}

}  // namespace precast::onnx
