// What all parts of the C interface share: words of statuses and dtypes, and lists of diagnostics.
#include <catch2/catch.hpp>
#include <cctype>
#include <string>

#include "COwned.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

TEST_CASE("every status of C has the words that it has in C++, with spaces") {
  for (precast_status status = PRECAST_OK; status <= PRECAST_DATA_LOSS; ++status) {
    std::string words = absl::StatusCodeToString(static_cast<absl::StatusCode>(status));
    for (char& letter : words) letter = letter == '_' ? ' ' : static_cast<char>(std::tolower(letter));
    const bool known = status != 4 && status != 10;  // no function here returns those
    CHECK(std::string(precast_status_name(status)) == (known ? words : "unknown"));
  }
}

TEST_CASE("every dtype has the word and the size in C that it has in C++") {
  int known = 0;
  for (precast_dtype dtype = -1; dtype <= 70; ++dtype) {
    CAPTURE(dtype);
    const std::string word = textOf(precast_dtype_name(dtype));
    if (word.empty()) {
      CHECK(precast_dtype_bits(dtype) == 0);
      continue;
    }
    ++known;
    CHECK(word == toString(static_cast<DType>(dtype)));
    CHECK(precast_dtype_bits(dtype) == bitWidth(static_cast<DType>(dtype)));
    CHECK(precast_dtype_parse(word.c_str()) == static_cast<precast_dtype>(parseDType(word).value_or(DType::undefined)));
  }
  CHECK(known > 25);
}

TEST_CASE("a list keeps diagnostics, and hands them to programs with older and newer headers") {
  CDiagnostics list;
  REQUIRE(precast_diagnostics_create(list.out(), nullptr) == PRECAST_OK);
  precast_diagnostic given = PRECAST_DIAGNOSTIC_INIT;
  given.severity = PRECAST_WARNING;
  given.node = 7;
  given.id = {"some-id", 7};
  given.node_name = {"n7", 2};
  given.message = {"a message", 9};
  precast_diagnostics_collect(&given, list.get());
  --given.struct_size;  // there never was such a header
  precast_diagnostics_collect(&given, list.get());
  REQUIRE(precast_diagnostics_count(list) == 1);

  struct {
    precast_diagnostic known = PRECAST_DIAGNOSTIC_INIT;
    std::uint64_t appended = 42;
  } read;
  for (const std::size_t size : {sizeof(read.known), sizeof(read)}) {
    read.known = PRECAST_DIAGNOSTIC_INIT;
    read.known.struct_size = size;
    REQUIRE(precast_diagnostics_get(list, 0, &read.known, nullptr) == PRECAST_OK);
    CHECK((read.known.struct_size == size && read.appended == 42));
    CHECK((read.known.severity == PRECAST_WARNING && read.known.node == 7));
    CHECK((textOf(read.known.id) == "some-id" && textOf(read.known.node_name) == "n7"));
    CHECK(textOf(read.known.message) == "a message");
  }
  read.known.struct_size = 8;
  CHECK(precast_diagnostics_get(list, 0, &read.known, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(precast_diagnostics_get(list, 0, nullptr, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(precast_diagnostics_get(nullptr, 0, &read.known, nullptr) == PRECAST_INVALID_ARGUMENT);
}
