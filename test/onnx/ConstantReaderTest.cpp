#include "onnx/ConstantReader.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::Dims;
using test::ExactBytes;
using test::floatBytes;
using test::Messages;
using test::Proto;

std::string floatAttribute(float value) {
  std::string text = Proto().text(field::kAttributeName, "value_float");
  appendTag(text, field::kF, WireType::fixed32);
  return text + floatBytes({value});
}

std::string attribute(std::string_view name, std::uint32_t number, std::string_view bytes) {
  return Proto().text(field::kAttributeName, name).text(number, bytes);
}

struct Reading {
  explicit Reading(const Messages& attributes)
      : bytes(test::node("Constant", {}, {"c"}, attributes, "n")), external("") {
    NodeParts node;
    const absl::Status status = readNode(bytes.span(), {0, bytes.span().size()}, node);
    REQUIRE(status.ok());
    CHECK(isConstantNode(node));
    const absl::StatusOr<const NodeAttribute*> chosen = valueAttribute(node);
    value = chosen.ok() ? readConstant(bytes.span(), **chosen, external, Limits()) : chosen.status();
  }
  std::string data() const {
    return {reinterpret_cast<const char*>(value->contents.data.data()), value->contents.data.size()};
  }
  ExactBytes bytes;
  ExternalData external;
  absl::StatusOr<ConstantValue> value = absl::UnknownError("not read");
};

TEST_CASE("the value of a Constant is found in each of its attributes") {
  const Reading tensor({test::tensorAttribute("value", test::floatTensor("", {2}, {1, 2}))});
  REQUIRE(tensor.value.ok());
  CHECK(tensor.value->isTensor);
  CHECK(tensor.value->contents.dims == Dims{2});
  CHECK(tensor.data() == floatBytes({1, 2}));
  CHECK_FALSE(tensor.value->message.empty());

  const Reading scalar({floatAttribute(0.5F)});
  REQUIRE(scalar.value.ok());
  CHECK(scalar.value->dtype == DType::float32);
  CHECK(scalar.value->contents.dims.empty());
  CHECK(scalar.data() == floatBytes({0.5F}));
  CHECK(scalar.value->message.empty());

  const Reading packed({attribute("value_floats", field::kFloats, floatBytes({1, 2, 3}))});
  REQUIRE(packed.value.ok());
  CHECK(packed.value->contents.dims == Dims{3});
  CHECK(packed.data() == floatBytes({1, 2, 3}));

  const Reading pieces({Proto()
                            .text(field::kFloats, floatBytes({1, 2}))
                            .text(field::kAttributeName, "value_floats")
                            .text(field::kFloats, floatBytes({3}))});
  REQUIRE(pieces.value.ok());
  CHECK(pieces.data() == floatBytes({1, 2, 3}));

  const Reading none({attribute("value_floats", field::kFloats, "")});
  REQUIRE(none.value.ok());
  CHECK(none.value->contents.dims == Dims{0});
}

TEST_CASE("values that no policy touches give their dtype only") {
  const std::pair<const char*, DType> rows[] = {{"value_int", DType::int64},
                                                {"value_ints", DType::int64},
                                                {"value_string", DType::string},
                                                {"value_strings", DType::string},
                                                {"sparse_value", DType::undefined}};
  for (const auto& [name, dtype] : rows) {
    const Reading reading({Proto().text(field::kAttributeName, name)});
    CAPTURE(name);
    REQUIRE(reading.value.ok());
    CHECK(reading.value->dtype == dtype);
    CHECK_FALSE(reading.value->isTensor);
  }
}

TEST_CASE("a Constant without a value is refused, named by its name or its place") {
  for (const Messages& attributes :
       {Messages{}, Messages{test::intAttribute("other", 1)}, Messages{test::intAttribute("value_other", 1)}}) {
    const Reading nothing(attributes);
    CHECK(nothing.value.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(nothing.value.status().message() == "node 'n' (Constant) at byte 0 has no attribute that gives its value");
  }
  const Reading hollow({test::intAttribute("value", 1)});
  CHECK(hollow.value.status().message() == "node 'n' (Constant) at byte 0: attribute 'value' holds no tensor");
}

TEST_CASE("a Constant with two values is refused by both names") {
  const Reading reading({floatAttribute(1), attribute("value_floats", field::kFloats, floatBytes({1}))});
  CHECK(reading.value.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(reading.value.status().message() ==
        "node 'n' (Constant) at byte 0 has attributes 'value_float' and 'value_floats', one is allowed");
  const Reading sparse({attribute("sparse_value", field::kSparseTensor, ""), floatAttribute(1)});
  CHECK(sparse.value.status().message() ==
        "node 'n' (Constant) at byte 0 has attributes 'sparse_value' and 'value_float', one is allowed");
}

TEST_CASE("D14: external data of a Constant goes through the same door as that of an initializer") {
  const Reading reading(
      {test::tensorAttribute("value", test::externalTensor("", DType::float32, {1}, {{"location", "../secret"}}))});
  CHECK(reading.value.status().code() == absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace precast::onnx
