#include "precast/Diagnostics.h"

namespace precast {

std::string_view toString(Severity severity) { return severity == Severity::warning ? "warning" : "note"; }

}  // namespace precast
