// The built-in implementation-mode tables, and the modes of a target's entries.
#include "target/ImplModes.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "precast/Target.h"
#include "target/BuiltinTarget.h"

namespace precast {
namespace {

using Modes = std::vector<std::string>;

using test::builtin;

const OpEntry& entryOf(const Target& target, std::string_view type) {
  for (const OpEntry& entry : target.libraries()[0].entries) {
    if (entry.type == type) return entry;
  }
  FAIL("no entry " << type);
  return target.libraries()[0].entries[0];
}

TEST_CASE("lines of a mode table", "[impl-mode]") {
  const target::ImplModeTable table = target::readImplModes("A=high_precision\nB=x,y\n\n# note\nC=\nD=last");
  CHECK(table.size() == 4);
  CHECK(table.at("A") == Modes{"high_precision"});
  CHECK(table.at("B") == Modes{"x", "y"});
  CHECK(table.at("C").empty());
  CHECK(table.at("D") == Modes{"last"});
}

TEST_CASE("the tables that a flag may name are built in and select only modes that are offered", "[impl-mode]") {
  const target::ImplModeTable offered = target::readImplModes(target::builtinImplModeIni("all_ops_impl_mode"));
  CHECK(offered.size() == 31);
  CHECK(offered.at("Mish") == Modes{"high_performance", "high_precision", "super_performance"});
  const auto [name, size] = GENERATE(table<std::string, std::size_t>({
      {"high_performance", 28},
      {"high_performance_for_all", 29},
      {"high_precision", 28},
      {"high_precision_for_all", 29},
  }));
  CAPTURE(name);
  const target::ImplModeTable chosen = target::readImplModes(target::builtinImplModeIni(name));
  CHECK(chosen.size() == size);
  for (const auto& [type, modes] : chosen) {
    CAPTURE(type);
    REQUIRE(modes.size() == 1);
    REQUIRE(offered.count(type) == 1);
    const Modes& known = offered.at(type);
    CHECK(std::count(known.begin(), known.end(), modes[0]) == 1);
  }
  CHECK(chosen.at("SoftmaxV2") == Modes{name.substr(0, name.find("_for_all"))});
}

TEST_CASE("a choice is not always what its table is called", "[impl-mode]") {
  const target::ImplModeTable chosen = target::readImplModes(target::builtinImplModeIni("high_performance"));
  CHECK(chosen.at("Gelu") == Modes{"high_precision"});
  CHECK(chosen.count("Sigmoid") == 0);
}

TEST_CASE("there is no other table", "[impl-mode]") {
  for (std::string_view name : {"", "high_precision.ini", "super_performance", "../ascend/soc-versions"})
    CHECK(target::builtinImplModeIni(name).empty());
}

TEST_CASE("entries of the first library of an Ascend target have the modes that the kernel offers", "[impl-mode]") {
  for (std::string_view name : {"ascend310", "ascend310b", "ascend310p", "ascend610", "ascend910", "ascend910b"}) {
    CAPTURE(name);
    const Target target = builtin(name);
    CHECK(entryOf(target, "SoftmaxV2").implModes == Modes{"high_performance", "high_precision"});
    CHECK(entryOf(target, "Conv2D").implModes.empty());
    for (const OpEntry& entry : target.libraries()[1].entries) CHECK(entry.implModes.empty());
  }
  const Target runtime = builtin("ort-cpu");
  for (const OpEntry& entry : runtime.libraries()[0].entries) CHECK(entry.implModes.empty());
}

TEST_CASE("an op-info file cannot change the modes that a kernel offers", "[impl-mode]") {
  constexpr std::string_view kJson =
      R"({"SoftmaxV2":{"input0":{"dtype":"float"},"implModes":["none"]},"Conv2D":{"dynamicFormat":{"flag":"true"}},
          "Mine":{"input0":{"dtype":"float"}},"Gelu":{"domain":"d","input0":{"dtype":"float"}}})";
  const Target ascend = builtin("ascend310");
  const absl::StatusOr<Target> over = ascend.withOpsInfo(kJson, "mine.json");
  const absl::StatusOr<Target> alone = Target::fromOpsInfo(kJson, "mine.json");
  REQUIRE(over.ok());
  REQUIRE(alone.ok());
  CHECK(entryOf(*over, "SoftmaxV2").implModes == Modes{"high_performance", "high_precision"});
  CHECK(entryOf(*alone, "SoftmaxV2").implModes == Modes{"high_performance", "high_precision"});
  CHECK(entryOf(*over, "Conv2D").implModes.empty());
  CHECK(entryOf(*over, "Mine").implModes.empty());
  OpKind foreign;
  foreign.type = "Gelu";
  foreign.domain = "d";
  CHECK(over->resolve(foreign).entries.at(0)->implModes.empty());
}

}  // namespace
}  // namespace precast
