#include "policy/Selectors.h"

#include <catch2/catch.hpp>

namespace precast::policy {
namespace {

TEST_CASE("a name with a star or a question mark is a glob, and a type never is") {
  using Kind = NodeSelector::Kind;
  CHECK(nodesNamed("Conv_1", "").kind == Kind::node);
  CHECK(nodesNamed("Conv_*", "").kind == Kind::glob);
  CHECK(nodesNamed("Conv_?", "").kind == Kind::glob);
  CHECK(nodesNamed("Conv[1]", "").kind == Kind::node);
  CHECK(nodesOfType("Conv*", "").kind == Kind::type);
  CHECK(nodesNamed("a", "keep_dtype, line 2").origin == "keep_dtype, line 2");
}

TEST_CASE("selectors are described as the files write them") {
  CHECK(describe(nodesNamed("a/b:0", "")) == "a/b:0");
  CHECK(describe(nodesNamed("a*", "")) == "a*");
  CHECK(describe(nodesOfType("Conv", "")) == "OpType::Conv");
}

TEST_CASE("entries for the same nodes are found by their first line") {
  SelectorLines lines;
  CHECK(lines.firstLine(nodesNamed("Conv", ""), 1) == 0);
  CHECK(lines.firstLine(nodesOfType("Conv", ""), 2) == 0);
  CHECK(lines.firstLine(nodesNamed("Conv*", ""), 3) == 0);
  CHECK(lines.firstLine(nodesNamed("Conv", ""), 4) == 1);
  CHECK(lines.firstLine(nodesOfType("Conv", ""), 5) == 2);
  CHECK(lines.firstLine(nodesNamed("Conv*", ""), 6) == 3);
}

}  // namespace
}  // namespace precast::policy
