// Files in and out. Reading maps, and what is only passed over once is read past the mapping, so that it never counts
// as memory of this process. Writing is all or nothing: a temporary file beside the target, renamed over it at the end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

struct stat;

namespace precast::support {

/// A regular file, mapped read-only. Immutable and thread-safe, as long as nobody shortens the file.
class MappedFile {
 public:
  /// Never waits, whatever `path` is. kNotFound, kPermissionDenied, kInvalidArgument (no regular file); the message
  /// names the path and the system's words.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> open(const std::string& path);
  /// The regular file that is open as `descriptor`, which this closes; `path` is for messages. Errors as open().
  static absl::StatusOr<std::shared_ptr<const MappedFile>> ofDescriptor(int descriptor, const std::string& path);
  /// A second mapping of the same file, which is at `path`, with a copy of `tail` behind the file's bytes (which are
  /// followed by zeros up to the next page). kUnavailable if `path` is not that file any more.
  absl::StatusOr<std::shared_ptr<const MappedFile>> withTail(const std::string& path,
                                                             absl::Span<const std::byte> tail) const;
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  absl::Span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  /// As it was opened.
  const std::string& path() const { return path_; }

  /// Copies the bytes from `offset` on to `out` without touching the mapping of the file. kDataLoss if the file has
  /// been shortened in the meantime (to touch the mapping would end the process), else as the system says.
  absl::Status read(std::uint64_t offset, absl::Span<std::byte> out) const;
  /// Gives the mapped pages of a part of a large file back to the system, but for a tail; whoever looks at them again
  /// finds the same bytes.
  void release(std::uint64_t offset, std::size_t size) const;

 private:
  /// What tells two files, and two versions of one, apart.
  struct Identity {
    std::uint64_t device;
    std::uint64_t inode;
    std::int64_t seconds;
    std::int64_t nanoseconds;
    bool operator==(const Identity& other) const;
  };
  static Identity identityOf(const struct stat& info);
  MappedFile(std::string path, const struct stat& info) : path_(std::move(path)), identity_(identityOf(info)) {}
  void keep(int& descriptor, const struct stat& info);
  bool isHole(std::uint64_t offset, std::size_t size) const;

  std::string path_;
  Identity identity_;
  int descriptor_ = -1;    // none for small files: what they hold may as well stay mapped
  bool isSparse_ = false;  // fewer blocks than bytes
  void* data_ = nullptr;
  std::size_t size_ = 0;      // of the mapping
  std::size_t fileSize_ = 0;  // what lies behind is a tail, and is nowhere but in memory
};

/// The system calls that writing makes; a test passes its own to make the n-th fail.
struct FileCalls {
  ssize_t (*write)(int, const void*, std::size_t);
  int (*sync)(int);
  int (*close)(int);
  int (*rename)(const char*, const char*);
  ssize_t (*writeAt)(int, const void*, std::size_t, off_t);
  int (*resize)(int, off_t);
  int (*link)(const char*, const char*);
  static const FileCalls& system();
};

/// A file that appears whole or not at all. After an error every later call returns that error again, so that a file
/// with a gap is never published. To replace several files, finish() all of them, then publish() them. Not thread-safe,
/// but for writeAt().
class OutputFile {
 public:
  /// Opens a temporary file `.NAME.tmp-XXXXXX` beside `path` (whose final symbolic link is followed once). The target
  /// keeps its mode bits if it exists. kInvalidArgument if `path` is a directory or a device; kNotFound,
  /// kPermissionDenied, kResourceExhausted (no space, no descriptors), kDataLoss (device error) as the system says.
  static absl::StatusOr<OutputFile> create(const std::string& path, const FileCalls& calls = FileCalls::system());
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  /// Removes the temporary file unless publish() succeeded.
  ~OutputFile();

  absl::Status append(absl::Span<const std::byte> bytes);
  /// Instead of append(): the file has `size` bytes, all zero until writeAt() says otherwise.
  absl::Status resize(std::uint64_t size);
  /// Writes within the size. Several threads may write parts that do not overlap, at the same time and in any order.
  absl::Status writeAt(std::uint64_t offset, absl::Span<const std::byte> bytes);
  /// Everything written is in the temporary file, which is closed; if `durable`, the device has it too.
  absl::Status finish(bool durable = false);
  /// Puts the file in the target's place; if it is durable, so is its name. kFailedPrecondition without finish().
  absl::Status publish();
  /// As publish() to another name in the same directory, but kAlreadyExists if that is taken.
  absl::Status publishNew(const std::string& path);
  std::uint64_t size() const { return size_; }
  bool isPublished() const { return temporary_.empty(); }
  /// Where the contents are until publish().
  const std::string& temporaryPath() const { return temporary_; }

 private:
  OutputFile(std::string path, std::string target, std::string temporary, int descriptor, const FileCalls& calls);
  absl::Status flush();
  absl::Status writeAll(const std::byte* data, std::size_t size);
  absl::Status syncName();
  absl::Status status() const;
  absl::Status fail(int error);

  std::string path_;       // as the caller named it, for messages
  std::string target_;     // links resolved
  std::string temporary_;  // "" once published
  int descriptor_;
  const FileCalls* calls_;
  std::vector<std::byte> buffer_;
  std::uint64_t size_ = 0;
  bool durable_ = false;
  std::atomic<int> error_ = 0;  // the first one
};

}  // namespace precast::support
