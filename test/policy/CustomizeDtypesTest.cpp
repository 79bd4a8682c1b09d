#include <catch2/catch.hpp>
#include <string>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

using Kind = NodeSelector::Kind;

/// "float16 - int32": one word per slot, "-" for a free one.
std::string wordsOf(const std::vector<std::optional<DType>>& slots) {
  std::string words;
  for (const std::optional<DType>& slot : slots) {
    if (!words.empty()) words += ' ';
    words += slot.has_value() ? std::string(toString(*slot)) : "-";
  }
  return words;
}

TEST_CASE("customize_dtypes gives the dtypes of a node's or a type's operands by slot", "[customize-dtypes]") {
  struct Row {
    const char* line;
    Kind kind;
    const char* pattern;
    const char* inputs;
    const char* outputs;
  };
  const Row rows[] = {
      {"Conv_1::InputDtype:float16,,int32,OutputDtype:float16", Kind::node, "Conv_1", "float16 - int32", "float16"},
      {"OpType::Relu:InputDtype:float16,OutputDtype:int8", Kind::type, "Relu", "float16", "int8"},
      {"fp32_vars/Relu::InputDtype:float16,OutputDtype:int8", Kind::node, "fp32_vars/Relu", "float16", "int8"},
      {"a::InputDtype:float,fp32,fp16,half,bf16,double", Kind::node, "a",
       "float32 float32 float16 float16 bfloat16 float64", ""},
      {"a::OutputDtype:bool,string,float8e4m3fn", Kind::node, "a", "", "bool string float8e4m3fn"},
      {"a::InputDtype:,,float16", Kind::node, "a", "- - float16", ""},
      {"a::InputDtype:float16,,,OutputDtype:,,", Kind::node, "a", "float16", ""},
      {"a::InputDtype:,OutputDtype:float16", Kind::node, "a", "", "float16"},
      {"a::InputDtype: float16 , float32 , OutputDtype: int8 ", Kind::node, "a", "float16 float32", "int8"},
      {"enc*/Softmax_?::OutputDtype:float32", Kind::glob, "enc*/Softmax_?", "", "float32"},
      {"aten::conv,1:2::InputDtype:float16", Kind::node, "aten::conv,1:2", "float16", ""},
      {"InputDtype::InputDtype:float16", Kind::node, "InputDtype", "float16", ""},
      {"OpType::com.microsoft:Gelu:OutputDtype:float16", Kind::type, "com.microsoft:Gelu", "", "float16"},
      {"Optype::Relu::InputDtype:float16", Kind::node, "Optype::Relu", "float16", ""},
      {"na\xC3\xAFve::InputDtype:float16\t# why", Kind::node, "na\xC3\xAFve", "float16", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const absl::StatusOr<std::vector<CustomDtypes>> entries =
        parseCustomizeDtypes(std::string("# first\r\n\r\n") + row.line + "\r\n", "c.txt");
    REQUIRE(entries.ok());
    REQUIRE(entries->size() == 1);
    const CustomDtypes& entry = entries->front();
    CHECK(entry.nodes.kind == row.kind);
    CHECK(entry.nodes.pattern == row.pattern);
    CHECK(entry.nodes.origin == "customize_dtypes, line 3");
    CHECK(wordsOf(entry.inputs) == row.inputs);
    CHECK(wordsOf(entry.outputs) == row.outputs);
  }
}

TEST_CASE("a customize_dtypes file may be empty or hold only comments", "[customize-dtypes]") {
  for (std::string_view text : {"", "\n", "\r\n", "# nothing\n", "\xEF\xBB\xBF", " \t "}) {
    const absl::StatusOr<std::vector<CustomDtypes>> entries = parseCustomizeDtypes(text, "c.txt");
    REQUIRE(entries.ok());
    CHECK(entries->empty());
  }
}

TEST_CASE("a node and a type of one name are two entries and both stay in the order of the file",
          "[customize-dtypes]") {
  const absl::StatusOr<std::vector<CustomDtypes>> entries = parseCustomizeDtypes(
      "\xEF\xBB\xBFOpType::Conv:InputDtype:float16\nConv::InputDtype:float32\nCon?::InputDtype:float16", "c.txt");
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].nodes.kind == Kind::type);
  CHECK((*entries)[0].nodes.origin == "customize_dtypes, line 1");
  CHECK((*entries)[1].nodes.kind == Kind::node);
  CHECK((*entries)[2].nodes.kind == Kind::glob);
}

}  // namespace
}  // namespace precast
