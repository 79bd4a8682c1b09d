// Which mapping of a target's op map serves an operator of ONNX. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "precast/Target.h"
#include "target/OpsInfoReader.h"

namespace precast::target {

/// Of the mappings at `positions`, which are those of the operator's type, the newest that its version has reached
/// (any, if it has none) and whose variant, if it names one, is the operator's. One that names it goes before one of
/// the same version that names none; of two alike the first holds. None: null.
const OpMapping* mappingFor(const OpKind& kind, absl::Span<const NamedMapping> mappings,
                            absl::Span<const std::uint32_t> positions);

}  // namespace precast::target
