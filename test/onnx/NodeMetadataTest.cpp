#include "onnx/NodeMetadata.h"

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"
#include "onnx/NodeReader.h"

namespace precast::onnx {
namespace {

using test::ExactBytes;
using test::Proto;

bool isOurs(const std::string& entry) {
  const ExactBytes bytes(entry);
  return isImplMode(bytes.span(), {0, entry.size()});
}

TEST_CASE("an entry is ours by its key alone, wherever that stands") {
  CHECK(isOurs(Proto().text(field::kKey, "precast.impl_mode").text(field::kEntryValue, "high_precision")));
  CHECK(isOurs(Proto().text(field::kEntryValue, "unheard").text(field::kKey, "precast.impl_mode")));
  CHECK(isOurs(Proto().text(field::kKey, "precast.impl_mode")));
  // Of a field that is there twice the last one counts.
  CHECK(isOurs(Proto().text(field::kKey, "k").text(field::kKey, "precast.impl_mode")));
  CHECK_FALSE(isOurs(Proto().text(field::kKey, "precast.impl_mode").text(field::kKey, "k")));
  CHECK_FALSE(isOurs(Proto().text(field::kKey, "precast.impl_mode2")));
  CHECK_FALSE(isOurs(Proto().text(field::kEntryValue, "precast.impl_mode")));
  CHECK_FALSE(isOurs(""));
}

TEST_CASE("a mode that is written is found by who reads the node") {
  const std::string relu = test::node("Relu", {"x"}, {"y"});
  NodeParts node;
  for (const bool has : {true, false, true, false}) {  // the storage is reused
    const ExactBytes bytes(has ? relu + implModeField("high_precision") : relu);
    REQUIRE(readNode(bytes.span(), {0, bytes.span().size()}, node).ok());
    CHECK(node.hasImplMode == has);
  }
}

}  // namespace
}  // namespace precast::onnx
