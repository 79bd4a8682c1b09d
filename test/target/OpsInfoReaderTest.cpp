#include "target/OpsInfoReader.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace precast::target {
namespace {

absl::StatusOr<std::vector<ReadEntry>> read(std::string_view json) {
  return readOpsInfo(json, "ops.json", RowSource::uniform);
}

OpEntry readOne(std::string_view json) {
  absl::StatusOr<std::vector<ReadEntry>> entries = read(json);
  INFO(entries.status());
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  return std::move((*entries)[0].entry);
}

TEST_CASE("dtype lists are rows, and float is float32", "[ops-info]") {
  const OpEntry entry = readOne(R"({"Add":{
    "input0":{"name":"x1","dtype":"float16, float","paramType":"required","format":"ND,ND"},
    "input1":{"name":"x2","dtype":"float16,float","paramType":"optional"},
    "output0":{"name":"y","dtype":"float16,float","paramType":"dynamic"},
    "precision_reduce":{"flag":"true"},"cube":{"flag":"true"},"opFile":{"value":"add"}}})");
  CHECK(entry.type == "Add");
  CHECK(entry.rows == RowSource::columns);
  CHECK(entry.rowCount == 2);
  REQUIRE(entry.inputs.size() == 2);
  CHECK(entry.inputs[0].column == std::vector<DType>{DType::float16, DType::float32});
  CHECK(entry.inputs[1].optional);
  CHECK(entry.outputs.at(0).variadic);
  CHECK(entry.colour == ListColour::white);
  CHECK(entry.colourStated);
  CHECK(entry.cube);
  CHECK(entry.opClass == OpClass::compute);
  CHECK(entry.source == "ops.json");
}

TEST_CASE("precision_reduce names a list", "[ops-info]") {
  const auto [json, colour, stated] = GENERATE(table<std::string, ListColour, bool>({
      {R"({"A":{"precision_reduce":{"flag":"true"}}})", ListColour::white, true},
      {R"({"A":{"precision_reduce":{"flag":"false"}}})", ListColour::black, true},
      {R"({"A":{"precision_reduce":{"flag":""}}})", ListColour::gray, false},
      {R"({"A":{"precision_reduce":{}}})", ListColour::gray, false},
      {R"({"A":{}})", ListColour::gray, false},
  }));
  CAPTURE(json);
  const OpEntry entry = readOne(json);
  CHECK(entry.colour == colour);
  CHECK(entry.colourStated == stated);
}

TEST_CASE("a dtype that is not stated is undefined in every form", "[ops-info]") {
  const OpEntry entry = readOne(R"({"A":{
    "input0":{"dtype":"float16,,-"},"input1":{"dtype":""},"input3":{"dtype":"int32,int64,int32"}}})");
  REQUIRE(entry.inputs.size() == 4);  // the gap counts
  const std::vector<DType> unstated(3, DType::undefined);
  CHECK(entry.inputs[0].column == std::vector<DType>{DType::float16, DType::undefined, DType::undefined});
  CHECK(entry.inputs[1].column == unstated);
  CHECK(entry.inputs[2].column == unstated);
  CHECK(entry.inputs[3].column == std::vector<DType>{DType::int32, DType::int64, DType::int32});
}

TEST_CASE("type lists are sets, and an operand without one takes every dtype", "[ops-info]") {
  const OpEntry entry = readOne(R"({"SplitV":{
    "input0":{"name":"x","type":"DT_FLOAT,DT_BF16,DT_QINT8"},"input2":{"type":"DT_VARIANT"},
    "output0":{"name":"y","paramType":"dynamic"}}})");
  CHECK(entry.rows == RowSource::sets);
  DTypeSet floats(DType::float32);
  floats.insert(DType::bfloat16);
  CHECK(entry.inputs.at(0).set == floats);
  CHECK(entry.inputs.at(1).set == DTypeSet::all());  // a gap
  CHECK(entry.inputs.at(2).set == DTypeSet());       // stated, but nothing that a graph can hold
  CHECK(entry.outputs.at(0).set == DTypeSet::all());
}

TEST_CASE("the extensions", "[ops-info]") {
  const OpEntry entry = readOne(R"({"com.microsoft:Gelu":{"domain":"com.microsoft","since_version":3,
    "moves_data":{"flag":"true"},"input1":{"name":"scales","parameter":"keep"},"why":"because"}})");
  CHECK(entry.type == "Gelu");
  CHECK(entry.domain == "com.microsoft");
  CHECK(entry.sinceVersion == 3);
  CHECK(entry.opClass == OpClass::dataMover);
  CHECK(entry.inputs.at(1).keep);
  CHECK_FALSE(entry.inputs.at(0).keep);
  CHECK(readOne(R"({"Reshape":{"opFile":{"value":"Null"}}})").opClass == OpClass::dataMover);
}

TEST_CASE("a key may carry the domain and the version of its entry", "[ops-info]") {
  const auto [json, type, since, until] = GENERATE(table<std::string, std::string, int, int>({
      {R"({"Add@7":{"since_version":7,"until_version":12}})", "Add", 7, 12},
      {R"({"d:Add@7":{"domain":"d","since_version":7}})", "Add", 7, 0},
      {R"({"Add@7":{"since_version":8}})", "Add@7", 8, 0},  // a name of its own
      {R"({"Add@0":{}})", "Add", 0, 0},
  }));
  CAPTURE(json);
  const OpEntry entry = readOne(json);
  CHECK(entry.type == type);
  CHECK(entry.sinceVersion == since);
  CHECK(entry.untilVersion == until);
}

TEST_CASE("a key that no operator can be called by is a warning, and so is an entry that another one hides",
          "[ops-info]") {
  std::vector<std::string> messages;
  const auto warned = [&](std::string_view json) {
    messages.clear();
    const auto entries = readOpsInfo(json, "ops.json", RowSource::uniform, [&](const Diagnostic& diagnostic) {
      CHECK(diagnostic.severity == Severity::warning);
      CHECK(diagnostic.id == "ops-info-unmatchable");
      messages.push_back(diagnostic.message);
    });
    CHECK(entries.ok());
    return messages;
  };
  using List = std::vector<std::string>;
  CHECK(
      warned(R"({"Relu@6":{}})") ==
      List{"ops.json:1:2: operator 'Relu@6': a version in a key is the entry's since_version, which it does not have; "
           "no operator is called so"});
  CHECK(warned(R"({"Add@7":{"since_version":8}})") ==
        List{"ops.json:1:2: operator 'Add@7': a version in a key is the entry's since_version, which is 8; no operator "
             "is called so"});
  CHECK(warned("{\"Add\":{},\n \"com.microsoft:Gelu\":{}}") ==
        List{"ops.json:2:2: operator 'com.microsoft:Gelu': a domain in a key is the entry's domain, which it does not "
             "have; no operator is called so"});
  CHECK(warned(R"({"a:Gelu@1":{"domain":"b","since_version":1}})") ==
        List{"ops.json:1:2: operator 'a:Gelu@1': a domain in a key is the entry's domain, which is 'b'; no operator is "
             "called so"});
  for (const char* key : {"Relu@x", "Relu@"}) {
    CHECK(warned("{\"" + std::string(key) + "\":{}}") ==
          List{"ops.json:1:2: operator '" + std::string(key) +
               "': a version in a key is the entry's since_version, which it does not have; no operator is called so"});
  }
  CHECK(warned(R"({"*":{}})") ==
        List{"ops.json:1:2: operator '*': a key is the name of one operator and no pattern; no "
             "operator is called so"});
  for (const char* key : {"Relu ", " Relu"}) {
    CHECK(warned("{\"" + std::string(key) + "\":{}}") ==
          List{"ops.json:1:2: operator '" + std::string(key) +
               "': a key is the name of an operator and no more, without white space around it; no operator is called "
               "so"});
  }
  // Of entries for the same versions the last one holds.
  CHECK(warned("{\"Add@7\":{\"since_version\":7},\n\"Sub\":{},\n\"Add\":{\"since_version\":7}}") ==
        List{"ops.json:1:2: operator 'Add@7' has no say: 'Add' (ops.json:3:1) is for the same versions of the same "
             "operator"});
  for (const char* sound : {R"({"Add@7":{"since_version":7},"Add@13":{"since_version":13},"Add":{}})",
                            R"({"d:Add@7":{"domain":"d","since_version":7},"Add@7":{"since_version":7}})",
                            R"({"Gelu":{"domain":"com.microsoft"},"ai.onnx:Add":{"domain":"ai.onnx"}})",
                            R"({"Add@0":{}})", R"({"ai.onnx:Relu":{}})"}) {
    CAPTURE(sound);
    CHECK(warned(sound).empty());
  }
}

TEST_CASE("the domain ai.onnx is the default one, in a key and in an entry", "[ops-info]") {
  for (const char* json : {R"({"ai.onnx:Relu":{"domain":"ai.onnx"}})", R"({"Relu":{"domain":"ai.onnx"}})",
                           R"({"ai.onnx:Relu":{"domain":""}})", R"({"ai.onnx:Relu":{}})"}) {
    CAPTURE(json);
    const OpEntry entry = readOne(json);
    CHECK(entry.type == "Relu");
    CHECK(entry.domain.empty());
  }
}

TEST_CASE("dynamicFormat without columns is reported, with columns it is not", "[ops-info]") {
  const absl::StatusOr<std::vector<ReadEntry>> entries = read(
      R"({"A":{"dynamicFormat":{"flag":"true"},"input0":{"name":"x"}},"B":{"dynamicFormat":{"flag":"true"},"input0":{"dtype":"float"}}})");
  REQUIRE(entries.ok());
  CHECK((*entries)[0].dynamicWithoutColumns);
  CHECK((*entries)[0].entry.rows == RowSource::uniform);
  CHECK_FALSE((*entries)[1].dynamicWithoutColumns);
  CHECK((*entries)[1].entry.rows == RowSource::columns);
}

TEST_CASE("a gap in the operands of an entry with columns is a warning", "[ops-info]") {
  std::vector<std::string> messages;
  const auto entries = readOpsInfo(R"({
  "Gap":{"input0":{"dtype":"float"},"input2":{"dtype":"float"},"input4":{"dtype":"float"},"output1":{"dtype":"float"}},
  "Sets":{"input1":{"type":"DT_FLOAT"}},
  "Kept":{"input1":{"parameter":"keep"}},
  "Sink":{"input0":{"dtype":"float"},"input1":{"dtype":"float"}},
  "Judge":{"input0":{"type":"DT_FLOAT"}},
  "Source":{"output0":{"dtype":"float"}},
  "Sound":{"output0":{"dtype":"float"},"input1":{"dtype":"float"},"input0":{"dtype":"float"}}})",
                                   "ops.json", RowSource::uniform, [&](const Diagnostic& diagnostic) {
                                     CHECK(diagnostic.severity == Severity::warning);
                                     CHECK(diagnostic.id == "ops-info-gap");
                                     messages.push_back(diagnostic.message);
                                   });
  REQUIRE(entries.ok());
  CHECK(messages == std::vector<std::string>{
                        "ops.json:2:3: operator 'Gap' has input2 but no input1, which takes every dtype then",
                        "ops.json:2:3: operator 'Gap' has output1 but no output0, which takes every dtype then",
                        "ops.json:3:3: operator 'Sets' has input1 but no input0, which takes every dtype then",
                        "ops.json:5:3: operator 'Sink' has input0 but no output0, which takes every dtype then"});
}

TEST_CASE("the keys of CANN's own files that say nothing of dtypes are accepted without a word", "[ops-info]") {
  const auto entries = readOpsInfo(R"({"Add":{
    "attr":{"list":"axis"},"attr_axis":{"type":"int","paramType":"optional","value":"all"},"heavyOp":{"flag":"true"},
    "input0":{"name":"x","dtype":"float16,float","format":"ND,ND","shape":"all","needCompile":"false",
              "paramType":"required","reshapeType":"NC","unknownshape_format":"ND,ND"},
    "output0":{"name":"y","dtype":"float16,float","format":"ND,ND","paramType":"required"},
    "inputMemContinuous":{"flag":"true"},"op":{"pattern":"broadcast"},"opFile":{"value":"add"},
    "opInterface":{"value":"add"},"dynamicShapeSupport":{"flag":"true"},"rangeLimit":{"value":"unlimited"},
    "attr_dtype":{"type":"type","defaultValue":"-1","paramType":"optional","value":"all"},"coreType":{"value":"AiCore"},
    "cubeOp":{"flag":"false"},"dynamicCompileStatic":{"flag":"true"},"dynamicFormat":{"flag":"true"},
    "dynamicRankSupport":{"flag":"true"},"needCheckSupport":{"flag":"false"},"prebuildPattern":{"value":"Opaque"},
    "precision_reduce":{"flag":"true"},"precision_reduce_bf16":{"flag":"true"},"slicePattern":{"value":"broadcast"},
    "jitCompile":{"flag":"static_true"},"aclnnSupport":{"value":"support_aclnn"},
    "output1":{"name":"z","dtype":"float16,float","format":"ND,ND","shape":"all","shapesType":"all",
               "valueDepend":"required","tuneformatSwitch":"true","unknownshape_enable":"true"}}})",
                                   "aic-ascend310-ops-info.json", RowSource::uniform,
                                   [](const Diagnostic& diagnostic) { FAIL(diagnostic.message); });
  CHECK(entries.ok());
}

TEST_CASE("a key that is nearly one that is read is a warning, and so is a stranger in what is ours alone",
          "[ops-info]") {
  std::vector<std::string> messages;
  const auto entries = readOpsInfo(R"({
  "Add":{"precision_reduce":{"flags":"true"}},
  "Sub":{"precision_reduces":{"flag":"true"}},
  "Mul":{"moves_data":{"value":"true"}},
  "Div":{"input0":{"name":"x","dtypes":"float"}},
  "Pow":{"opFile":{"valeu":"Null"}},
  "Exp":{"opInfo":{"engin":"DNN_VM_AICPU","kernelSo":"libaicpu_kernels.so"}}})",
                                   "ops.json", RowSource::uniform, [&](const Diagnostic& diagnostic) {
                                     CHECK(diagnostic.severity == Severity::warning);
                                     CHECK(diagnostic.id == "ops-info-unknown-key");
                                     messages.push_back(diagnostic.message);
                                   });
  REQUIRE(entries.ok());
  CHECK(messages ==
        std::vector<std::string>{
            "ops.json:2:30: operator 'Add', precision_reduce: 'flags' says nothing, the nearest key is 'flag'",
            "ops.json:3:10: operator 'Sub': 'precision_reduces' says nothing, the nearest key is 'precision_reduce'",
            "ops.json:4:24: operator 'Mul', moves_data: 'value' says nothing",
            "ops.json:5:31: operator 'Div', input0: 'dtypes' says nothing, the nearest key is 'dtype'",
            "ops.json:6:20: operator 'Pow', opFile: 'valeu' says nothing, the nearest key is 'value'",
            "ops.json:7:20: operator 'Exp', opInfo: 'engin' says nothing, the nearest key is 'engine'"});
}

TEST_CASE("an entry may say that its rows are those of its schema", "[ops-info]") {
  const OpEntry entry = readOne(R"({"Resize":{"rows":"schema","input1":{"name":"roi","parameter":"keep"}}})");
  CHECK(entry.rows == RowSource::schema);
  CHECK(entry.inputs.at(1).keep);
}

TEST_CASE("a wrong op-info file is refused with its place and what disagrees", "[ops-info]") {
  const auto [json, message] = GENERATE(table<std::string, std::string>({
      {R"({"Add":{"input0":{"dtype":"float,float16"},"output0":{"dtype":"float"}}})",
       "ops.json:1:54: operator 'Add': output0 lists 1 dtypes but input0 lists 2"},
      {R"({"Add":{"precision_reduce":{"flag":"yes"}}})",
       "ops.json:1:36: operator 'Add': precision_reduce is 'yes', must be 'true' or 'false'"},
      {R"({"Add":{"input0":{"dtype":"float61"}}})", "ops.json:1:27: operator 'Add', input0: 'float61' is no dtype"},
      {R"({"Add":{"input0":{"type":"DT_FLOAT61"}}})",
       "ops.json:1:26: operator 'Add', input0: 'DT_FLOAT61' is no dtype"},
      {"{\"Add\":{},\n\"Add\":{}}", "ops.json:2:1: duplicate key 'Add' (first at line 1)"},
      {R"({"":{}})", "ops.json:1:2: the name of an operator is empty"},
      {R"({"@7":{"since_version":7}})", "ops.json:1:2: the name of an operator is empty in '@7'"},
      {R"({"d:":{"domain":"d"}})", "ops.json:1:2: the name of an operator is empty in 'd:'"},
      {R"({"Add":3})", "ops.json:1:8: 'Add' must be an object, is a number"},
      {R"({"Add":{"input0":{"dtype":1}}})", "ops.json:1:27: 'dtype' must be a string, is a number"},
      {R"({"Add":{"precision_reduce":{"flag":true}}})",
       "ops.json:1:36: 'precision_reduce.flag' must be a string, is a boolean"},
      {R"({"Add":{"opInfo":"DNN_VM_AICPU"}})", "ops.json:1:18: 'opInfo' must be an object, is a string"},
      {R"({"Add":{"opInfo":{"engine":3}}})",
       "ops.json:1:28: operator 'Add': opInfo.engine must be a string, is a number"},
      {R"({"Add":{"since_version":-1}})", "ops.json:1:25: operator 'Add': since_version is -1, must be 0 to 1000000"},
      {R"({"Add":{"since_version":4294967297}})",
       "ops.json:1:25: operator 'Add': since_version is 4294967297, must be 0 to 1000000"},
      {R"({"Add":{"until_version":"9"}})", "ops.json:1:25: 'until_version' must be a number, is a string"},
      {R"({"Add":{"since_version":9,"until_version":8}})",
       "ops.json:1:2: operator 'Add': until_version is 8, before since_version 9"},
      {R"({"Add":{"input0":{"dtype":"float"},"input1":{"type":"DT_FLOAT"}}})",
       "ops.json:1:2: operator 'Add' has both dtype columns and type sets"},
      {R"({"Add":{"inputs0":{"dtype":"float"}}})",
       "ops.json:1:9: operator 'Add': 'inputs0' is no operand, did you mean 'input0'?"},
      {"{\"Add\":{\"input0\":{\"dtype\":\"float\"},\n \"inptu1\":{\"dtype\":\"float\"}}}",
       "ops.json:2:2: operator 'Add': 'inptu1' is no operand, did you mean 'input1'?"},
      {R"({"Add":{"input0":{"dtype":"float","paramType":"requierd"}}})",
       "ops.json:1:47: operator 'Add', input0: paramType is 'requierd', must be one of required, optional, dynamic; "
       "the "
       "nearest is 'required'"},
      {R"({"Add":{"output0":{"parameter":"kept"}}})",
       "ops.json:1:32: operator 'Add', output0: parameter is 'kept', must be one of keep"},
      {R"({"Add":{"moves_data":{"flag":"maybe"}}})",
       "ops.json:1:30: operator 'Add': moves_data is 'maybe', must be 'true' or 'false'"},
      {R"({"Add":{"cube":{"flag":"True"}}})",
       "ops.json:1:24: operator 'Add': cube is 'True', must be 'true' or 'false'"},
      {R"({"Add":{"dynamicFormat":{"flag":"ture"}}})",
       "ops.json:1:33: operator 'Add': dynamicFormat is 'ture', must be 'true' or 'false'"},
      {R"({"Add":{"moves_data":"true"}})", "ops.json:1:22: 'moves_data' must be an object with a flag, is a string"},
      {R"({"Add":{"rows":"scheme"}})",
       "ops.json:1:16: operator 'Add': rows is 'scheme', must be one of schema, none; the nearest is 'schema'"},
      {R"({"Add":{"rows":"schema","input0":{"dtype":"float"}}})",
       "ops.json:1:2: operator 'Add' has rows from its schema and dtype columns of its own"},
      {R"({"Add":{"rows":"none","output0":{"dtype":"float"}}})",
       "ops.json:1:2: operator 'Add' has operands, but its rows are 'none'"},
      {"[]", "ops.json:1:1: the file must hold an object, holds an array"},
  }));
  CAPTURE(json);
  const absl::StatusOr<std::vector<ReadEntry>> entries = read(json);
  REQUIRE_FALSE(entries.ok());
  CHECK(entries.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(entries.status().message()) == message);
}

TEST_CASE("an op map that names no type or a wrong operand is refused", "[op-map]") {
  const auto [json, message] = GENERATE(table<std::string, std::string>({
      {R"({"map":[{"onnx":"Add"}]})", "map.json:1:9: an entry of an op map names 'onnx' and 'type'"},
      {R"({"map":[{"onnx":"Add","type":"Add","inputs":[0,-2]}]})",
       "map.json:1:48: 'inputs' holds operand indices, -1 for none"},
      {R"({})", "map.json:1:1: an op map has an array 'map'"},
  }));
  CAPTURE(json);
  const absl::StatusOr<std::vector<NamedMapping>> mappings = readOpMap(json, "map.json");
  REQUIRE_FALSE(mappings.ok());
  CHECK(std::string(mappings.status().message()) == message);
}

}  // namespace
}  // namespace precast::target
