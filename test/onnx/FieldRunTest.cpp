// Fields of a message that are passed over a second time.
#include "onnx/FieldRun.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace precast::onnx {
namespace {

TEST_CASE("a run gives every message that was noted, in order, and looks no further") {
  std::string text;
  appendText(text, field::kGraphName, "graph");
  appendText(text, field::kInitializer, "i0");
  appendText(text, field::kNode, "n0");
  appendNumber(text, 99, 7);
  appendText(text, field::kNode, std::string(300, 'n'));
  appendText(text, field::kInitializer, "i1");
  appendText(text, field::kNode, "");
  const std::size_t noted = text.size();
  appendText(text, field::kNode, "not noted");
  text.push_back('\xFF');  // no field: whoever gets here fails
  const absl::Span<const std::byte> file(reinterpret_cast<const std::byte*>(text.data()), text.size());

  FieldRun nodes(file, {0, text.size()}, kGraphMessage, field::kNode);
  FieldRun initializers(file, {0, text.size()}, kGraphMessage, field::kInitializer);
  ByteRange message;
  CHECK_FALSE(nodes.next(message));
  MessageCursor cursor(file, {0, noted}, kGraphMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kNode) nodes.note(at);
    if (at.number == field::kInitializer) initializers.note(at);
  }
  REQUIRE(cursor.ok());
  FieldRun again = nodes;
  for (FieldRun* run : {&nodes, &again}) {
    CHECK(run->left() == 3);
    std::vector<std::string> seen;
    while (run->next(message)) seen.emplace_back(textOf(file, message));
    CHECK(seen == std::vector<std::string>{"n0", std::string(300, 'n'), ""});
    CHECK(run->left() == 0);
  }
  std::vector<std::string> seen;
  while (initializers.next(message)) seen.emplace_back(textOf(file, message));
  CHECK(seen == std::vector<std::string>{"i0", "i1"});
}

}  // namespace
}  // namespace precast::onnx
