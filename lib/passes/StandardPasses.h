// The built-in deciders, one file each. They are passes in the public sense: a host may remove or reorder them.
#pragma once

#include <memory>

#include "precast/PrecisionPass.h"

namespace precast::passes {

std::shared_ptr<const PrecisionPass> makeKeepDtypePass();
std::shared_ptr<const PrecisionPass> makeNumericGuardPass();
std::shared_ptr<const PrecisionPass> makeListColourPass();
std::shared_ptr<const PrecisionPass> makeModePass();

}  // namespace precast::passes
