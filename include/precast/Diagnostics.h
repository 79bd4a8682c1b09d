// Messages about a compilation that are not errors: notes and warnings, each naming its node. The library never prints;
// a host that wants messages passes a sink.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "precast/Export.h"
#include "precast/Graph.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// A note says what was done; a warning says what the user may not have meant.
enum class Severity : unsigned char { note, warning };

/// "note" or "warning".
std::string_view toString(Severity severity);

/// One message.
struct Diagnostic {
  Severity severity = Severity::note;  ///< how much it matters
  std::string_view id;  ///< stable kebab-case word with static lifetime: "weight-out-of-range", "unknown-op", ...
  NodeId node = NodeId::none;  ///< none: about the whole graph or a policy
  std::string nodeName;        ///< "" if node is none or unnamed
  std::string message;         ///< one sentence, lower case, no final period
};

/// Called in a deterministic order, from the thread that called the library. An empty function is silence.
using DiagnosticSink = std::function<void(const Diagnostic&)>;

}  // namespace precast
PRECAST_EXPORT_END
