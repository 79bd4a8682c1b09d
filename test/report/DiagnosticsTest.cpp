#include "precast/Diagnostics.h"

#include <catch2/catch.hpp>

namespace precast {
namespace {

TEST_CASE("severities are spelled as words", "[diagnostics]") {
  CHECK(toString(Severity::note) == "note");
  CHECK(toString(Severity::warning) == "warning");
}

TEST_CASE("a message that nobody filled in is a note about no node", "[diagnostics]") {
  const Diagnostic diagnostic;
  CHECK(diagnostic.severity == Severity::note);
  CHECK(diagnostic.node == NodeId::none);
  CHECK(diagnostic.nodeName.empty());
}

}  // namespace
}  // namespace precast
