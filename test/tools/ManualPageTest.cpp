// The manual page names the flags that the tool has, all of them and no others.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "Command.h"
#include "Places.h"
#include "precast/PrecisionPolicy.h"

using namespace precast::test;

namespace {

// By hand: with the sanitizers, GCC 12 warns of what std::regex does inside.
std::set<std::string> flagsIn(const std::string& text) {
  const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
  std::set<std::string> flags;
  for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at + 2)) {
    std::size_t end = at + 2;
    while (end < text.size() &&
           (isLetter(text[end]) || (end > at + 2 && (text[end] == '_' || (text[end] >= '0' && text[end] <= '9'))))) {
      ++end;
    }
    if (end > at + 2) flags.insert(text.substr(at, end - at));
  }
  return flags;
}

std::string withoutBackslashes(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\\'), text.end());
  return text;
}

}  // namespace

TEST_CASE("the help says nothing of flags that it does not show") {
  const std::string help = runCommand({toolPath(), "compile", "--help"}).output;
  CHECK_THAT(help, Catch::Contains("--weight_clip"));
  CHECK_THAT(help, !Catch::Contains("\n  --is_weight_clip"));
  CHECK_THAT(help, !Catch::Contains("Excludes:"));
}

TEST_CASE("the manual page has every flag of the tool") {
  const std::string page = withoutBackslashes(readBytes(sourceFile("tools/precast.1.in")));
  std::string help = runCommand({toolPath(), "--help"}).output;
  for (const char* command : {"compile", "targets", "ops"}) {
    help += runCommand({toolPath(), command, "--help"}).output;
    CHECK(page.find(std::string("precast ") + command) != std::string::npos);
  }
  CHECK(flagsIn(page) == flagsIn(help));
}

TEST_CASE("the help and the manual page have every precision mode") {
  const std::string help = runCommand({toolPath(), "compile", "--help"}).output;
  const std::string page = withoutBackslashes(readBytes(sourceFile("tools/precast.1.in")));
  for (std::string_view word : precast::precisionModeWords()) {
    CHECK_THAT(help, Catch::Contains(std::string(word)));
    CHECK_THAT(page, Catch::Contains(std::string(word)));
  }
  CHECK_THAT(help, Catch::Contains("force_fp16 (default), force_fp32"));
  CHECK_THAT(help, Catch::Contains("allow_mix_precision_fp16"));
}
