// What is told of entries that cannot mean what they say on the target that they are for. Rows that nobody states:
// TargetTest.
#include "target/OverlayWarnings.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "fmt/format.h"

#include "target/BuiltinTarget.h"

namespace precast {
namespace {

TEST_CASE("an entry with versions, or under an ONNX name, is told of where there is an op map", "[target]") {
  const Target ascend = test::builtin("ascend310");
  std::string said;
  const auto changed = ascend.withOpsInfo(
      R"({"Relu@14":{"since_version":14,"input0":{"dtype":"float"},"output0":{"dtype":"float"}},
          "Softmax":{"input0":{"dtype":"float"},"output0":{"dtype":"float"}}})",
      "o.json", [&](const Diagnostic& d) { said += d.message + "\n"; });
  REQUIRE(changed.ok());
  CHECK(said ==
        "o.json:1:2: operator 'Relu' is for some versions, but the operators of target 'ascend310' have none; it is "
        "taken for all\n"
        "o.json:2:11: 'Softmax' of ONNX is served by 'SoftmaxV2' on target 'ascend310'; this entry is for JSON graphs "
        "alone\n"
        "o.json replaces Relu of ascend310/aic-ascend310-ops-info.json\n");
  OpKind relu;
  relu.type = "Relu";
  relu.sinceVersion = 6;
  relu.hasSchema = true;
  CHECK(changed->resolve(relu).entries[0]->source == "o.json");
}

TEST_CASE("an entry for another domain's operator of an ONNX name decides that one, of which nothing is told",
          "[target]") {
  const Target ascend = test::builtin("ascend310");
  std::string said;
  const auto changed =
      ascend.withOpsInfo(R"({"Softmax":{"domain":"my.dom","input0":{"dtype":"float"},"output0":{"dtype":"float"}}})",
                         "o.json", [&](const Diagnostic& d) { said += d.message + "\n"; });
  REQUIRE(changed.ok());
  CHECK(said.empty());
  OpKind softmax;
  softmax.type = "Softmax";
  softmax.domain = "my.dom";
  REQUIRE(changed->resolve(softmax).entries[0] != nullptr);
  CHECK(changed->resolve(softmax).entries[0]->source == "o.json");
}

TEST_CASE("a new operator that differs from a known one by case alone is told of, and other new ones are not",
          "[target]") {
  const auto warned = [](std::string_view targetName, std::string_view type) {
    std::vector<std::string> said;
    const auto changed =
        test::builtin(targetName)
            .withOpsInfo(fmt::format(R"({{"{}":{{"rows":"none"}}}})", type), "o.json",
                         [&](const Diagnostic& d) { said.push_back(fmt::format("{}: {}", d.id, d.message)); });
    REQUIRE(changed.ok());
    return said;
  };
  using List = std::vector<std::string>;
  // An entry of the AI Core, one of the AI CPU alone, an ONNX name of the op map, and one that only the schemas have.
  CHECK(warned("ascend310", "relu") ==
        List{"ops-info-case: o.json:1:2: operator 'relu' is new on target 'ascend310', which has 'Relu'"});
  CHECK(warned("ascend310", "NONZERO") ==
        List{"ops-info-case: o.json:1:2: operator 'NONZERO' is new on target 'ascend310', which has 'NonZero'"});
  CHECK(warned("ascend310", "softmaX") ==
        List{"ops-info-case: o.json:1:2: operator 'softmaX' is new on target 'ascend310', which has 'Softmax'"});
  CHECK(warned("onnx", "nonzero") ==
        List{"ops-info-case: o.json:1:2: operator 'nonzero' is new on target 'onnx', which has 'NonZero'"});
  CHECK(warned("ascend310", "MyRelu").empty());
  CHECK(warned("onnx", "NonZero").empty());
}

}  // namespace
}  // namespace precast
