// The manual page names the flags that the tool has, all of them and no others.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "Command.h"
#include "Places.h"

using namespace precast::test;

namespace {

std::set<std::string> flagsIn(const std::string& text) {
  static const std::regex flag("--[a-z][a-z0-9_]*");
  std::set<std::string> flags;
  for (std::sregex_iterator i(text.begin(), text.end(), flag), end; i != end; ++i) flags.insert(i->str());
  return flags;
}

}  // namespace

TEST_CASE("the manual page has every flag of the tool") {
  const std::string page = std::regex_replace(readBytes(sourceFile("tools/precast.1")), std::regex(R"(\\-)"), "-");
  std::string help = runCommand({toolPath(), "--help"}).output;
  for (const char* command : {"compile", "targets", "ops"}) {
    help += runCommand({toolPath(), command, "--help"}).output;
    CHECK(page.find(std::string("precast ") + command) != std::string::npos);
  }
  CHECK(flagsIn(page) == flagsIn(help));
}
