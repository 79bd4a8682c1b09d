// The words in which op-info tables state dtypes. Pure; thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "precast/DType.h"

namespace precast::target {

/// The words of a comma-separated list, white space around them dropped.
std::vector<std::string_view> wordsOf(std::string_view text);

/// AI CPU tables spell dtypes as the framework does: DT_FLOAT16, DT_INT32, ...; other words are as in DType.h.
std::optional<DType> parseFrameworkDType(std::string_view word);

/// True for dtypes of the framework that no graph here can have.
bool isForeignDType(std::string_view word);

}  // namespace precast::target
