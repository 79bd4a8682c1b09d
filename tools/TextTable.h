// Aligned columns for standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace precast::tool {

/// Lines of cells, columns two blanks apart, each as wide as its widest cell; the last is not padded. What
/// names in a user's file may hold is as in support::plainLine().
std::string alignColumns(std::vector<std::vector<std::string>> lines, std::string_view indent = "");

}  // namespace precast::tool
