#include "support/SystemError.h"

#include <cerrno>
#include <cstring>

#include "fmt/format.h"

namespace precast::support {

namespace {

absl::StatusCode codeOf(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return absl::StatusCode::kNotFound;
  case EACCES:
  case EPERM:
  case EROFS:
  case ELOOP:
    return absl::StatusCode::kPermissionDenied;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return absl::StatusCode::kResourceExhausted;
  case EIO:
    return absl::StatusCode::kDataLoss;
  case EISDIR:
  case EINVAL:
  case ENAMETOOLONG:
    return absl::StatusCode::kInvalidArgument;
  default:
    return absl::StatusCode::kUnavailable;
  }
}

// strerror_r comes in two kinds: POSIX fills the buffer, GNU may return a string of its own instead.
[[maybe_unused]] const char* wordsOf(int /*result*/, const char* buffer) { return buffer; }
[[maybe_unused]] const char* wordsOf(const char* result, const char* /*buffer*/) { return result; }

}  // namespace

absl::Status failed(const char* what, const std::string& path, int error) {
  char buffer[128] = "";
  const char* words = wordsOf(::strerror_r(error, buffer, sizeof buffer), buffer);
  return absl::Status(codeOf(error), fmt::format("cannot {} '{}': {}", what, path, words));
}

}  // namespace precast::support
