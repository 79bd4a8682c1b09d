// The one wording of warnings about entries that match nothing.
#include "policy/Unmatched.h"

#include <catch2/catch.hpp>

namespace precast::policy {
namespace {

TEST_CASE("an entry that matches nothing is named by its file, its flag or its origin, with the nearest name") {
  const struct {
    NamedEntry entry;
    const char* nearest;
    const char* message;
  } rows[] = {
      {{"keep_dtype", "keep.txt:4:1", "Conv_l"},
       "Conv_1",
       "keep.txt:4:1: keep_dtype entry 'Conv_l' matches no node, nearest is 'Conv_1'"},
      {{"keep_dtype", "keep.txt:4:1", "Conv_l", "keep_dtype, line 4"},
       "",
       "keep.txt:4:1: keep_dtype entry 'Conv_l' matches no node"},
      {{"output_type", "--output_type", "y:0"}, "", "--output_type: entry 'y:0' matches no node"},
      {{"output_type", "--output_type", "y:0", "output_type"},
       "z",
       "--output_type: entry 'y:0' matches no node, nearest is 'z'"},
      {{"keep_dtype", "", "a"}, "", "keep_dtype entry 'a' matches no node"},
      {{"keep_dtype", "", "a", "my engine"}, "", "keep_dtype entry 'a' (my engine) matches no node"},
      {{"keep_dtype", "", "a", "my engine"}, "b", "keep_dtype entry 'a' (my engine) matches no node, nearest is 'b'"},
      {{"keep_dtype", "", "{}"}, "{0}", "keep_dtype entry '{}' matches no node, nearest is '{0}'"},
  };
  for (const auto& row : rows) CHECK(unmatchedMessage(row.entry, "node", row.nearest) == row.message);
}

TEST_CASE("every warning about an entry begins as that of one which matches nothing") {
  CHECK(entrySubject({"keep_dtype", "keep.txt:4:1", "c", "keep_dtype, line 4"}) ==
        "keep.txt:4:1: keep_dtype entry 'c'");
  CHECK(entrySubject({"keep_dtype", "", "c", "my engine"}) == "keep_dtype entry 'c' (my engine)");
}

TEST_CASE("a place is a flag if it begins with two dashes") {
  CHECK(isFlag("--output_type"));
  for (const char* place : {"", "-", "-o", "keep.txt:1:1", "a--b:1:1"}) CHECK_FALSE(isFlag(place));
}

}  // namespace
}  // namespace precast::policy
