// Models of the operators that hold a body: If, Loop, Scan, SequenceMap.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "precast/DType.h"

namespace precast::test {

/// A model of such an operator at opset `version`, with a float operator of `dtype` in the body; none for every other
/// operator.
std::optional<std::string> bodyModel(std::string_view type, int version, DType dtype);

}  // namespace precast::test
