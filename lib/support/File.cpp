#include "support/File.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

#include "fmt/format.h"
#include "support/SystemError.h"

namespace precast::support {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
// Files below this size are not worth a descriptor: a model may have thousands of them.
constexpr std::size_t kMinReadBytes = std::size_t{1} << 20;
// Below this, looking at released pages again costs more than their memory is worth.
constexpr std::size_t kMinReleaseBytes = std::size_t{16} << 20;
// A process may often have no more than 1024 descriptors, and most of them belong to the host.
constexpr int kMaxDescriptor = 256;

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
  Descriptor file{descriptor};
  struct stat info {};
  if (absl::Status status = checkRegular(file.value, path, info); !status.ok()) return status;
  const std::shared_ptr<MappedFile> mapped(new MappedFile(path, info));
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > 0) {
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
    if (data == MAP_FAILED) return failed("map", path, errno);
    mapped->data_ = data;
  }
  mapped->size_ = size;
  mapped->keep(file.value, info);
  return mapped;
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::withTail(const std::string& path,
                                                                       absl::Span<const std::byte> tail) const {
  Descriptor file{openToRead(path)};
  if (file.value < 0) return failed("read", path, errno);
  struct stat info {};
  if (absl::Status status = checkRegular(file.value, path, info); !status.ok()) return status;
  if (!(identityOf(info) == identity_) || static_cast<std::size_t>(info.st_size) != fileSize_) {
    return absl::UnavailableError(fmt::format("'{}' changed while it was read", path));
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = (fileSize_ + page - 1) / page * page;
  const std::shared_ptr<MappedFile> mapped(new MappedFile(path, info));
  // One mapping for both, so that they stand side by side; then the file over its beginning.
  void* data = ::mmap(nullptr, begin + tail.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return failed("map", path, errno);
  mapped->data_ = data;
  mapped->size_ = begin + tail.size();
  if (fileSize_ > 0 && ::mmap(data, fileSize_, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.value, 0) == MAP_FAILED)
    return failed("map", path, errno);
  if (!tail.empty()) std::memcpy(static_cast<std::byte*>(data) + begin, tail.data(), tail.size());
  mapped->keep(file.value, info);
  return mapped;
}

// Takes the descriptor of a file that is worth one.
void MappedFile::keep(int& descriptor, const struct stat& info) {
  fileSize_ = static_cast<std::size_t>(info.st_size);
  isSparse_ = info.st_blocks * 512 < info.st_size;  // 512: POSIX leaves the unit open, Linux does not
  if (fileSize_ >= kMinReadBytes && descriptor <= kMaxDescriptor) descriptor_ = std::exchange(descriptor, -1);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::Status MappedFile::read(std::uint64_t offset, absl::Span<std::byte> out) const {
  if (offset + out.size() > fileSize_) {
    const auto inFile = static_cast<std::size_t>(fileSize_ - std::min<std::uint64_t>(offset, fileSize_));
    std::copy_n(bytes().data() + offset + inFile, out.size() - inFile, out.data() + inFile);
    out = out.first(inFile);
    if (out.empty()) return absl::OkStatus();
  }
  if (descriptor_ < 0) {
    std::copy_n(bytes().data() + offset, out.size(), out.data());
    release(offset, out.size());
    return absl::OkStatus();
  }
  if (isSparse_ && isHole(offset, out.size())) {
    std::fill(out.begin(), out.end(), std::byte{0});
    return absl::OkStatus();
  }
  while (!out.empty()) {
    const ssize_t count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count == 0) return absl::DataLossError(fmt::format("'{}' was shortened while it was read", path_));
    if (count < 0) {
      if (errno == EINTR) continue;
      return failed("read", path_, errno);
    }
    offset += static_cast<std::uint64_t>(count);
    out.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

// Reading a hole would fill the system's cache with zeros.
bool MappedFile::isHole(std::uint64_t offset, std::size_t size) const {
#ifdef SEEK_DATA
  const off_t data = ::lseek(descriptor_, static_cast<off_t>(offset), SEEK_DATA);
  if (data >= 0) return static_cast<std::uint64_t>(data) >= offset + size;
  struct stat info {};
  // No data up to the end of the file, wherever that is now.
  return errno == ENXIO && ::fstat(descriptor_, &info) == 0 &&
         static_cast<std::uint64_t>(info.st_size) >= offset + size;
#else
  return false;
#endif
}

void MappedFile::release(std::uint64_t offset, std::size_t size) const {
  if (offset >= fileSize_ || fileSize_ < kMinReleaseBytes) return;
  // Beyond the file begins memory of which there is no second copy, on a page of its own.
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, fileSize_ - offset));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t begin = offset / page * page;
  ::madvise(static_cast<std::byte*>(data_) + begin, offset - begin + size, MADV_DONTNEED);
}

const FileCalls& FileCalls::system() {
  static constexpr FileCalls calls = {&::write, &::fsync, &::close, &::rename, &::pwrite, &::ftruncate, &::link};
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
      calls_(other.calls_), buffer_(std::move(other.buffer_)), size_(other.size_), durable_(other.durable_),
      error_(other.error_.load()) {}

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

// Threads may fail at once: the first error stays, and all return that one.
absl::Status OutputFile::fail(int error) {
  int none = 0;
  error_.compare_exchange_strong(none, error);
  return status();
}

absl::Status OutputFile::status() const {
  const int error = error_.load(std::memory_order_relaxed);
  return error == 0 ? absl::OkStatus() : failed("write", path_, error);
}

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
  if (absl::Status status = this->status(); !status.ok()) return status;
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (absl::Status status = flush(); !status.ok()) return status;
    if (bytes.size() >= kBufferBytes) return writeAll(bytes.data(), bytes.size());
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::Status OutputFile::resize(std::uint64_t size) {
  if (absl::Status status = this->status(); !status.ok()) return status;
  while (calls_->resize(descriptor_, static_cast<off_t>(size)) != 0) {
    if (errno != EINTR) return fail(errno);
  }
  size_ = size;
  return absl::OkStatus();
}

absl::Status OutputFile::writeAt(std::uint64_t offset, absl::Span<const std::byte> bytes) {
  if (absl::Status status = this->status(); !status.ok()) return status;
  while (!bytes.empty()) {
    const ssize_t written = calls_->writeAt(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written == 0) return fail(EIO);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return fail(errno);
    }
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::finish(bool durable) {
  if (absl::Status status = this->status(); !status.ok()) return status;
  if (absl::Status status = flush(); !status.ok()) return status;
  durable_ = durable;
  // An fsync that failed must not be tried again: the system may have dropped the pages.
  if (durable && calls_->sync(descriptor_) != 0) return fail(errno);
  const int descriptor = std::exchange(descriptor_, -1);
  // After EINTR the descriptor is closed all the same (Linux), and another thread may already own its number.
  if (calls_->close(descriptor) != 0 && errno != EINTR) return fail(errno);
  return absl::OkStatus();
}

absl::Status OutputFile::publish() {
  if (absl::Status status = this->status(); !status.ok()) return status;
  if (descriptor_ >= 0) return absl::FailedPreconditionError(fmt::format("'{}' is not finished", path_));
  if (calls_->rename(temporary_.c_str(), target_.c_str()) != 0) return fail(errno);
  temporary_.clear();
  return syncName();
}

absl::Status OutputFile::publishNew(const std::string& path) {
  if (absl::Status status = this->status(); !status.ok()) return status;
  if (descriptor_ >= 0) return absl::FailedPreconditionError(fmt::format("'{}' is not finished", path_));
  target_ = path;
  if (calls_->link(temporary_.c_str(), target_.c_str()) == 0) {
    ::unlink(temporary_.c_str());
    temporary_.clear();
    return syncName();
  }
  const int error = errno;
  if (error == EEXIST) return absl::AlreadyExistsError(fmt::format("'{}' has appeared in the meantime", target_));
  if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS) return fail(error);
  // A file system without hard links; somebody who takes the name right now is not seen.
  struct stat info {};
  if (::lstat(target_.c_str(), &info) == 0) {
    return absl::AlreadyExistsError(fmt::format("'{}' has appeared in the meantime", target_));
  }
  return publish();
}

// A name is durable when its directory is.
absl::Status OutputFile::syncName() {
  if (!durable_) return absl::OkStatus();
  std::string directory = directoryOf(target_);
  if (directory.empty()) directory = ".";
  const Descriptor opened{::open(directory.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY)};
  if (opened.value < 0 || calls_->sync(opened.value) != 0) return fail(errno);
  return absl::OkStatus();
}

}  // namespace precast::support
