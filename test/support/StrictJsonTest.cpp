// What the reader accepts and how it complains, then a comparison with nlohmann_json over thousands of damaged texts.
#include "support/StrictJson.h"

#include <clocale>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace precast::support {
namespace {

using Kind = JsonValue::Kind;

std::string complaint(std::string_view text, std::uint32_t maxDepth = 16) {
  absl::StatusOr<JsonDocument> document = parseJson(text, "f.json", maxDepth);
  return document.ok() ? "accepted" : std::string(document.status().message());
}

TEST_CASE("every kind of value is read, with its line and column", "[json]") {
  const std::string_view text = "{\n"
                                "  \"text\": \"a\\u00e9\\ud83d\\ude00\\n\\\"\\/\\\\\",\n"
                                "  \"list\": [1, -2.5, true, false, null, {}],\t\"empty\" : []\r\n"
                                "}\n";
  absl::StatusOr<JsonDocument> document = parseJson(text, "f.json");
  REQUIRE(document.ok());
  const JsonValue& root = document->root;
  REQUIRE(root.kind == Kind::object);
  REQUIRE(root.object.size() == 3);
  CHECK(root.object[0].key == "text");
  CHECK(root.object[0].position.line == 2);
  CHECK(root.object[0].position.column == 3);
  CHECK(root.object[0].value.position.column == 11);
  CHECK(root.find("text")->string == "a\xC3\xA9\xF0\x9F\x98\x80\n\"/\\");
  const JsonValue& list = *root.find("list");
  REQUIRE(list.array.size() == 6);
  CHECK(list.position.line == 3);
  CHECK(list.array[0].kind == Kind::integer);
  CHECK(list.array[0].integer == 1);
  CHECK(list.array[1].kind == Kind::real);
  CHECK(list.array[1].real == -2.5);
  CHECK(list.array[1].position.column == 15);
  CHECK(list.array[2].boolean);
  CHECK(list.array[3].kind == Kind::boolean);
  CHECK_FALSE(list.array[3].boolean);
  CHECK(list.array[4].kind == Kind::null);
  CHECK(list.array[5].kind == Kind::object);
  CHECK(root.find("empty")->array.empty());
  CHECK(root.find("nothing") == nullptr);
  CHECK(list.find("text") == nullptr);
  CHECK(std::string(document->error(list.position, "is wrong").message()) == "f.json:3:11: is wrong");
}

TEST_CASE("a value of any kind may be the root, after a byte order mark", "[json]") {
  CHECK(complaint("\xEF\xBB\xBF{\"a\": 1}") == "accepted");
  CHECK(complaint(" 12 ") == "accepted");
  CHECK(complaint("\"\"") == "accepted");
  CHECK(complaint("\xEF\xBB\xBF\"\xFF\"") == "f.json:1:2: a string is not valid UTF-8");
}

TEST_CASE("a duplicate key names both places", "[json]") {
  CHECK(complaint("{\"Add\": 1,\n \"Mul\": {\"Add\": 2},\n   \"Add\": 3}") ==
        "f.json:3:4: duplicate key 'Add' (first at line 1)");
  CHECK(complaint("{\"a\": 1, \"\\u0061\": 2}") == "f.json:1:10: duplicate key 'a' (first at line 1)");
  std::string large = "{";  // beyond the size up to which keys are compared one by one
  for (int i = 0; i < 500; ++i) large += "\"key" + std::to_string(i) + "\": [],\n";
  CHECK(complaint(large + "\"last\": 1}") == "accepted");
  CHECK(complaint(large + "\"key7\": 1}") == "f.json:501:1: duplicate key 'key7' (first at line 8)");
}

TEST_CASE("text that is not JSON is refused where it goes wrong", "[json]") {
  struct Row {
    std::string_view text;
    std::string_view message;
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {"", "f.json:1:1: the file is empty"},
      {" \n ", "f.json:2:2: the file is empty"},
      {"\xEF\xBB\xBF", "f.json:1:1: the file is empty"},
      {"{} {}", "f.json:1:4: text after the end of the JSON value"},
      {"{}\0"sv, "f.json:1:3: text after the end of the JSON value"},
      {"[1,]", "f.json:1:4: ']' stands where a value should be"},
      {"{\"a\":1,}", "f.json:1:8: '}' stands where a string should be"},
      {"[1 2]", "f.json:1:4: '2' stands where ',' or ']' should be"},
      {"{\"a\" 1}", "f.json:1:6: '1' stands where ':' should be"},
      {"{\"a\":1", "f.json:1:7: the text ends where ',' or '}' should be"},
      {"[", "f.json:1:2: the text ends where a value should be"},
      {"[}", "f.json:1:2: '}' stands where a value should be"},
      {"{'a': 1}", "f.json:1:2: ''' stands where a string should be"},
      {"// comment\n1", "f.json:1:1: '/' stands where a value should be"},
      {"[1, /* comment */ 2]", "f.json:1:5: '/' stands where a value should be"},
      {"# comment\n1", "f.json:1:1: '#' stands where a value should be"},
      {"[\xFF]", "f.json:1:2: byte 0xFF stands where a value should be"},
      {"tru", "f.json:1:1: 't' stands where a value should be"},
      {"nulL", "f.json:1:1: 'n' stands where a value should be"},
      {"True", "f.json:1:1: 'T' stands where a value should be"},
      {"NaN", "f.json:1:1: 'N' stands where a value should be"},
      {"Infinity", "f.json:1:1: 'I' stands where a value should be"},
      {"+1", "f.json:1:1: '+' stands where a value should be"},
      {".5", "f.json:1:1: '.' stands where a value should be"},
      {"01", "f.json:1:1: a number must not start with 0"},
      {"1.", "f.json:1:1: a number needs digits after its point"},
      {"1e+", "f.json:1:1: a number needs digits in its exponent"},
      {"9223372036854775808", "f.json:1:1: a number does not fit in 64 bits"},
      {"1e999", "f.json:1:1: a number is out of range"},
      {"\"abc", "f.json:1:5: the text ends inside a string"},
      {"\"a\tb\"", "f.json:1:3: a string has a control character"},
      {"\"\\x\"", "f.json:1:2: a string has an escape that JSON does not know"},
      {"\"\\u12\"", "f.json:1:2: a string has an escape that JSON does not know"},
      {"\"\\ud800\"", "f.json:1:2: a string has half of a surrogate pair"},
      {"\"\\udc00\"", "f.json:1:2: a string has half of a surrogate pair"},
      {"\n\"a\\\n\"", "f.json:2:3: a string has an escape that JSON does not know"},
      {"\"\xC0\xAF\"", "f.json:1:2: a string is not valid UTF-8"},
      {"\"\xED\xA0\x80\"", "f.json:1:2: a string is not valid UTF-8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(complaint(row.text) == row.message);
    CHECK(parseJson(row.text, "f.json").status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("nesting beyond the limit is refused, however deep", "[json]") {
  CHECK(complaint(std::string(16, '[') + std::string(16, ']')) == "accepted");
  CHECK(complaint(std::string(17, '[') + std::string(17, ']')) == "f.json:1:17: nested more than 16 deep");
  CHECK(complaint("[[]]", 1) == "f.json:1:2: nested more than 1 deep");
  const std::string million(1'000'000, '[');
  CHECK(parseJson(million, "f.json").status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("numbers at the ends of their ranges keep their value", "[json]") {
  absl::StatusOr<JsonDocument> document =
      parseJson("[9223372036854775807, -9223372036854775808, 1e308, 0.1, -0, 1E2, 1e-320]", "f.json");
  REQUIRE(document.ok());
  const std::vector<JsonValue>& numbers = document->root.array;
  CHECK(numbers[0].integer == INT64_MAX);
  CHECK(numbers[1].integer == INT64_MIN);
  CHECK(numbers[2].real == 1e308);
  CHECK(numbers[3].real == 0.1);
  CHECK(numbers[4].integer == 0);
  CHECK(numbers[5].kind == Kind::real);
  CHECK(numbers[5].real == 100);
  CHECK(numbers[6].real == 1e-320);
}

TEST_CASE("the host's locale does not matter", "[json]") {
  const char* found = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"})
    if (found == nullptr) found = std::setlocale(LC_NUMERIC, name);
  if (found == nullptr) WARN("no locale with a decimal comma is installed");
  absl::StatusOr<JsonDocument> document = parseJson("1.5", "f.json");
  std::setlocale(LC_NUMERIC, "C");
  REQUIRE(document.ok());
  CHECK(document->root.real == 1.5);
}

/// True if both hold the same values; nlohmann's objects are in the order of the file too.
bool same(const JsonValue& ours, const nlohmann::ordered_json& theirs) {
  switch (ours.kind) {
  case Kind::null:
    return theirs.is_null();
  case Kind::boolean:
    return theirs.is_boolean() && theirs.get<bool>() == ours.boolean;
  case Kind::integer:
    return theirs.is_number_integer() && theirs.get<std::int64_t>() == ours.integer;
  case Kind::real:
    return theirs.is_number_float() && theirs.get<double>() == ours.real;
  case Kind::string:
    return theirs.is_string() && theirs.get_ref<const std::string&>() == ours.string;
  case Kind::array: {
    bool equal = theirs.is_array() && theirs.size() == ours.array.size();
    for (std::size_t i = 0; equal && i < ours.array.size(); ++i) equal = same(ours.array[i], theirs[i]);
    return equal;
  }
  case Kind::object: {
    bool equal = theirs.is_object() && theirs.size() == ours.object.size();
    std::size_t i = 0;
    for (auto item = theirs.begin(); equal && item != theirs.end(); ++item, ++i)
      equal = item.key() == ours.object[i].key && same(ours.object[i].value, item.value());
    return equal;
  }
  }
  return false;
}

/// Compares with nlohmann_json. What only it accepts must be one of the things that this reader is stricter about.
void compare(const std::string& text) {
  absl::StatusOr<JsonDocument> ours = parseJson(text, "f.json");
  const nlohmann::ordered_json theirs = nlohmann::ordered_json::parse(text, nullptr, false);
  CAPTURE(text);
  if (ours.ok()) {
    REQUIRE_FALSE(theirs.is_discarded());
    REQUIRE(same(ours->root, theirs));
    return;
  }
  if (theirs.is_discarded()) return;
  const std::string message(ours.status().message());
  CAPTURE(message);
  const bool stricter = message.find("duplicate key") != std::string::npos ||
                        message.find("64 bits") != std::string::npos || text.find('\0') != std::string::npos;
  REQUIRE(stricter);
}

TEST_CASE("damaged texts are judged as nlohmann_json judges them, and read to the same values", "[json]") {
  const std::string seed = "{\"a\": [1, -2.5e3, 0.0, \"x\\u00e9\\ud83d\\ude00\\\\\", true], \"b\": {\"c\": null, "
                           "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\": false}}";
  compare(seed);
  for (std::size_t length = 0; length < seed.size(); ++length) compare(seed.substr(0, length));
  for (std::size_t at = 0; at < seed.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = seed;
      changed[at] = static_cast<char>(byte);
      compare(changed);
    }
    std::string shorter = seed;
    compare(shorter.erase(at, 1));
    for (char inserted : std::string_view("{}[],:\"0-.e\\ u")) compare(std::string(seed).insert(at, 1, inserted));
  }
}

}  // namespace
}  // namespace precast::support
