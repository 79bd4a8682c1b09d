#include "support/File.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
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

// strerror_r comes in two kinds: POSIX fills the buffer, GNU may return a string of its own instead.
[[maybe_unused]] const char* wordsOf(int /*result*/, const char* buffer) { return buffer; }
[[maybe_unused]] const char* wordsOf(const char* result, const char* /*buffer*/) { return result; }

absl::Status failed(const char* what, const std::string& path, int error) {
  char buffer[128] = "";
  const char* words = wordsOf(::strerror_r(error, buffer, sizeof buffer), buffer);
  return absl::Status(codeOf(error), fmt::format("cannot {} '{}': {}", what, path, words));
}

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

// "" or everything up to the last slash.
std::string directoryOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

std::string resolveLink(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  if (real != nullptr) return real.get();
  // A link to a file that does not exist yet.
  char text[4096];
  const ssize_t length = ::readlink(path.c_str(), text, sizeof text);
  if (length <= 0 || static_cast<std::size_t>(length) == sizeof text) return path;
  std::string target(text, static_cast<std::size_t>(length));
  return target[0] == '/' ? target : directoryOf(path) + target;
}

// Six characters that two writers hardly share; O_EXCL decides if they do.
std::string suffix(unsigned attempt) {
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  auto bits = static_cast<std::uint64_t>(ticks) ^ (static_cast<std::uint64_t>(::getpid()) << 40) ^ attempt;
  bits *= 0x9E3779B97F4A7C15U;
  std::string text;
  for (int i = 0; i < 6; ++i, bits <<= 5) text.push_back("abcdefghijklmnopqrstuvwxyz234567"[bits >> 59]);
  return text;
}

absl::Status checkRegular(int file, const std::string& path, struct stat& info) {
  if (::fstat(file, &info) != 0) return failed("read", path, errno);
  if (S_ISDIR(info.st_mode)) return failed("read", path, EISDIR);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(fmt::format("cannot read '{}': it is no regular file", path));
  }
  return absl::OkStatus();
}

// O_NONBLOCK: opening a FIFO must not wait for its writer.
int openToRead(const std::string& path) { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }

}  // namespace

bool MappedFile::Identity::operator==(const Identity& other) const {
  return device == other.device && inode == other.inode && seconds == other.seconds && nanoseconds == other.nanoseconds;
}

MappedFile::Identity MappedFile::identityOf(const struct stat& info) {
  return {info.st_dev, info.st_ino, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const int descriptor = openToRead(path);
  if (descriptor < 0) return failed("read", path, errno);
  return ofDescriptor(descriptor, path);
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::ofDescriptor(int descriptor, const std::string& path) {
  const Descriptor file{descriptor};
  struct stat info {};
  if (absl::Status status = checkRegular(file.value, path, info); !status.ok()) return status;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = nullptr;
  if (size > 0) {
    data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
    if (data == MAP_FAILED) return failed("map", path, errno);
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(data, size, identityOf(info)));
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::withTail(const std::string& path,
                                                                       absl::Span<const std::byte> tail) const {
  const Descriptor file{openToRead(path)};
  if (file.value < 0) return failed("read", path, errno);
  struct stat info {};
  if (absl::Status status = checkRegular(file.value, path, info); !status.ok()) return status;
  if (!(identityOf(info) == identity_) || static_cast<std::size_t>(info.st_size) != size_) {
    return absl::UnavailableError(fmt::format("'{}' changed while it was read", path));
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = (size_ + page - 1) / page * page;
  // One mapping for both, so that they stand side by side; then the file over its beginning.
  void* data = ::mmap(nullptr, begin + tail.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return failed("map", path, errno);
  const std::shared_ptr<const MappedFile> mapped(new MappedFile(data, begin + tail.size(), identity_));
  if (size_ > 0 && ::mmap(data, size_, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.value, 0) == MAP_FAILED)
    return failed("map", path, errno);
  if (!tail.empty()) std::memcpy(static_cast<std::byte*>(data) + begin, tail.data(), tail.size());
  return mapped;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

const FileCalls& FileCalls::system() {
  static constexpr FileCalls calls = {&::write, &::fsync, &::close, &::rename};
  return calls;
}

OutputFile::OutputFile(std::string path, std::string target, std::string temporary, int descriptor,
                       const FileCalls& calls)
    : path_(std::move(path)), target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor),
      calls_(&calls) {
  buffer_.reserve(kBufferBytes);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)), target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, std::string())), descriptor_(std::exchange(other.descriptor_, -1)),
      calls_(other.calls_), buffer_(std::move(other.buffer_)), size_(other.size_), status_(std::move(other.status_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) calls_->close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

absl::StatusOr<OutputFile> OutputFile::create(const std::string& path, const FileCalls& calls) {
  std::string target = resolveLink(path);
  struct stat info {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return failed("write", path, EISDIR);
  if (exists && !S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(fmt::format("cannot write '{}': it is no regular file", path));
  }
  const std::string directory = directoryOf(target);
  if (directory.size() == target.size()) {
    return absl::InvalidArgumentError(fmt::format("cannot write '{}': it names no file", path));
  }
  // The kernel applies the umask; asking for it would change it for a moment, in all threads.
  const mode_t mode = exists ? info.st_mode & 0777U : 0666U;
  constexpr std::size_t kLongestPrefix = 200;  // of the name, so that a long name does not become too long
  const std::string prefix = fmt::format("{}.{}.tmp-", directory, target.substr(directory.size(), kLongestPrefix));
  std::string temporary;
  int descriptor = -1;
  for (unsigned attempt = 0; descriptor < 0; ++attempt) {
    temporary = prefix + suffix(attempt);
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0 && errno != EINTR && (errno != EEXIST || attempt == 100)) return failed("write", path, errno);
  }
  OutputFile file(path, std::move(target), std::move(temporary), descriptor, calls);
  if (exists && ::fchmod(descriptor, mode) != 0) return failed("write", path, errno);
  return file;
}

absl::Status OutputFile::fail(int error) { return status_ = failed("write", path_, error); }

absl::Status OutputFile::writeAll(const std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = calls_->write(descriptor_, data, size);
    if (written == 0) return fail(EIO);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return fail(errno);
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
  if (!status_.ok()) return status_;
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (absl::Status status = flush(); !status.ok()) return status;
    if (bytes.size() >= kBufferBytes) return writeAll(bytes.data(), bytes.size());
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::Status OutputFile::finish(bool durable) {
  if (!status_.ok()) return status_;
  if (absl::Status status = flush(); !status.ok()) return status;
  // An fsync that failed must not be tried again: the system may have dropped the pages.
  if (durable && calls_->sync(descriptor_) != 0) return fail(errno);
  const int descriptor = std::exchange(descriptor_, -1);
  // After EINTR the descriptor is closed all the same (Linux), and another thread may already own its number.
  if (calls_->close(descriptor) != 0 && errno != EINTR) return fail(errno);
  return absl::OkStatus();
}

absl::Status OutputFile::publish() {
  if (!status_.ok()) return status_;
  if (descriptor_ >= 0) return absl::FailedPreconditionError(fmt::format("'{}' is not finished", path_));
  if (calls_->rename(temporary_.c_str(), target_.c_str()) != 0) return fail(errno);
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace precast::support
