#include "support/SystemError.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <catch2/catch.hpp>

namespace precast::support {
namespace {

TEST_CASE("an error of the system becomes the code that a caller can act on", "[errors]") {
  const struct {
    int error;
    absl::StatusCode code;
  } rows[] = {{ENOENT, absl::StatusCode::kNotFound},
              {ENOTDIR, absl::StatusCode::kNotFound},
              {EACCES, absl::StatusCode::kPermissionDenied},
              {EPERM, absl::StatusCode::kPermissionDenied},
              {EROFS, absl::StatusCode::kPermissionDenied},
              {ELOOP, absl::StatusCode::kPermissionDenied},
              {ENOSPC, absl::StatusCode::kResourceExhausted},
              {EDQUOT, absl::StatusCode::kResourceExhausted},
              {EFBIG, absl::StatusCode::kResourceExhausted},
              {EMFILE, absl::StatusCode::kResourceExhausted},
              {ENFILE, absl::StatusCode::kResourceExhausted},
              {ENOMEM, absl::StatusCode::kResourceExhausted},
              {EIO, absl::StatusCode::kDataLoss},
              {EISDIR, absl::StatusCode::kInvalidArgument},
              {EINVAL, absl::StatusCode::kInvalidArgument},
              {ENAMETOOLONG, absl::StatusCode::kInvalidArgument},
              {EBUSY, absl::StatusCode::kUnavailable},
              {ESTALE, absl::StatusCode::kUnavailable}};
  for (const auto& row : rows) {
    CAPTURE(row.error);
    const absl::Status status = failed("open", "a b.onnx", row.error);
    CHECK(status.code() == row.code);
    CHECK(std::string(status.message()) == std::string("cannot open 'a b.onnx': ") + std::strerror(row.error));
  }
}

TEST_CASE("a number that the system does not know is an error all the same", "[errors]") {
  const absl::Status status = failed("sync", "", 99999);
  CHECK(status.code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(status.message()) == "cannot sync '': " + std::string(std::strerror(99999)));
}

}  // namespace
}  // namespace precast::support
