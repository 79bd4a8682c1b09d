#include "policy/IniReader.h"

#include <catch2/catch.hpp>

namespace precast::policy {
namespace {

constexpr std::string_view kSections[] = {"A", "B"};

std::string entriesOf(std::string_view text, absl::Span<const std::string_view> sections = kSections) {
  const absl::StatusOr<std::vector<IniEntry>> entries = readIni(text, "f.ini", sections);
  if (!entries.ok()) return std::string(entries.status().message());
  std::string lines;
  for (const IniEntry& entry : *entries) {
    lines += "[" + std::string(entry.section) + "] " + std::string(entry.key.text) + "=" +
             std::string(entry.value.text) + " " + std::to_string(entry.key.line) + ":" +
             std::to_string(entry.key.column) + "," + std::to_string(entry.value.column) + "\n";
  }
  return lines;
}

TEST_CASE("entries of an ini text are in its order with their sections") {
  CHECK(entriesOf("").empty());
  CHECK(entriesOf("; nothing\n# nothing\n[A]\n").empty());
  CHECK(entriesOf("k=v") == "[] k=v 1:1,3\n");
  CHECK(entriesOf("k = v # why\n [ B ] \n x y= z\n[A]\nm=n") == "[] k=v 1:1,5\n[B] x y=z 3:2,7\n[A] m=n 5:1,3\n");
  // A key ends at the last '=', so that it may be any node's name; ';' begins a comment at the start of a line alone.
  CHECK(entriesOf("a=b:0=v\n;a=b\nk=v;w") == "[] a=b:0=v 1:1,7\n[] k=v;w 3:1,3\n");
}

TEST_CASE("an ini text that is wrong is refused with its place") {
  CHECK(entriesOf("[C]") == "f.ini:1:2: unknown section 'C'; the sections are A, B");
  CHECK(entriesOf("[A]", {}) == "f.ini:1:2: section 'A' in a file without sections");
  CHECK(entriesOf("[A]\n[B]\n[A]") == "f.ini:3:2: duplicate section 'A' (first at line 1)");
  CHECK(entriesOf("[A") == "f.ini:1:1: the name of a section does not end with ']'");
  CHECK(entriesOf("k") == "f.ini:1:1: a line without '='");
  CHECK(entriesOf("=v") == "f.ini:1:1: there is no name before '='");
  CHECK(entriesOf("k=") == "f.ini:1:2: there is no value behind '='");
}

}  // namespace
}  // namespace precast::policy
