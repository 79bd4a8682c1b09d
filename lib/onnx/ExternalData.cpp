#include "onnx/ExternalData.h"

#include <limits>
#include <utility>

#include "fmt/format.h"
#include "support/OpenBeneath.h"

namespace precast::onnx {

namespace {

absl::Status outside(std::string_view tensor, std::string_view location, std::string_view why) {
  return absl::PermissionDeniedError(
      fmt::format("external data of tensor '{}': location '{}' {}", tensor, location, why));
}

// Relative, below the directory, the same on every system.
absl::Status checkLocation(std::string_view tensor, std::string_view location) {
  if (location.empty())
    return absl::InvalidArgumentError(fmt::format("external data of tensor '{}' names no location", tensor));
  if (location.find('\0') != std::string_view::npos)
    return outside(tensor, location.substr(0, location.find('\0')), "holds a NUL");
  if (location.front() == '/' || location.front() == '\\') return outside(tensor, location, "is absolute");
  if (location.size() > 1 && location[1] == ':') return outside(tensor, location, "names a drive");
  if (location.find("://") != std::string_view::npos) return outside(tensor, location, "is a URL");
  for (std::size_t begin = 0; begin <= location.size();) {
    std::size_t end = location.find_first_of("/\\", begin);
    if (end == std::string_view::npos) end = location.size();
    const std::string_view part = location.substr(begin, end - begin);
    if (part == "..") return outside(tensor, location, "leaves the model's directory");
    if (end == location.size() && (part.empty() || part == ".")) return outside(tensor, location, "names a directory");
    begin = end + 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> parseDecimal(std::string_view tensor, const char* key, std::string_view text) {
  std::uint64_t value = 0;
  for (char c : text) {
    const bool digit = c >= '0' && c <= '9';
    const auto next = static_cast<std::uint64_t>(c - '0');
    if (!digit || value > (std::numeric_limits<std::uint64_t>::max() - next) / 10) {
      return absl::InvalidArgumentError(
          fmt::format("external data of tensor '{}': {} '{}' is not a 64-bit decimal number", tensor, key, text));
    }
    value = value * 10 + next;
  }
  return value;
}

}  // namespace

ExternalData::ExternalData(std::string modelPath) {
  if (modelPath.empty()) return;
  const std::size_t slash = modelPath.rfind('/');
  directory_ = slash == std::string::npos ? "." : slash == 0 ? "/" : modelPath.substr(0, slash);
  std::string real = support::realDirectoryOf(modelPath);
  if (!real.empty()) realDirectory_.push_back(std::move(real));
}

absl::StatusOr<absl::Span<const std::byte>> ExternalData::open(std::string_view tensor, std::string_view location) {
  auto& file = files_[std::string(location)];
  if (file == nullptr) {
    auto opened = support::openBeneath(directory_, std::string(location), realDirectory_);
    if (!opened.ok()) {
      return absl::Status(opened.status().code(), fmt::format("external data of tensor '{}': {}", tensor,
                                                              std::string(opened.status().message())));
    }
    file = *std::move(opened);
  }
  return file->bytes();
}

absl::StatusOr<absl::Span<const std::byte>> ExternalData::view(std::string_view tensor, std::string_view location,
                                                               std::string_view offset, std::string_view length,
                                                               std::uint64_t expected) {
  if (directory_.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "tensor '{}' has external data ('{}'), and a model read from memory has no directory", tensor, location));
  }
  if (absl::Status status = checkLocation(tensor, location); !status.ok()) return status;
  const auto begin = parseDecimal(tensor, "offset", offset);
  if (!begin.ok()) return begin.status();
  auto size = parseDecimal(tensor, "length", length);
  if (!size.ok()) return size.status();
  if (length.empty()) size = expected;
  if (*size != expected) {
    return absl::InvalidArgumentError(
        fmt::format("external data of tensor '{}': length is {}, its dims and dtype need {}", tensor, *size, expected));
  }
  const auto bytes = open(tensor, location);
  if (!bytes.ok()) return bytes.status();
  if (*begin > bytes->size() || *size > bytes->size() - *begin) {
    return absl::DataLossError(fmt::format("external data of tensor '{}': {} bytes at offset {}, but '{}' has {} bytes",
                                           tensor, *size, *begin, location, bytes->size()));
  }
  return bytes->subspan(*begin, *size);
}

std::vector<std::shared_ptr<const support::MappedFile>> ExternalData::files() const {
  std::vector<std::shared_ptr<const support::MappedFile>> files;
  files.reserve(files_.size());
  for (const auto& [path, file] : files_) {
    if (file != nullptr) files.push_back(file);
  }
  return files;
}

}  // namespace precast::onnx
