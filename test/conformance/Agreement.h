// How far two runs of a model agree, in steps of the precision that one of them had.

#pragma once

#include "OrtRunner.h"

#include <string>
#include <vector>

namespace precast::test {

/// A relative rounding error, the unit of the comparison, and the largest finite number.
struct Precision {
  double step = 0;
  double largest = 0;
};

inline constexpr Precision kFloat32Precision{1.0 / (1 << 17), 3.4e38};
inline constexpr Precision kFloat16Precision{1.0 / (1 << 11), 65504};
inline constexpr Precision kBfloat16Precision{1.0 / (1 << 8), 3.3e38};

enum class Agreement {
  full,
  beyondRange,  ///< but for numbers that the precision cannot hold, which saturated or became infinite
  none,
};

struct Comparison {
  Agreement agreement = Agreement::full;
  std::string difference;  ///< the first that is too large
};

/// Floats agree within eight steps of their own magnitude or of their tensor's largest; all else, and float NaN and
/// infinities, exactly.
Comparison compareValues(const std::vector<EngineValue>& expected, const std::vector<EngineValue>& actual,
                         Precision precision);

bool bitEqual(const std::vector<EngineValue>& a, const std::vector<EngineValue>& b);

/// `values` with every float32 and float64 number rounded to `dtype`, which is float16 or bfloat16.
std::vector<EngineValue> rounded(const std::vector<EngineValue>& values, DType dtype);

}  // namespace precast::test
