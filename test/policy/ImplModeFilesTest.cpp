// Tables and op_precision_mode files that are written from random entries and read back, and what they may not say.
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

std::string written(const std::vector<ImplModeEntry>& entries) {
  std::string lines;
  for (const ImplModeEntry& entry : entries)
    lines += entry.nodes.pattern + "=" + std::string(toString(entry.mode)) + "\n";
  return lines;
}

TEST_CASE("entries come out as they went in, with the place and line of each", "[impl-mode]") {
  std::minstd_rand random(11);
  const auto modes = allImplModes();
  for (int run = 0; run < 50; ++run) {
    std::vector<ImplModeEntry> types(random() % 6);
    std::vector<ImplModeEntry> nodes(random() % 6);
    for (std::size_t i = 0; i < types.size(); ++i) {
      types[i].nodes.pattern = "Op" + std::to_string(i);
      types[i].mode = modes[random() % modes.size()];
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].nodes.pattern = (i % 2 == 0 ? "a/b " : "a=*;") + std::to_string(i);
      nodes[i].mode = modes[random() % modes.size()];
    }
    const auto table = parseImplModeTable(written(types), "high.ini");
    REQUIRE(table.ok());
    CHECK(written(*table) == written(types));
    const auto both = parseOpPrecisionMode(written(types) + "[ByNodeName]\n" + written(nodes), "op.ini");
    REQUIRE(both.ok());
    CHECK(written(*both) == written(types) + written(nodes));
    for (std::size_t i = 0; i < both->size(); ++i) {
      CAPTURE(i);
      const NodeSelector& selector = (*both)[i].nodes;
      const bool isType = i < types.size();
      const auto expected = isType                        ? NodeSelector::Kind::type
                            : (i - types.size()) % 2 == 0 ? NodeSelector::Kind::node
                                                          : NodeSelector::Kind::glob;
      const std::string line = std::to_string(i + (isType ? 1 : 2));
      CHECK(selector.kind == expected);
      CHECK(selector.origin == "op_precision_mode, line " + line);
      CHECK(selector.place == "op.ini:" + line + ":1");
      if (isType) CHECK((*table)[i].nodes.origin == "high.ini, line " + line);
    }
  }
}

TEST_CASE("one key twice is an error in one section and none in two", "[impl-mode]") {
  CHECK(parseImplModeTable("A=high_precision\nB=high_precision\nA=high_performance\n", "t.ini").status().message() ==
        "t.ini:3:1: duplicate entry for 'A' (first at line 1)");
  CHECK(parseOpPrecisionMode("[ByNodeName]\nA=high_precision\n[ByOpType]\nA=high_precision", "t.ini").ok());
  CHECK(parseOpPrecisionMode("A=high_precision\n[ByOpType]\nA=high_precision", "t.ini").status().message() ==
        "t.ini:3:1: duplicate entry for 'A' (first at line 1)");
}

TEST_CASE("a table has no sections", "[impl-mode]") {
  CHECK_FALSE(parseImplModeTable("[ByOpType]\nA=high_precision\n", "t.ini").ok());
  CHECK(parseOpPrecisionMode("[ByOpType]\nA=high_precision\n", "t.ini").ok());
}

}  // namespace
}  // namespace precast
