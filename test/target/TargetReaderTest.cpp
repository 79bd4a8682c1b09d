// Op maps, target descriptions and the table of SoC versions: what their readers take and what they refuse. The tables
// that are built in: OpMapTest, TargetTest, SocVersionsTest.
#include <catch2/catch.hpp>
#include <string>

#include "target/OpsInfoReader.h"

namespace precast {
namespace {

TEST_CASE("an op map gives types, versions and operands") {
  const absl::StatusOr<std::vector<target::NamedMapping>> map = target::readOpMap(
      R"({"map":[{"onnx":"Conv","type":"Conv2D"},
          {"onnx":"Resize","type":"ResizeNearest","variant":"nearest","since":11,"inputs":[0,-1,-1,1],"outputs":[0]}]})",
      "map.json");
  REQUIRE(map.ok());
  REQUIRE(map->size() == 2);
  CHECK((*map)[0].onnxType == "Conv");
  CHECK((*map)[0].mapping.targetType == "Conv2D");
  CHECK((*map)[0].mapping.inputs.empty());
  CHECK((*map)[1].mapping.variant == "nearest");
  CHECK((*map)[1].mapping.sinceVersion == 11);
  CHECK((*map)[1].mapping.inputs == std::vector<int>{0, -1, -1, 1});
  CHECK((*map)[1].mapping.outputs == std::vector<int>{0});
}

TEST_CASE("a wrong op map is refused with its place") {
  struct Row {
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"[]", "m:1:1: an op map has an array 'map'"},
      {R"({"map":{}})", "m:1:1: an op map has an array 'map'"},
      {R"({"map":[{"onnx":"Conv"}]})", "m:1:9: an entry of an op map names 'onnx' and 'type'"},
      {R"({"map":[{"type":"Conv"}]})", "m:1:9: an entry of an op map names 'onnx' and 'type'"},
      {R"({"map":[{"onnx":"A","type":"B","inputs":3}]})", "m:1:41: 'inputs' must be an array, is a number"},
      {R"({"map":[{"onnx":"A","type":"B","outputs":["0"]}]})", "m:1:43: 'outputs' holds operand indices, -1 for none"},
      {R"({"map":[{"onnx":"A","type":"B","inputs":[-2]}]})", "m:1:42: 'inputs' holds operand indices, -1 for none"},
      {R"({"map":[{"onnx":"A","type":"B","inputs":[0.5]}]})", "m:1:42: 'inputs' holds operand indices, -1 for none"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto map = target::readOpMap(row.text, "m");
    REQUIRE_FALSE(map.ok());
    CHECK(map.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(map.status().message()) == row.message);
  }
}

TEST_CASE("a target description names its libraries in order") {
  const absl::StatusOr<target::TargetDescription> target = target::readTarget(
      R"({"name":"t","libraries":[{"name":"first","files":["a.json","b.json"]},{"name":"second","files":["c.json"]}],
          "unknown_ops":"keep","op_map":"map.json","impl_modes":"modes.ini","default_rows":"schema"})",
      "target.json");
  REQUIRE(target.ok());
  CHECK(target->name == "t");
  REQUIRE(target->libraries.size() == 2);
  CHECK(target->libraries[0].name == "first");
  CHECK(target->libraries[0].files == std::vector<std::string>{"a.json", "b.json"});
  CHECK(target->libraries[1].files == std::vector<std::string>{"c.json"});
  CHECK(target->keepsUnknownOps);
  CHECK(target->rowsFromSchema);
  CHECK(target->opMap == "map.json");
  CHECK(target->implModes == "modes.ini");
  // What is not said: unknown operators are refused, rows come from the files.
  const auto bare = target::readTarget(R"({"name":"t","unknown_ops":"error","libraries":[{"name":"l"}]})", "t");
  REQUIRE(bare.ok());
  CHECK_FALSE(bare->keepsUnknownOps);
  CHECK_FALSE(bare->rowsFromSchema);
  for (const char* text : {"{}", R"({"name":"t"})", R"({"name":"t","libraries":[]})", R"({"libraries":[{}]})"}) {
    CAPTURE(text);
    CHECK(std::string(target::readTarget(text, "t").status().message()) == "t:1:1: a target has a name and libraries");
  }
}

TEST_CASE("SoC versions are listed with their targets") {
  const auto versions = target::readSocVersions(
      R"({"soc_versions":[{"target":"a","names":["A1","A2"]},{"target":"b","names":["B"]}]})", "soc.json");
  REQUIRE(versions.ok());
  std::string text;
  for (const target::SocVersion& version : *versions) text += version.name + "=" + version.target + " ";
  CHECK(text == "A1=a A2=a B=b ");
}

}  // namespace
}  // namespace precast
