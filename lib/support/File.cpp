#include "support/File.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "fmt/format.h"

namespace precast::support {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

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

absl::Status failed(const char* what, const std::string& path, int error) {
  char text[128] = "";
  // The GNU strerror_r may return a string of its own instead of filling the buffer.
  const char* words = ::strerror_r(error, text, sizeof text);
  return absl::Status(codeOf(error), fmt::format("cannot {} '{}': {}", what, path, words));
}

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

std::string resolveLink(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  return real == nullptr ? path : std::string(real.get());
}

}  // namespace

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.value < 0) return failed("read", path, errno);
  struct stat info {};
  if (::fstat(file.value, &info) != 0) return failed("read", path, errno);
  if (S_ISDIR(info.st_mode)) return failed("read", path, EISDIR);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(fmt::format("cannot read '{}': it is no regular file", path));
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = nullptr;
  if (size > 0) {
    data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
    if (data == MAP_FAILED) return failed("map", path, errno);
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

const FileCalls& FileCalls::system() {
  static constexpr FileCalls calls = {&::write, &::close, &::rename};
  return calls;
}

OutputFile::OutputFile(std::string path, std::string target, std::string temporary, int descriptor, const FileCalls& calls)
    : path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)),
      descriptor_(descriptor),
      calls_(&calls) {
  buffer_.reserve(kBufferBytes);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, std::string())),
      descriptor_(std::exchange(other.descriptor_, -1)),
      calls_(other.calls_),
      buffer_(std::move(other.buffer_)),
      size_(other.size_) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) calls_->close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

absl::StatusOr<OutputFile> OutputFile::create(const std::string& path, const FileCalls& calls) {
  std::string target = resolveLink(path);
  struct stat info {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return failed("write", path, EISDIR);
  if (exists && !S_ISREG(info.st_mode)) return absl::InvalidArgumentError(fmt::format("cannot write '{}': it is no regular file", path));
  const std::size_t slash = target.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : target.substr(0, slash + 1);
  std::string temporary = fmt::format("{}.{}.tmp-XXXXXX", directory, target.substr(directory.size()));
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return failed("write", path, errno);
  mode_t mode = info.st_mode & 07777U;
  if (!exists) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    mode = 0666U & ~mask;
  }
  OutputFile file(path, std::move(target), std::move(temporary), descriptor, calls);
  if (::fchmod(descriptor, mode) != 0) return failed("write", path, errno);
  return file;
}

absl::Status OutputFile::writeAll(const std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = calls_->write(descriptor_, data, size);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return failed("write", path_, errno);
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status OutputFile::flush() {
  const absl::Status status = writeAll(buffer_.data(), buffer_.size());
  buffer_.clear();
  return status;
}

absl::Status OutputFile::append(absl::Span<const std::byte> bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (absl::Status status = flush(); !status.ok()) return status;
    if (bytes.size() >= kBufferBytes) return writeAll(bytes.data(), bytes.size());
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::Status OutputFile::finish() {
  if (absl::Status status = flush(); !status.ok()) return status;
  const int descriptor = std::exchange(descriptor_, -1);
  if (calls_->close(descriptor) != 0) return failed("write", path_, errno);
  return absl::OkStatus();
}

absl::Status OutputFile::publish() {
  if (calls_->rename(temporary_.c_str(), target_.c_str()) != 0) return failed("write", path_, errno);
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace precast::support
