// Pieces of a message under construction: their number and their sizes.
#include "onnx/Rope.h"

#include <catch2/catch.hpp>

namespace precast::onnx {
namespace {

Rope textRope(std::string_view text) {
  Rope rope;
  rope.text().append(text);
  rope.close();
  return rope;
}

TEST_CASE("ranges that follow each other become one piece, others do not") {
  Rope rope;
  rope.copy({0, 10});
  rope.copy({10, 25});
  rope.copy({25, 25});
  CHECK(rope.pieces().size() == 1);
  CHECK(rope.pieces()[0].range.end == 25);
  rope.copy({30, 31});
  CHECK(rope.pieces().size() == 2);
  CHECK(rope.size() == 26);
}

TEST_CASE("text grows in one piece and counts once") {
  Rope rope = textRope("ab");
  rope.text().append("cde");
  rope.close();
  CHECK(rope.pieces().size() == 1);
  CHECK(rope.size() == 5);
}

TEST_CASE("a nested message is preceded by its tag and its length, whatever is in it") {
  Rope inner = textRope("xyz");
  inner.copy({100, 300});
  inner.tensor(static_cast<ValueId>(7), 1000);
  inner.zeros(5);
  inner.zeros(0);
  REQUIRE(inner.pieces().size() == 4);
  Rope outer = textRope("-");
  outer.nest(5, std::move(inner));
  // field 5, bytes; 1208 as a varint
  CHECK(outer.pieces()[0].text == std::string("-\x2a\xb8\x09"));
  CHECK(outer.size() == 4 + 1208);
  std::uint64_t sum = 0;
  for (const Piece& piece : outer.pieces()) sum += piece.size;
  CHECK(sum == outer.size());
}

}  // namespace
}  // namespace precast::onnx
