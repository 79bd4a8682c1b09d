#include "onnx/InlinedNames.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

TEST_CASE("new names are the call's and the old one, with a counter only where that is taken") {
  InlinedNames names;
  names.takeValue("c_x");
  names.takeValue("c_x_2");
  CHECK(names.value("c", "x") == "c_x_1");
  CHECK(names.value("c", "x") == "c_x_3");
  CHECK(names.value("c", "y") == "c_y");
  CHECK(names.node("c", "x") == "c_x");  // nodes and values do not collide
  CHECK(names.bytes() > 0);
}

TEST_CASE("every name in a body's initializers, sparse ones, infos and annotations is renamed and the rest is kept") {
  const test::Proto entry = test::Proto().text(field::kKey, "SCALE_TENSOR").text(field::kEntryValue, "s");
  const std::string unknown = test::Proto().text(900, "x");
  const std::string values = test::rawTensor("x", DType::float32, {1}, "abcd");
  const std::string fields[] = {
      test::Proto().text(field::kInitializer, values),
      test::Proto().text(field::kGraphInput, test::info("x") + unknown),
      test::Proto().text(field::kGraphOutput, test::info("x")),
      test::Proto().text(field::kValueInfo, test::info("x")),
      test::Proto().text(field::kSparseInitializer, std::string(test::Proto().text(field::kSparseValues, values))),
      test::Proto().text(
          field::kQuantizationAnnotation,
          std::string(
              test::Proto().text(field::kAnnotatedTensor, "x").text(field::kAnnotationEntry, std::string(entry)))),
      test::Proto().text(field::kGraphName, "x"),
  };
  const auto rename = [](std::string_view name) { return name == "x" ? "long_x" : name == "s" ? "long_s" : name; };
  for (const std::string& text : fields) {
    const test::ExactBytes bytes(text);
    WireCursor cursor(bytes.span());
    WireField at;
    REQUIRE(cursor.next(at));
    CAPTURE(at.number);
    std::string out;
    REQUIRE(renameField(bytes.span(), at, rename, out).ok());
    const bool isName = at.number == field::kGraphName;
    CHECK((out.find("long_x") != std::string::npos) == !isName);
    CHECK((out == text) == isName);
    CHECK((out.find(unknown) != std::string::npos) == (text.find(unknown) != std::string::npos));
    CHECK((out.find("long_s") != std::string::npos) == (at.number == field::kQuantizationAnnotation));
    const test::ExactBytes renamed(out);
    WireCursor again(renamed.span());
    CHECK(again.next(at));
    CHECK_FALSE(again.next(at));
    CHECK(again.ok());
  }
}

}  // namespace
}  // namespace precast::onnx
