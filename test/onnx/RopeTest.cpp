// Pieces of a message under construction: their number, their sizes, and that nesting is what protobuf means by it.
#include "onnx/Rope.h"

#include <catch2/catch.hpp>
#include <random>

#include "FlatRope.h"

namespace precast::onnx {
namespace {

using test::flatten;

void addText(Rope& rope, std::string_view text) {
  rope.text().append(text);
  rope.close();
}

TEST_CASE("ranges that follow each other become one piece, others do not") {
  Rope rope;
  rope.copy({0, 10});
  rope.copy({10, 25});
  rope.copy({25, 25});
  CHECK(rope.pieces().size() == 1);
  CHECK(rope.pieces()[0].end() == 25);
  rope.copy({30, 31});
  CHECK(rope.pieces().size() == 2);
  CHECK(rope.size() == 26);
}

TEST_CASE("text grows in one piece and counts once") {
  Rope rope;
  addText(rope, "ab");
  addText(rope, "cde");
  CHECK(rope.pieces().size() == 1);
  CHECK(rope.size() == 5);
}

TEST_CASE("a nested message is preceded by its tag and its length, whatever is in it") {
  const std::string source(400, 's');
  Rope rope;
  addText(rope, "-");
  const Rope::Nested nested = rope.begin(5);
  addText(rope, "xyz");
  rope.copy({100, 300});
  rope.tensor(static_cast<ValueId>(7), 1000);
  rope.zeros(5);
  rope.zeros(0);
  rope.end(nested);
  // field 5, bytes; 1208 as a varint
  CHECK(flatten(rope, source).substr(0, 7) == "-\x2a\xb8\x09xyz");
  CHECK(rope.size() == 4 + 1208);
}

TEST_CASE("messages of text alone are one piece, however deep") {
  Rope rope;
  addText(rope, "-");
  const Rope::Nested outer = rope.begin(1);
  const Rope::Nested inner = rope.begin(2);
  addText(rope, "xyz");
  rope.end(inner);
  rope.end(outer);
  CHECK(flatten(rope, "") == "-\x0a\x05\x12\x03xyz");
  CHECK(rope.pieces().size() == 1);
}

TEST_CASE("a range before a nested message does not grow into it") {
  const std::string source = "0123456789";
  Rope rope;
  rope.copy({0, 4});
  const Rope::Nested nested = rope.begin(1);
  rope.copy({4, 6});
  rope.end(nested);
  CHECK(flatten(rope, source) == "0123\x0a\x02"
                                 "45");
}

TEST_CASE("where nothing but a copy of a message's content was added, its own tag and length are kept") {
  std::string source = "0\x0a\x82";
  source += std::string("\x00yz", 3);  // a length of 2 in two bytes: not the shortest form
  WireField original;
  original.number = 1;
  original.begin = 1;
  original.content = 4;
  original.end = 6;
  Rope same;
  const Rope::Nested kept = same.begin(1);
  same.copy(original.inside());
  same.end(kept, original);
  CHECK(flatten(same, source) == source.substr(1));
  Rope changed;
  const Rope::Nested made = changed.begin(1);
  changed.copy({4, 5});
  changed.end(made, original);
  CHECK(flatten(changed, source) == "\x0a\x01y");
}

// A rope and, beside it, the string that it is to stand for.
struct Twin {
  std::mt19937 random;
  std::string source;
  Rope rope;

  std::string grow(int depth) {
    std::string expected;
    for (auto n = random() % 5; n > 0; --n) {
      switch (random() % (depth > 0 ? 6 : 4)) {
      case 0: {
        const std::string text(random() % 200, static_cast<char>('a' + random() % 26));
        addText(rope, text);
        expected += text;
        break;
      }
      case 1: {
        const std::uint64_t begin = random() % source.size();
        const std::uint64_t end = begin + random() % (source.size() - begin);
        rope.copy({begin, end});
        expected += source.substr(begin, end - begin);
        break;
      }
      case 2:
        rope.tensor(static_cast<ValueId>(1), 7);
        expected += "#######";
        break;
      case 3:
        rope.zeros(3);
        expected += "000";
        break;
      default: {
        const Rope::Nested nested = rope.begin(3);
        const std::string inside = grow(depth - 1);
        rope.end(nested);
        appendText(expected, 3, inside);
        break;
      }
      }
    }
    return expected;
  }
};

TEST_CASE("random messages, nested five deep, are what appending strings makes") {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Twin twin{std::mt19937(seed), "The bytes of a file, of which ranges are copied here and there.", {}};
    const std::string expected = twin.grow(5);
    CAPTURE(seed);
    REQUIRE(flatten(twin.rope, twin.source) == expected);
    REQUIRE(twin.rope.size() == expected.size());
  }
}

}  // namespace
}  // namespace precast::onnx
