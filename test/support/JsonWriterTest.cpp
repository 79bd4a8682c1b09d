#include "support/JsonWriter.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/StrictJson.h"

namespace precast::support {
namespace {

std::string written(std::string_view text) {
  std::string out;
  JsonWriter(&out).string(text);
  return out;
}

std::string written(double number) {
  std::string out;
  JsonWriter(&out).real(number);
  return out;
}

TEST_CASE("containers stand on one line or give each element its own", "[json]") {
  std::string out;
  JsonWriter json(&out);
  json.beginObject(true);
  json.key("nodes");
  json.beginArray(true);
  for (int i = 0; i < 2; ++i) {
    json.beginObject();
    json.key("id");
    json.integer(i - 1);
    json.key("ok");
    json.boolean(i == 0);
    json.endObject();
  }
  json.endArray();
  json.key("empty");
  json.beginArray(true);
  json.endArray();
  json.key("none");
  json.null();
  json.endObject();
  CHECK(out ==
        "{\n\"nodes\":[\n{\"id\":-1,\"ok\":true},\n{\"id\":0,\"ok\":false}\n],\n\"empty\":[],\n\"none\":null\n}");
}

TEST_CASE("text is escaped where JSON demands it and nowhere else", "[json]") {
  using namespace std::string_view_literals;
  CHECK(written("plain/text") == "\"plain/text\"");
  CHECK(written("\"\\\n\t\x01\x1F\x7F") == "\"\\\"\\\\\\n\\u0009\\u0001\\u001f\x7F\"");
  CHECK(written("a\0b"sv) == "\"a\\u0000b\"");
  CHECK(written("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST_CASE("invalid UTF-8 becomes a replacement character, valid text beside it stays", "[json]") {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  const auto quoted = [&](std::string_view before, int count, std::string_view after) {
    std::string text = "\"" + std::string(before);
    for (int i = 0; i < count; ++i) text += replacement;
    return text + std::string(after) + "\"";
  };
  CHECK(written("a\xFF"
                "b") == quoted("a", 1, "b"));
  CHECK(written("\xC0\xAF") == quoted("", 2, ""));          // overlong
  CHECK(written("\xED\xA0\x80") == quoted("", 3, ""));      // a surrogate
  CHECK(written("\xF4\x90\x80\x80") == quoted("", 4, ""));  // beyond U+10FFFF
  CHECK(written("a\xE2\x82") == quoted("a", 2, ""));        // cut off
  CHECK(written("\xE2\x82\"") == quoted("", 2, "\\\""));    // a quote that ends a sequence is still escaped
}

TEST_CASE("whatever bytes a name has, the result is JSON", "[json]") {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string name(random() % 12, ' ');
    for (char& c : name) c = static_cast<char>(random() % 3 == 0 ? random() % 128 : random());
    std::string out;
    JsonWriter json(&out);
    json.beginObject();
    json.key(name);
    json.string(name);
    json.endObject();
    CAPTURE(out);
    REQUIRE(nlohmann::json::accept(out));
    REQUIRE(parseJson(out, "out").ok());
  }
}

TEST_CASE("numbers read back as the same value", "[json]") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(65520.0) == "65520");
  CHECK(written(1e300) == "1e+300");
  CHECK(written(-5e-324) == "-5e-324");
  std::mt19937_64 random(9);
  for (int round = 0; round < 20000; ++round) {
    std::uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) continue;
    REQUIRE(nlohmann::json::parse(written(number)).get<double>() == number);
  }
  std::string out;
  JsonWriter json(&out);
  json.beginArray();
  json.integer(std::numeric_limits<std::int64_t>::min());
  json.unsignedInteger(std::numeric_limits<std::uint64_t>::max());
  json.endArray();
  CHECK(out == "[-9223372036854775808,18446744073709551615]");
}

TEST_CASE("what JSON has no number for is written as text", "[json]") {
  CHECK(written(std::numeric_limits<double>::infinity()) == "\"inf\"");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "\"-inf\"");
  CHECK(written(std::nan("")) == "\"nan\"");
}

}  // namespace
}  // namespace precast::support
