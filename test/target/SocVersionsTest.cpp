// The names of Ascend SoCs and the tables that describe them.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "precast/Target.h"
#include "target/OpsInfoReader.h"

namespace precast {
namespace {

TEST_CASE("each SoC version has the table of its chip", "[soc]") {
  const auto [soc, target] = GENERATE(table<std::string, std::string>({
      {"Ascend310", "ascend310"},
      {"Ascend310B1", "ascend310b"},
      {"Ascend310B4", "ascend310b"},
      {"Ascend310P1", "ascend310p"},
      {"Ascend310P3", "ascend310p"},
      {"Ascend610", "ascend610"},
      // The first Ascend910; A and B are grades of it.
      {"Ascend910", "ascend910"},
      {"Ascend910A", "ascend910"},
      {"Ascend910B", "ascend910"},
      {"Ascend910ProA", "ascend910"},
      {"Ascend910ProB", "ascend910"},
      {"Ascend910PremiumA", "ascend910"},
      // The later chip.
      {"Ascend910B1", "ascend910b"},
      {"Ascend910B2", "ascend910b"},
      {"Ascend910B3", "ascend910b"},
      {"Ascend910B4", "ascend910b"},
  }));
  CAPTURE(soc);
  const absl::StatusOr<Target> found = Target::forSoc(soc);
  INFO(found.status());
  REQUIRE(found.ok());
  CHECK(found->name() == target);
  const std::vector<std::string> ofTarget = Target::socVersions(target);
  CHECK(std::count(ofTarget.begin(), ofTarget.end(), soc) == 1);
}

TEST_CASE("every SoC version is listed once and has a table, and every Ascend table has an SoC version", "[soc]") {
  std::set<std::string> seen;
  std::set<std::string> targets;
  for (const std::string& soc : Target::socVersions()) {
    CAPTURE(soc);
    CHECK(seen.insert(soc).second);
    const absl::StatusOr<Target> target = Target::forSoc(soc);
    INFO(target.status());
    REQUIRE(target.ok());
    targets.insert(std::string(target->name()));
  }
  for (std::string_view name : Target::builtinNames()) {
    CAPTURE(name);
    CHECK(targets.count(std::string(name)) == (name.substr(0, 6) == "ascend" ? 1U : 0U));
    CHECK(Target::socVersions(name).empty() == (targets.count(std::string(name)) == 0));
  }
}

TEST_CASE("a wrong table of SoC versions is refused", "[soc]") {
  const auto [json, message] = GENERATE(table<std::string, std::string>({
      {"{}", "soc.json:1:1: a table of SoC versions has an array 'soc_versions'"},
      {R"({"soc_versions":[{"target":"a"}]})", "soc.json:1:18: an entry of 'soc_versions' has a 'target' and 'names'"},
      {R"({"soc_versions":[{"names":["A"]}]})", "soc.json:1:18: an entry of 'soc_versions' has a 'target' and 'names'"},
  }));
  CHECK(std::string(target::readSocVersions(json, "soc.json").status().message()) == message);
}

}  // namespace
}  // namespace precast
