// Short names of the precision modes, for tables in tests.
#pragma once

#include "precast/PrecisionPolicy.h"

namespace precast::test::modes {

inline constexpr PrecisionMode kForce16 = PrecisionMode::forceFp16;
inline constexpr PrecisionMode kForce32 = PrecisionMode::forceFp32;
inline constexpr PrecisionMode kAllow16 = PrecisionMode::allowFp32ToFp16;
inline constexpr PrecisionMode kAllowBf16 = PrecisionMode::allowFp32ToBf16;
inline constexpr PrecisionMode kMust = PrecisionMode::mustKeepOriginDtype;
inline constexpr PrecisionMode kMix = PrecisionMode::allowMixPrecision;
inline constexpr PrecisionMode kMixBf16 = PrecisionMode::allowMixPrecisionBf16;
inline constexpr PrecisionMode kCube = PrecisionMode::cubeFp16InFp32Out;

}  // namespace precast::test::modes
