// The operators of ONNX and of its com.microsoft domain, in every version, for graphs that are built by hand.
#pragma once

#include <string_view>

#include "precast/Export.h"
#include "precast/Graph.h"

PRECAST_EXPORT_BEGIN
namespace precast::onnx {

/// The operator as a model that imports `domain` at `opsetVersion` means it: its newest version that is not newer than
/// that. `domain` "ai.onnx" is the same as "", and becomes "". An operator unknown at that version has hasSchema ==
/// false and version 0. A deprecated version counts like any other. Costs an allocation or five: call it once per
/// operator of a model, not once per node. For graphs built by hand: without a schema the targets of the ONNX family
/// keep an operator as it is. Thread-safe.
OpKind makeOpKind(std::string_view domain, std::string_view type, int opsetVersion, std::string_view variant = {});

}  // namespace precast::onnx
PRECAST_EXPORT_END
