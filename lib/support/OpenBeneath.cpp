// Linux resolves the name and checks it in one step, openat2() with RESOLVE_BENEATH. That refuses every absolute link,
// and the links of package caches may point to a second directory, so what it refuses is opened as usual and its
// place asked of the system afterwards, by its descriptor. Where there is no /proc, the path's own resolution is
// compared with the open file.
#include "support/OpenBeneath.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#define PRECAST_HAS_OPENAT2 1
#endif
#endif

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "fmt/format.h"

namespace precast::support {

namespace {

constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

std::string realPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  return resolved == nullptr ? std::string() : std::string(resolved.get());
}

// -1 where the name leaves the directory, or where the system cannot tell.
int openResolvedBeneath([[maybe_unused]] const std::string& directory, [[maybe_unused]] const std::string& name) {
#if defined(PRECAST_HAS_OPENAT2)
  const int at = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (at < 0) return -1;
  open_how how;
  std::memset(&how, 0, sizeof how);
  how.flags = static_cast<std::uint64_t>(kFlags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long file = ::syscall(SYS_openat2, at, name.c_str(), &how, sizeof how);
  ::close(at);
  return static_cast<int>(file);
#else
  return -1;
#endif
}

// Where an open file lies; "" if that cannot be told.
std::string placeOf(int file, const std::string& path) {
  const std::string link = fmt::format("/proc/self/fd/{}", file);
  char text[PATH_MAX];
  const ssize_t length = ::readlink(link.c_str(), text, sizeof text);
  if (length > 0 && static_cast<std::size_t>(length) < sizeof text && text[0] == '/')
    return {text, static_cast<std::size_t>(length)};
  const std::string real = realPath(path);
  struct stat opened {};
  struct stat named {};
  const bool same = ::fstat(file, &opened) == 0 && ::lstat(real.c_str(), &named) == 0 &&
                    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  return same ? real : std::string();
}

bool isBelow(const std::string& place, const std::string& directory) {
  const std::string home = realPath(directory);
  if (home.empty() || place.empty()) return false;
  if (home == "/") return true;
  return place.size() > home.size() && place.compare(0, home.size(), home) == 0 && place[home.size()] == '/';
}

}  // namespace

absl::StatusOr<std::shared_ptr<const MappedFile>> openBeneath(const std::string& directory, const std::string& name,
                                                              const std::vector<std::string>& others) {
  const std::string path = fmt::format("{}/{}", directory, name);
  const int beneath = openResolvedBeneath(directory, name);
  if (beneath >= 0) return MappedFile::ofDescriptor(beneath, path);
  const int file = ::open(path.c_str(), kFlags);
  if (file < 0) return MappedFile::open(path);  // for its error
  const std::string place = placeOf(file, path);
  bool allowed = isBelow(place, directory);
  for (const std::string& other : others) allowed = allowed || isBelow(place, other);
  if (allowed) return MappedFile::ofDescriptor(file, path);
  ::close(file);
  return absl::PermissionDeniedError(fmt::format("'{}' is a link to '{}', out of its directory", path, place));
}

std::string realDirectoryOf(const std::string& path) {
  const std::string real = realPath(path);
  const std::size_t slash = real.rfind('/');
  return slash == std::string::npos ? std::string() : slash == 0 ? "/" : real.substr(0, slash);
}

}  // namespace precast::support
