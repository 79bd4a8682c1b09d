// Opens a file that an untrusted name points to, and makes sure that it lies where it may: checked on the open file, so
// that nothing can be swapped between the check and the use. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "support/File.h"

namespace precast::support {

/// Maps `directory`/`name`, which must be a regular file that, all links followed, lies below `directory` or below one
/// of `others`. kPermissionDenied if it lies elsewhere, else errors as MappedFile::open(). Never waits.
absl::StatusOr<std::shared_ptr<const MappedFile>> openBeneath(const std::string& directory, const std::string& name,
                                                              const std::vector<std::string>& others);

/// The directory that holds the file `path` once all links are followed; "" if there is no such file.
std::string realDirectoryOf(const std::string& path);

}  // namespace precast::support
