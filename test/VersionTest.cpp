// One version everywhere: the macros, the function, the C interface, and what CMake calls the project.
#include "precast/Version.h"

#include <catch2/catch.hpp>
#include <string>

#include "precast-c/types.h"

namespace precast {
namespace {

TEST_CASE("the library has the version of its headers, in C++, in C and in CMake") {
  const std::string headers = std::to_string(PRECAST_VERSION_MAJOR) + "." + std::to_string(PRECAST_VERSION_MINOR) +
                              "." + std::to_string(PRECAST_VERSION_PATCH);
  CHECK(version() == headers);
  CHECK(std::string(precast_version()) == headers);
  CHECK(std::string(PRECAST_PROJECT_VERSION) == headers);
}

TEST_CASE("versions are compared as numbers") {
  CHECK(PRECAST_VERSION / 10000 == PRECAST_VERSION_MAJOR);
  CHECK(PRECAST_VERSION / 100 % 100 == PRECAST_VERSION_MINOR);
  CHECK(PRECAST_VERSION % 100 == PRECAST_VERSION_PATCH);
}

}  // namespace
}  // namespace precast
