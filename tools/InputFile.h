// Reading the text files that flags name.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace precast::tool {

absl::StatusOr<std::string> readText(const std::string& path);

}  // namespace precast::tool
