// Calls of local functions become the functions' nodes, so that every call is decided on its own and no operator hides.
//
// The nodes are NodeProtos like those of the file: copies of the function's with operands and nodes renamed
// `<call>_<name>` (a counter only where that is taken), references to attributes replaced by the call's attributes, by
// the function's defaults, or left out where neither is given. Bodies inside functions, functions that call functions
// and calls inside bodies are expanded likewise. An operator is of the function's opset; where that differs from the
// model's and the operator changed in between, that is an error: no node is reinterpreted. No recursion; Limits bound
// depth, number and bytes. Source: docs/IR.md of ONNX 1.19.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/LocalFunctions.h"
#include "onnx/OpsetImports.h"
#include "onnx/Wire.h"
#include "precast/DType.h"
#include "precast/Limits.h"

namespace precast::onnx {

struct InlinedCalls {
  /// Offset of a call's NodeProto in the file -> its nodes, [first, last) of `nodes`. Lookups only.
  absl::flat_hash_map<std::uint64_t, std::pair<std::size_t, std::size_t>> calls;
  std::string bytes;             ///< NodeProtos, each with its head as field `node` of a graph
  std::vector<ByteRange> nodes;  ///< in `bytes`
  std::vector<Opset> opsets;     ///< those of the model and those that only the functions import
  std::vector<bool> unneeded;    ///< by function: no call is left
  /// The dtypes that functions state for their values, by the new names; lookups only. A function may be called at
  /// other dtypes than those, so that this binds nobody.
  absl::flat_hash_map<std::string, DType> hints;
};

/// Expands all calls in the GraphProto `graph` of `file`. kInvalidArgument for calls and functions that do not fit,
/// kUnimplemented for operators of another version than the model's, kResourceExhausted over a limit.
absl::StatusOr<InlinedCalls> inlineCalls(absl::Span<const std::byte> file, ByteRange graph,
                                         const LocalFunctions& functions, const std::vector<Opset>& opsets,
                                         const Limits& limits);

}  // namespace precast::onnx
