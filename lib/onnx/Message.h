// Field numbers and wire types of the ONNX messages that the reader and writer look into, and a cursor that checks the
// types. Source: onnx/onnx.in.proto of ONNX 1.19 (IR version 12).
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/Wire.h"

namespace precast::onnx {

/// Which wire types a field may have: one bit per WireType. 0: a number that the message does not use, as far as we
/// know.
struct FieldSpec {
  const char* name = nullptr;
  std::uint8_t types = 0;
};

struct MessageSpec {
  const char* name;
  absl::Span<const FieldSpec> fields;  ///< by field number
};

namespace field {
enum Model : std::uint32_t { kIrVersion = 1, kGraph = 7, kOpsetImport = 8, kTrainingInfo = 20, kFunctions = 25 };
enum Training : std::uint32_t { kInitialization = 1, kAlgorithm = 2 };
enum Opset : std::uint32_t { kOpsetDomain = 1, kOpsetVersion = 2 };
enum Function : std::uint32_t {
  kFunctionName = 1,
  kFunctionInput = 4,
  kFunctionOutput = 5,
  kFunctionNode = 7,
  kFunctionOpset = 9,
  kFunctionDomain = 10,
  kFunctionAttributeProto = 11,
  kFunctionValueInfo = 12,
  kFunctionOverload = 13
};
enum Graph : std::uint32_t {
  kNode = 1,
  kGraphName = 2,
  kInitializer = 5,
  kGraphInput = 11,
  kGraphOutput = 12,
  kValueInfo = 13,
  kQuantizationAnnotation = 14,
  kSparseInitializer = 15
};
enum Node : std::uint32_t {
  kInput = 1,
  kOutput = 2,
  kNodeName = 3,
  kOpType = 4,
  kAttribute = 5,
  kDomain = 7,
  kOverload = 8,
  kNodeMetadata = 9
};
enum Attribute : std::uint32_t {
  kAttributeName = 1,
  kF = 2,
  kI = 3,
  kS = 4,
  kT = 5,
  kG = 6,
  kFloats = 7,
  kInts = 8,
  kStrings = 9,
  kTensors = 10,
  kGraphs = 11,
  kAttributeType = 20,
  kRefAttrName = 21,
  kSparseTensor = 22,
  kSparseTensors = 23
};
enum Tensor : std::uint32_t {
  kDims = 1,
  kDataType = 2,
  kSegment = 3,
  kFloatData = 4,
  kInt32Data = 5,
  kStringData = 6,
  kInt64Data = 7,
  kTensorName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11,
  kExternalData = 13,
  kDataLocation = 14
};
enum Sparse : std::uint32_t { kSparseValues = 1, kSparseIndices = 2, kSparseDims = 3 };
enum Annotation : std::uint32_t { kAnnotatedTensor = 1, kAnnotationEntry = 2 };
enum Entry : std::uint32_t { kKey = 1, kEntryValue = 2 };
enum ValueInfo : std::uint32_t { kValueName = 1, kValueType = 2 };
enum Type : std::uint32_t {
  kTensorType = 1,
  kSequenceType = 4,
  kMapType = 5,
  kSparseTensorType = 8,
  kOptionalType = 9
};
enum ContainerType : std::uint32_t { kContainedType = 1 };
enum TensorType : std::uint32_t { kElemType = 1, kShape = 2 };
enum Shape : std::uint32_t { kDim = 1 };
enum Dimension : std::uint32_t { kDimValue = 1 };
/// AttributeProto.AttributeType
enum AttributeKind : std::uint32_t {
  kFloatAttribute = 1,
  kIntAttribute = 2,
  kStringAttribute = 3,
  kTensorAttribute = 4
};
}  // namespace field

extern const MessageSpec kModelMessage, kTrainingMessage, kOpsetMessage, kFunctionMessage, kGraphMessage, kNodeMessage,
    kAttributeMessage, kTensorMessage, kSparseMessage, kAnnotationMessage, kEntryMessage, kValueInfoMessage,
    kTypeMessage, kContainerTypeMessage, kTensorTypeMessage, kShapeMessage, kDimensionMessage;

/// A WireCursor over one message that refuses known fields of the wrong wire type.
class MessageCursor {
 public:
  MessageCursor(absl::Span<const std::byte> file, ByteRange range, const MessageSpec& spec)
      : cursor_(file, range), fields_(spec.fields), spec_(&spec) {}

  bool next(WireField& field) {
    if (!cursor_.next(field)) return false;
    if (field.number >= fields_.size()) return true;
    const unsigned types = fields_[field.number].types;
    if (types == 0 || ((types >> static_cast<unsigned>(field.type)) & 1U) != 0) return true;
    wrong_ = field.number;
    wrongType_ = field.type;
    wrongAt_ = field.begin;
    return false;
  }
  bool ok() const { return wrong_ == 0 && cursor_.ok(); }
  absl::Status status() const { return ok() ? absl::OkStatus() : error(); }

 private:
  absl::Status error() const;

  WireCursor cursor_;
  absl::Span<const FieldSpec> fields_;  // of spec_
  const MessageSpec* spec_;
  std::uint32_t wrong_ = 0;  // the field of the wrong type; 0 if there is none
  WireType wrongType_ = WireType::varint;
  std::uint64_t wrongAt_ = 0;
};

}  // namespace precast::onnx
