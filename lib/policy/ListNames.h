// The lists as modify_mixlist calls them. Pure; thread-safe.
#pragma once

#include <string_view>

#include "precast/Target.h"

namespace precast::policy {

/// "black-list", "white-list" or "gray-list".
constexpr std::string_view listName(ListColour colour) {
  switch (colour) {
  case ListColour::black:
    return "black-list";
  case ListColour::white:
    return "white-list";
  case ListColour::gray:
    break;
  }
  return "gray-list";
}

}  // namespace precast::policy
