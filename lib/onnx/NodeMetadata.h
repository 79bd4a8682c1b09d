// What precast writes into the metadata of nodes: the implementation mode that the policy chose. Pure functions;
// thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "onnx/Wire.h"

namespace precast::onnx {

/// True if the entry of metadata_props in `entry` is "precast.impl_mode".
bool isImplMode(absl::Span<const std::byte> file, ByteRange entry);

/// The field metadata_props that says `mode`, in the one form in which it is written.
std::string implModeField(std::string_view mode);

}  // namespace precast::onnx
