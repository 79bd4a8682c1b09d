// JSON graphs (`precast.graph/1`), for toolchains without ONNX and for tests:
//   {"schema":"precast.graph/1","inputs":[{"name","dtype","shape"}],"constants":[{"name","dtype","shape"}],
//    "nodes":[{"name","op","inputs":["v"],"outputs":[{"name","dtype","shape"}]}],"outputs":["v"]}
// Shapes are optional (-1 is an unknown dimension); "" is an omitted operand; a Cast is op "Cast" with the dtype on its
// output. Constants have no contents; what a node "Constant" gives is no constant but a value that comes at run time.
// Operators have no schema. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "precast/Export.h"
#include "precast/Graph.h"
#include "precast/Limits.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// True if `text` starts like a JSON graph: optional byte order mark and white space, then '{'.
bool looksLikeGraphJson(std::string_view text);

/// kInvalidArgument "SOURCE:LINE:COLUMN: ..." for malformed JSON, unknown or duplicate keys, two values or two nodes of
/// one name (a node may do without), operands that name nothing, nodes in a cycle; kUnimplemented for another schema
/// version.
absl::StatusOr<Graph> parseGraphJson(std::string_view text, std::string_view source, const Limits& limits = {});

/// The same format, nodes in the order of the graph, keys in the order above, one value or node per line.
/// kUnimplemented for graphs with nested bodies or operators of a domain; kInvalidArgument for values without a name
/// or a dtype and for two values or two nodes of one name.
absl::StatusOr<std::string> writeGraphJson(const Graph& graph);

}  // namespace precast
PRECAST_EXPORT_END
