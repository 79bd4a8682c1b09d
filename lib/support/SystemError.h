// Errors of the system (errno) as statuses: the code that callers can act on, the path, and the system's own words.
// Thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace precast::support {

/// "cannot WHAT 'path': no such file or directory".
absl::Status failed(const char* what, const std::string& path, int error);

}  // namespace precast::support
