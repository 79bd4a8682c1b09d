// A built-in target, for tests of what its tables say.
#pragma once

#include <catch2/catch.hpp>
#include <string_view>
#include <utility>

#include "precast/Target.h"

namespace precast::test {

/// The built-in target `name`; fails the test if there is none.
inline Target builtin(std::string_view name) {
  absl::StatusOr<Target> target = Target::builtin(name);
  INFO(target.status());
  REQUIRE(target.ok());
  return *std::move(target);
}

}  // namespace precast::test
