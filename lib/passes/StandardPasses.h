// The built-in deciders, one file each. They are passes in the public sense: a host may remove or reorder them.
#pragma once

#include <memory>

#include "precast/PrecisionPass.h"

namespace precast::passes {

std::shared_ptr<const PrecisionPass> makeCustomizeDtypesPass();
std::shared_ptr<const PrecisionPass> makeKeepDtypePass();
std::shared_ptr<const PrecisionPass> makeNumericGuardPass();
std::shared_ptr<const PrecisionPass> makeListColourPass();
std::shared_ptr<const PrecisionPass> makeModePass();

/// Whether constants beyond the range of float16 can do harm in the policy's mode.
bool guardsConstants(const PrecisionPolicy& policy);

}  // namespace precast::passes
