#include "target/OperatorKeys.h"

#include <catch2/catch.hpp>

namespace precast::target {
namespace {

TEST_CASE("a key is a type, with or without the domain and the version of its entry", "[ops-info]") {
  const auto [key, domain, version, type] = GENERATE(table<std::string, std::string, int, std::string>({
      {"Add", "", 0, "Add"},
      {"Add@0", "", 0, "Add"},
      {"Add@7", "", 7, "Add"},
      {"Add", "d", 7, "Add"},
      {"d:Add@7", "d", 7, "Add"},
      {"ai.onnx:Add@7", "", 7, "Add"},
      // Not the entry's own.
      {"Add@7", "", 8, "Add@7"},
      {"Add@7", "", 0, "Add@7"},
      {"d:Add", "", 0, "d:Add"},
      {"ai.onnx:Add", "d", 0, "ai.onnx:Add"},
      {"dAdd", "d", 0, "dAdd"},
      // Nothing but these.
      {"@7", "", 7, ""},
      {"d:", "d", 0, ""},
      {"d:@7", "d", 7, ""},
      {"", "", 0, ""},
  }));
  CAPTURE(key, domain, version);
  CHECK(operatorInKey(key, domain, version) == type);
}

TEST_CASE("a full name has its domain, ONNX's own too, and says what it is made of", "[ops-info]") {
  CHECK(fullOperatorName("", "Add") == "ai.onnx:Add");
  CHECK(fullOperatorName("com.microsoft", "Gelu") == "com.microsoft:Gelu");
  CHECK(readOperatorName(fullOperatorName("", "Add")).domain == "");
}

TEST_CASE("a name with a domain or a version in it is no operator's", "[ops-info]") {
  CHECK(operatorNameMistake("d:Add", "", 0) == "a domain in a key is the entry's domain, which it does not have");
  CHECK(operatorNameMistake("d:Add@7", "e", 0) == "a domain in a key is the entry's domain, which is 'e'");
  CHECK(operatorNameMistake("Add@7", "", 0) ==
        "a version in a key is the entry's since_version, which it does not have");
  CHECK(operatorNameMistake("Add@7", "d", 12) == "a version in a key is the entry's since_version, which is 12");
  for (const char* name : {"Add@", "Add@v7", "@", "A@7b"}) {
    CAPTURE(name);
    CHECK(operatorNameMistake(name, "", 0) ==
          "a version in a key is the entry's since_version, which it does not have");
    CHECK(operatorNameMistake(name, "", 7) == "a version in a key is the entry's since_version, which is 7");
  }
  for (const char* name : {"*", "Conv*", "Conv?D"}) {
    CAPTURE(name);
    CHECK(operatorNameMistake(name, "", 0) == "a key is the name of one operator and no pattern");
  }
  for (const char* name : {"Add", "A.B", "Add_7", "A-B", "A/B"}) {
    CAPTURE(name);
    CHECK(operatorNameMistake(name, "", 0).empty());
  }
}

TEST_CASE("the name of an operator is its type, with or without its domain") {
  struct Row {
    const char* name;
    std::optional<std::string_view> domain;
    const char* type;
  };
  const Row rows[] = {
      {"Add", std::nullopt, "Add"}, {"ai.onnx:Add", "", "Add"},     {"com.microsoft:Gelu", "com.microsoft", "Gelu"},
      {"a:b:Op", "a:b", "Op"},      {":Add", std::nullopt, ":Add"}, {"Add:", std::nullopt, "Add:"},
      {"", std::nullopt, ""}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const OperatorName read = readOperatorName(row.name);
    CHECK(read.domain == row.domain);
    CHECK(read.type == row.type);
  }
  CHECK(operatorName("", "Add") == "Add");
  CHECK(operatorName("com.microsoft", "Gelu") == "com.microsoft:Gelu");
}

TEST_CASE("the default domain has two names", "[ops-info]") {
  CHECK(canonicalDomain("ai.onnx").empty());
  CHECK(canonicalDomain("").empty());
  CHECK(canonicalDomain("ai.onnx.ml") == "ai.onnx.ml");
}

}  // namespace
}  // namespace precast::target
