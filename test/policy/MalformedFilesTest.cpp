// Every way in which a policy file or flag can be wrong that its reader knows, with the exact message. Messages are
// part of what users see: they name the place and the two things that disagree.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "precast/PolicyFiles.h"

// The lists that end a message about an unknown word.
#define DTYPES                                                                                                         \
  "float32, uint8, int8, uint16, int16, int32, int64, string, bool, float16, "                                         \
  "float64, uint32, uint64, complex64, complex128, bfloat16, float8e4m3fn, "                                           \
  "float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1, "                                              \
  "float8e8m0, uint2, int2"
#define MODES                                                                                                          \
  "high_performance, high_precision, super_performance, enable_float_32_execution, "                                   \
  "enable_hi_float_32_execution, support_out_of_bound_index, keep_fp16"
#define TYPES                                                                                                          \
  "FP32, FP16, UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, DOUBLE, "                                     \
  "FP8E5M2, FP8E4M3FN"

namespace precast {
namespace {

struct Row {
  std::string text;
  const char* message;
};

/// A reader without its optional sink.
template <typename Parse>
auto reader(Parse parse) {
  return [parse](std::string_view text, std::string_view source) { return parse(text, source, {}); };
}

template <typename Parse>
void checkRows(Parse parse, std::string_view source, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto parsed = parse(row.text, source);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(parsed.status().message() == row.message);
  }
}

/// What every reader of lines refuses, whatever they say.
template <typename Parse>
void checkText(Parse parse) {
  checkRows(parse, "f",
            {
                {"\xFF\xFE", "f:1:1: byte 0xff is not valid UTF-8"},
                {"\n\n# caf\xE9\n", "f:3:6: byte 0xe9 is not valid UTF-8"},
                {"\xC0\xAF", "f:1:1: byte 0xc0 is not valid UTF-8"},
                {"\xED\xA0\x80", "f:1:1: byte 0xed is not valid UTF-8"},
                {"\xE2\x82", "f:1:1: byte 0xe2 is not valid UTF-8"},
                {"\xF5\x80\x80\x80", "f:1:1: byte 0xf5 is not valid UTF-8"},
                {"\xEF\xBB\xBF\xEF\xBB", "f:1:1: byte 0xef is not valid UTF-8"},
                {"\xEF\xBB\xBF\xEF\xBB\xBF", "f:1:1: a byte order mark that does not begin the text"},
                {"# one\n\xEF\xBB\xBF# two\n", "f:2:1: a byte order mark that does not begin the text"},
                {std::string("C\0o\0", 4), "f:1:2: control character 0x00 in a line of text"},
                {"a\x1B[31m", "f:1:2: control character 0x1b in a line of text"},
                {"# a\x7F", "f:1:4: control character 0x7f in a line of text"},
                {"# one\r# two\r\n", "f:1:6: control character 0x0d in a line of text"},
                {"# one\r\r\n", "f:1:6: control character 0x0d in a line of text"},
                {"# one\r", "f:1:6: control character 0x0d in a line of text"},
            });
}

TEST_CASE("text that is no text is refused by every reader of lines", "[malformed]") {
  checkText(reader(parseKeepDtype));
  checkText(reader(parseCustomizeDtypes));
  checkText(reader(parseOpPrecisionMode));
  checkText(parseImplModeTable);
}

TEST_CASE("malformed mixlists are refused with line and column", "[malformed]") {
  checkRows(
      reader(parseMixlist), "mix.json",
      {
          {"", "mix.json:1:1: the file is empty"},
          {"\xEF\xBB\xBF\n", "mix.json:2:1: the file is empty"},
          {" \t\r\n  ", "mix.json:2:3: the file is empty"},
          {"# none", "mix.json:1:1: '#' stands where a value should be"},
          {"[]", "mix.json:1:1: the file is an array, not an object of lists"},
          {"\"black-list\"", "mix.json:1:1: the file is a string, not an object of lists"},
          {"{\"black-list\": {}", "mix.json:1:18: the text ends where ',' or '}' should be"},
          {"{\"black-list\": {}}}", "mix.json:1:19: text after the end of the JSON value"},
          {"{\"black-list\": {},}", "mix.json:1:19: '}' stands where a string should be"},
          {"{// none\n}", "mix.json:1:2: '/' stands where a string should be"},
          {"{'black-list': {}}", "mix.json:1:2: ''' stands where a string should be"},
          {"{\n  \"blacklist\": {}\n}", "mix.json:2:3: unknown key 'blacklist'; the keys are black-list, white-list, "
                                        "gray-list; the nearest is 'black-list'"},
          {"{\"colours\": {}}", "mix.json:1:2: unknown key 'colours'; the keys are black-list, white-list, gray-list"},
          {"{\"black-list\": {},\n \"black-list\": {}}", "mix.json:2:2: duplicate key 'black-list' (first at line 1)"},
          {"{\"black-list\": {\"to-add\": [],\n\"to-add\": []}}",
           "mix.json:2:1: duplicate key 'to-add' (first at line 1)"},
          {"{\"black-list\": [\"Conv\"]}",
           "mix.json:1:16: 'black-list' is an array, not an object with to-add and to-remove"},
          {"{\"white-list\": {\"toadd\": []}}",
           "mix.json:1:17: unknown key 'toadd'; the keys are to-add, to-remove; the nearest is 'to-add'"},
          {"{\"white-list\": {\"to-add\": \"Conv\"}}",
           "mix.json:1:27: 'to-add' is a string, not an array of operator types"},
          {"{\"white-list\": {\"to-add\": null}}", "mix.json:1:27: 'to-add' is null, not an array of operator types"},
          {"{\"white-list\": {\"to-add\": [1]}}",
           "mix.json:1:28: an element of 'to-add' is a number, not an operator type"},
          {"{\"white-list\": {\"to-remove\": [[\"Conv\"]]}}",
           "mix.json:1:31: an element of 'to-remove' is an array, not an operator type"},
          {"{\"white-list\": {\"to-add\": [\"\"]}}", "mix.json:1:28: an operator type is empty"},
          {"{\"white-list\": {\"to-add\": [\"Conv\xFF\"]}}", "mix.json:1:33: a string is not valid UTF-8"},
          {"{\"white-list\": {\"to-add\": [\"Conv\n\"]}}", "mix.json:1:33: a string has a control character"},
          {"{\"white-list\": {\"to-add\": [\"Conv\\\n\"]}}",
           "mix.json:1:33: a string has an escape that JSON does not know"},
          {"{\"black-list\": {\"to-add\": [\"Exp\"]},\n \"white-list\": {\"to-add\": [\"Exp\"]}}",
           "mix.json:2:28: operator type 'Exp' is added to two lists: black-list (line 1) and white-list (line 2)"},
          {"{\"gray-list\": {\"to-add\": [\"Exp\"]},\n \"white-list\": {\"to-add\": [\"Exp\"]}}",
           "mix.json:2:28: operator type 'Exp' is added to two lists: gray-list (line 1) and white-list (line 2)"},
          {"{\"black-list\": {\"to-remove\": [\"Exp\"]},\n \"white-list\": {\"to-remove\": [\"Exp\"]}}",
           "mix.json:2:31: operator type 'Exp' is removed from two lists: black-list (line 1) and white-list (line 2)"},
          {"{\"black-list\": {\"to-add\": [\"Exp\"],\n  \"to-remove\": [\"Exp\"]}}",
           "mix.json:2:17: operator type 'Exp' is added to (line 1) and removed from (line 2) the black-list"},
          {"{\"black-list\": {\"to-remove\": [\"Exp\"],\n  \"to-add\": [\"Exp\"]}}",
           "mix.json:2:14: operator type 'Exp' is added to (line 2) and removed from (line 1) the black-list"},
          {"{\"black-list\": {\"to-add\": [\"Exp\"]}, \"white-list\": {\"to-add\": [\"Log\"], \"to-remove\": "
           "[\"Log\"]}}",
           "mix.json:1:85: operator type 'Log' is added to (line 1) and removed from (line 1) the white-list"},
      });
}

TEST_CASE("malformed keep_dtype files are refused with line and column", "[malformed]") {
  checkRows(reader(parseKeepDtype), "keep.txt",
            {
                {"OpType::", "keep.txt:1:1: 'OpType::' is not followed by an operator type"},
                {"Conv_1\n  OpType::  # Pow\n", "keep.txt:2:3: 'OpType::' is not followed by an operator type"},
                {"Conv_1\nca\xFF\n", "keep.txt:2:3: byte 0xff is not valid UTF-8"},
                {"# latin caf\xE9\n", "keep.txt:1:12: byte 0xe9 is not valid UTF-8"},
                {"\xC0\xAF", "keep.txt:1:1: byte 0xc0 is not valid UTF-8"},
                {"\xED\xA0\x80", "keep.txt:1:1: byte 0xed is not valid UTF-8"},
                {"\xE2\x82", "keep.txt:1:1: byte 0xe2 is not valid UTF-8"},
                {std::string("Conv_1\0", 7), "keep.txt:1:7: control character 0x00 in a line of text"},
                {"a\x1B[31m", "keep.txt:1:2: control character 0x1b in a line of text"},
                {std::string("C\0o\0n\0v\0", 8), "keep.txt:1:2: control character 0x00 in a line of text"},
                {std::string("\xFF\xFE"
                             "C\0",
                             4),
                 "keep.txt:1:1: byte 0xff is not valid UTF-8"},
            });
}

TEST_CASE("malformed customize_dtypes files are refused with line and column", "[malformed]") {
  checkRows(
      reader(parseCustomizeDtypes), "c.txt",
      {
          {"Conv_1", "c.txt:1:1: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {"OpType::Conv", "c.txt:1:1: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {"\n  Conv_1:float16", "c.txt:2:3: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {"Conv_1::inputdtype:float16", "c.txt:1:1: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {" a :: InputDtype:float16", "c.txt:1:2: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {"Conv_1::InputDtype=float16", "c.txt:1:1: the entry has neither 'InputDtype:' nor 'OutputDtype:'"},
          {"Conv_1:InputDtype:float16", "c.txt:1:7: the name of a node ends with '::', not with ':'"},
          {"OpType::Conv::InputDtype:float16", "c.txt:1:13: the name of an operator type ends with ':', not with '::'"},
          {"OpType::InputDtype:float16", "c.txt:1:1: 'OpType::' is not followed by an operator type"},
          {"OpType:: :InputDtype:float16", "c.txt:1:1: 'OpType::' is not followed by an operator type"},
          {"::InputDtype:float16", "c.txt:1:1: the entry names no node"},
          {"  ::OutputDtype:float16", "c.txt:1:3: the entry names no node"},
          {"a::InputDtype:float23",
           "c.txt:1:15: unknown dtype 'float23'; the dtypes are " DTYPES "; the nearest is 'float32'"},
          {"a::InputDtype:float16,  Float16",
           "c.txt:1:25: unknown dtype 'Float16'; the dtypes are " DTYPES "; the nearest is 'float16'"},
          {"a::InputDtype:float16;int32", "c.txt:1:15: unknown dtype 'float16;int32'; the dtypes are " DTYPES},
          {"a::InputDtype:float16 int32", "c.txt:1:15: unknown dtype 'float16 int32'; the dtypes are " DTYPES},
          {"a::InputDtype:sequence", "c.txt:1:15: unknown dtype 'sequence'; the dtypes are " DTYPES},
          {"a::InputDtype:undefined", "c.txt:1:15: unknown dtype 'undefined'; the dtypes are " DTYPES},
          {"a::InputDtype:float16,OutputDType:float16",
           "c.txt:1:23: unknown key 'OutputDType'; the keys are InputDtype, OutputDtype; the nearest is 'OutputDtype'"},
          {"a::InputDtype:float16,Format:ND", "c.txt:1:23: unknown key 'Format'; the keys are InputDtype, OutputDtype"},
          {"a::InputDtype:InputDtype:float16",
           "c.txt:1:15: unknown dtype 'InputDtype:float16'; the dtypes are " DTYPES},
          {"a::InputDtype:float16,InputDtype:float16", "c.txt:1:23: 'InputDtype' is given twice"},
          {"a::InputDtype:float16,OutputDtype:float16,InputDtype:float16", "c.txt:1:43: 'InputDtype' is given twice"},
          {"a::OutputDtype:float16,OutputDtype:float16", "c.txt:1:24: 'OutputDtype' is given twice"},
          {"a::OutputDtype:float16,InputDtype:float16", "c.txt:1:24: 'InputDtype' stands behind 'OutputDtype'"},
          {"a::InputDtype:", "c.txt:1:1: the entry of 'a' names no dtype"},
          {"OpType::Conv:InputDtype:,,OutputDtype:", "c.txt:1:1: the entry of 'OpType::Conv' names no dtype"},
          {"a::InputDtype:float16\nb::InputDtype:float16\na::OutputDtype:float16",
           "c.txt:3:1: duplicate entry for 'a' (first at line 1)"},
          {"a*::InputDtype:float16\na*::InputDtype:float16", "c.txt:2:1: duplicate entry for 'a*' (first at line 1)"},
          {"OpType::A:InputDtype:float16\n\n\tOpType::A:InputDtype:float16",
           "c.txt:3:2: duplicate entry for 'OpType::A' (first at line 1)"},
      });
}

TEST_CASE("malformed op_precision_mode files are refused with line and column", "[malformed]") {
  checkRows(
      reader(parseOpPrecisionMode), "op.ini",
      {
          {"[ByOpType", "op.ini:1:1: the name of a section does not end with ']'"},
          {"[ByOpType] Conv=high_precision", "op.ini:1:1: the name of a section does not end with ']'"},
          {"[", "op.ini:1:1: the name of a section does not end with ']'"},
          {"[]", "op.ini:1:2: unknown section ''; the sections are ByOpType, ByNodeName"},
          {"\n[ByOptype]",
           "op.ini:2:2: unknown section 'ByOptype'; the sections are ByOpType, ByNodeName; the nearest is 'ByOpType'"},
          {"[Defaults]", "op.ini:1:2: unknown section 'Defaults'; the sections are ByOpType, ByNodeName"},
          {"[ByOpType]\n[ByNodeName]\n[ ByOpType ]", "op.ini:3:3: duplicate section 'ByOpType' (first at line 1)"},
          {"[ByOpType]\nConv", "op.ini:2:1: a line without '='"},
          {"Conv: high_precision", "op.ini:1:1: a line without '='"},
          {"  =high_precision", "op.ini:1:3: there is no name before '='"},
          {"Conv=", "op.ini:1:5: there is no value behind '='"},
          {"Conv= # high_precision", "op.ini:1:5: there is no value behind '='"},
          {"Conv=high_precison",
           "op.ini:1:6: unknown implementation mode 'high_precison'; the implementation modes are " MODES
           "; the nearest is 'high_precision'"},
          {"[ByOpType]\nScatter = support_of_bound_index",
           "op.ini:2:11: unknown implementation mode 'support_of_bound_index'; the implementation modes are " MODES
           "; the nearest is 'support_out_of_bound_index'"},
          {"Conv=HIGH_PRECISION",
           "op.ini:1:6: unknown implementation mode 'HIGH_PRECISION'; the implementation modes are " MODES
           "; the nearest is 'high_precision'"},
          {"Conv=float16", "op.ini:1:6: unknown implementation mode 'float16'; the implementation modes are " MODES},
          {"Conv=high_precision,high_performance",
           "op.ini:1:6: unknown implementation mode 'high_precision,high_performance'; the implementation modes "
           "are " MODES},
          {"Conv=high_precision ; slow",
           "op.ini:1:6: unknown implementation mode 'high_precision ; slow'; the implementation modes are " MODES
           "; the nearest is 'high_precision'"},
          {"[ByOpType]\nConv=high_precision\nConv=high_precision",
           "op.ini:3:1: duplicate entry for 'Conv' (first at line 2)"},
          {"Conv=high_precision\n[ByOpType]\nConv=high_performance",
           "op.ini:3:1: duplicate entry for 'Conv' (first at line 1)"},
          {"[ByNodeName]\nConv_1=high_precision\n Conv_1 = high_performance",
           "op.ini:3:2: duplicate entry for 'Conv_1' (first at line 2)"},
      });
  checkRows(
      parseImplModeTable, "high.ini",
      {
          {"Conv=high_precision\n[ByOpType]", "high.ini:2:2: section 'ByOpType' in a file without sections"},
          {"Conv=high_precision\nConv=high_precision", "high.ini:2:1: duplicate entry for 'Conv' (first at line 1)"},
          {"Conv", "high.ini:1:1: a line without '='"},
          {"Conv=true", "high.ini:1:6: unknown implementation mode 'true'; the implementation modes are " MODES},
          {"Gelu=high_performance,high_precision",
           "high.ini:1:6: unknown implementation mode 'high_performance,high_precision'; the implementation modes "
           "are " MODES},
      });
}

TEST_CASE("malformed values of output_type are refused by the name of their flag", "[malformed]") {
  checkRows(
      parseOutputType, "--output_type",
      {
          {"", "--output_type: the value is empty"},
          {"  ", "--output_type: the value is empty"},
          {"FP17", "--output_type: unknown output type 'FP17'; the output types are " TYPES "; the nearest is 'FP16'"},
          {" float16", "--output_type: unknown output type 'float16'; the output types are " TYPES},
          {"fp16", "--output_type: unknown output type 'fp16'; the output types are " TYPES "; the nearest is 'FP16'"},
          {"HIF8", "--output_type: unknown output type 'HIF8'; the output types are " TYPES},
          {"FP16;FP32", "--output_type: 'FP16' is not of the form NODE:SLOT:TYPE"},
          {"a:0:FP16;FP32", "--output_type: 'FP32' is not of the form NODE:SLOT:TYPE"},
          {"a:FP16", "--output_type: 'a:FP16' is not of the form NODE:SLOT:TYPE"},
          {":FP16", "--output_type: ':FP16' is not of the form NODE:SLOT:TYPE"},
          {":0:FP16", "--output_type: ':0:FP16' names no node"},
          {"a:0:FP16;", "--output_type: item 2 of the list is empty"},
          {"a:0:FP16; ;b:0:FP16", "--output_type: item 2 of the list is empty"},
          {"a::FP16", "--output_type: '' is not the number of an output"},
          {"a:x:FP16", "--output_type: 'x' is not the number of an output"},
          {"a:-1:FP16", "--output_type: '-1' is not the number of an output"},
          {"a:0x1:FP16", "--output_type: '0x1' is not the number of an output"},
          {"a:4294967296:FP16", "--output_type: '4294967296' is not the number of an output"},
          {"a:0:", "--output_type: unknown output type ''; the output types are " TYPES},
          {"a:0:INT",
           "--output_type: unknown output type 'INT'; the output types are " TYPES "; the nearest is 'INT8'"},
          {"a:0:FP16;b:0:FP16; a:00:FP32", "--output_type: output 0 of node 'a' is given twice"},
          {"a:0:FP16\n", "--output_type: control character 0x0a, byte 9 of the value, in a line of text"},
          {"\xE9:0:FP16", "--output_type: byte 0xe9, byte 1 of the value, is not valid UTF-8"},
      });
}

TEST_CASE("malformed lists of names are refused by the name of their flag", "[malformed]") {
  checkRows(parseInputFp16Nodes, "--input_fp16_nodes",
            {
                {"", "--input_fp16_nodes: the value is empty"},
                {";", "--input_fp16_nodes: item 1 of the list is empty"},
                {"a;", "--input_fp16_nodes: item 2 of the list is empty"},
                {"a; ;b", "--input_fp16_nodes: item 2 of the list is empty"},
                {"a;b;a", "--input_fp16_nodes: 'a' is given twice"},
                {"a;b;\n", "--input_fp16_nodes: control character 0x0a, byte 5 of the value, in a line of text"},
                {"a;\x80", "--input_fp16_nodes: byte 0x80, byte 3 of the value, is not valid UTF-8"},
            });
  checkRows(parseOptypelist, "--optypelist_for_implmode",
            {
                {" ", "--optypelist_for_implmode: the value is empty"},
                {",Pooling", "--optypelist_for_implmode: item 1 of the list is empty"},
                {"Pooling,,SoftmaxV2", "--optypelist_for_implmode: item 2 of the list is empty"},
                {"Pooling, Pooling", "--optypelist_for_implmode: 'Pooling' is given twice"},
            });
}

}  // namespace
}  // namespace precast
