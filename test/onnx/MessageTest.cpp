// Known fields keep to their wire types; what is unknown passes.
#include "onnx/Message.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"

namespace precast::onnx {
namespace {

using test::ExactBytes;

// One field of `number` and `type`, with contents that suit the type.
std::string fieldOf(std::uint32_t number, WireType type) {
  std::string text;
  appendTag(text, number, type);
  switch (type) {
  case WireType::varint:
    return text + '\1';
  case WireType::fixed64:
    return text + std::string(8, '\1');
  case WireType::fixed32:
    return text + std::string(4, '\1');
  case WireType::bytes:
    return text + '\0';
  default:
    appendTag(text, number, WireType::endGroup);
    return text;
  }
}

const MessageSpec* const kAll[] = {&kModelMessage, &kOpsetMessage,     &kFunctionMessage, &kGraphMessage,
                                   &kNodeMessage,  &kAttributeMessage, &kTensorMessage,   &kSparseMessage,
                                   &kEntryMessage, &kValueInfoMessage, &kTypeMessage,     &kTensorTypeMessage,
                                   &kShapeMessage, &kDimensionMessage};

TEST_CASE("A9: a known field of the wrong wire type is refused by name and an unknown field never is") {
  for (const MessageSpec* spec : kAll) {
    for (std::uint32_t number = 1; number <= spec->fields.size() + 1; ++number) {
      for (WireType type : {WireType::varint, WireType::fixed64, WireType::bytes, WireType::group, WireType::fixed32}) {
        const bool known = number < spec->fields.size() && spec->fields[number].types != 0;
        const bool allowed = !known || ((spec->fields[number].types >> static_cast<unsigned>(type)) & 1U) != 0;
        const ExactBytes bytes(fieldOf(number, type));
        MessageCursor cursor(bytes.span(), {0, bytes.span().size()}, *spec);
        WireField field;
        CAPTURE(spec->name, number, static_cast<int>(type));
        CHECK(cursor.next(field) == allowed);
        CHECK(cursor.ok() == allowed);
        if (allowed) continue;
        CHECK(cursor.status().code() == absl::StatusCode::kInvalidArgument);
        CHECK_THAT(std::string(cursor.status().message()),
                   Catch::Contains(std::string(spec->name) + "." + spec->fields[number].name + " at byte 0"));
      }
    }
  }
}

TEST_CASE("the numbers of fields name the fields that they mean") {
  const auto name = [](const MessageSpec& spec, std::uint32_t number) { return std::string(spec.fields[number].name); };
  CHECK(name(kModelMessage, field::kGraph) == "graph");
  CHECK(name(kModelMessage, field::kOpsetImport) == "opset_import");
  CHECK(name(kModelMessage, field::kTrainingInfo) == "training_info");
  CHECK(name(kModelMessage, field::kFunctions) == "functions");
  CHECK(name(kFunctionMessage, field::kFunctionNode) == "node");
  CHECK(name(kFunctionMessage, field::kFunctionDomain) == "domain");
  CHECK(name(kGraphMessage, field::kInitializer) == "initializer");
  CHECK(name(kGraphMessage, field::kValueInfo) == "value_info");
  CHECK(name(kGraphMessage, field::kSparseInitializer) == "sparse_initializer");
  CHECK(name(kNodeMessage, field::kOpType) == "op_type");
  CHECK(name(kNodeMessage, field::kDomain) == "domain");
  CHECK(name(kAttributeMessage, field::kG) == "g");
  CHECK(name(kAttributeMessage, field::kGraphs) == "graphs");
  CHECK(name(kAttributeMessage, field::kRefAttrName) == "ref_attr_name");
  CHECK(name(kTensorMessage, field::kDims) == "dims");
  CHECK(name(kTensorMessage, field::kInt32Data) == "int32_data");
  CHECK(name(kTensorMessage, field::kRawData) == "raw_data");
  CHECK(name(kTensorMessage, field::kUint64Data) == "uint64_data");
  CHECK(name(kTensorMessage, field::kDataLocation) == "data_location");
  CHECK(name(kTypeMessage, field::kOptionalType) == "optional_type");
  CHECK(name(kTensorTypeMessage, field::kElemType) == "elem_type");
  CHECK(name(kDimensionMessage, field::kDimValue) == "dim_value");
}

TEST_CASE("an error of the wire below is the message's error") {
  const ExactBytes bytes(std::string("\x0A\x05x", 3));
  MessageCursor cursor(bytes.span(), {0, 3}, kNodeMessage);
  WireField field;
  CHECK_FALSE(cursor.next(field));
  CHECK(cursor.status().code() == absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace precast::onnx
