// Opening and writing against the real file system, and writing with system calls that fail one after the other.
#include "support/File.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "Command.h"
#include "Descriptors.h"

namespace precast::support {
namespace {

namespace fs = std::filesystem;

struct Scratch : test::ScratchFolder {
  std::string path(std::string_view name) const { return file(std::string(name)); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(ScratchFolder::path()))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
};

using test::openDescriptors;

absl::Span<const std::byte> bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

bool mentions(const absl::Status& status, std::string_view text) {
  return std::string(status.message()).find(text) != std::string::npos;
}

absl::Status write(const std::string& path, std::string_view text, const FileCalls& calls = FileCalls::system(),
                   bool durable = false) {
  absl::StatusOr<OutputFile> file = OutputFile::create(path, calls);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->append(bytes(text)); !status.ok()) return status;
  if (absl::Status status = file->finish(durable); !status.ok()) return status;
  return file->publish();
}

/// System calls of which the one numbered `failing` (from 1) fails with `error`. Calls have no context, hence the
/// statics.
struct Fault {
  static int failing;
  static int error;
  static int done;
  static std::size_t most;  // bytes that one write accepts
  static bool strikes() {
    if (++done != failing) return false;
    errno = error;
    return true;
  }
  static ssize_t write(int descriptor, const void* data, std::size_t size) {
    return strikes() ? -1 : ::write(descriptor, data, std::min(size, most));
  }
  static int sync(int descriptor) { return strikes() ? -1 : ::fsync(descriptor); }
  static int close(int descriptor) {
    const int result = ::close(descriptor);  // also a close that fails frees the descriptor
    return strikes() ? -1 : result;
  }
  static int rename(const char* from, const char* to) { return strikes() ? -1 : ::rename(from, to); }
  static ssize_t writeAt(int descriptor, const void* data, std::size_t size, off_t offset) {
    return strikes() ? -1 : ::pwrite(descriptor, data, std::min(size, most), offset);
  }
  static int link(const char* from, const char* to) { return strikes() ? -1 : ::link(from, to); }
  static int resize(int descriptor, off_t size) { return strikes() ? -1 : ::ftruncate(descriptor, size); }
  static FileCalls calls(int failing, int error, std::size_t most = ~std::size_t{0}) {
    Fault::failing = failing;
    Fault::error = error;
    Fault::most = most;
    done = 0;
    return {&write, &sync, &close, &rename, &writeAt, &resize, &link};
  }
};
int Fault::failing = 0;
int Fault::error = 0;
int Fault::done = 0;
std::size_t Fault::most = 0;

TEST_CASE("what is no regular file is refused at once, with the path in the message", "[file]") {
  Scratch scratch;
  const std::string fifo = scratch.path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  fs::create_directory(scratch.path("folder"));
  const int before = openDescriptors();
  for (const std::string& path : {fifo, scratch.path("folder"), std::string("/dev/null"), std::string("/dev/zero")}) {
    CAPTURE(path);
    absl::Status status = MappedFile::open(path).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(mentions(status, "'" + path + "'"));
    CHECK(OutputFile::create(path).status().code() == absl::StatusCode::kInvalidArgument);
  }
  CHECK(openDescriptors() == before);
  CHECK(scratch.names() == std::vector<std::string>{"fifo", "folder"});
}

TEST_CASE("a missing file and a parent that is a file are not found", "[file]") {
  Scratch scratch;
  test::writeBytes(scratch.path("file"), "x");
  absl::Status missing = MappedFile::open(scratch.path("nothing")).status();
  CHECK(missing.code() == absl::StatusCode::kNotFound);
  CHECK(std::string(missing.message()) == "cannot read '" + scratch.path("nothing") + "': No such file or directory");
  CHECK(MappedFile::open(scratch.path("file/below")).status().code() == absl::StatusCode::kNotFound);
  CHECK(write(scratch.path("file/below"), "y").code() == absl::StatusCode::kNotFound);
  CHECK(write(scratch.path("none/below"), "y").code() == absl::StatusCode::kNotFound);
  CHECK(write(scratch.path("none/"), "y").code() == absl::StatusCode::kInvalidArgument);
  CHECK(write("", "y").code() == absl::StatusCode::kInvalidArgument);
  CHECK(scratch.names() == std::vector<std::string>{"file"});
}

TEST_CASE("without permission nothing is read or written", "[file]") {
  Scratch scratch;
  test::writeBytes(scratch.path("open"), "x");
  test::writeBytes(scratch.path("secret"), "x");
  fs::create_directory(scratch.path("folder"));
  fs::permissions(scratch.path("."), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(scratch.path("open"), fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(scratch.path("secret"), fs::perms::none);
  fs::permissions(scratch.path("folder"),
                  fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  const auto exitCode = [](const absl::Status& status) { return static_cast<int>(status.code()); };
  const auto reading = [&](const char* name) {
    return test::inChildWithoutRights([&] { return exitCode(MappedFile::open(scratch.path(name)).status()); });
  };
  CHECK(reading("open") == static_cast<int>(absl::StatusCode::kOk));
  CHECK(reading("secret") == static_cast<int>(absl::StatusCode::kPermissionDenied));
  CHECK(test::inChildWithoutRights([&] { return exitCode(write(scratch.path("folder/new"), "y")); }) ==
        static_cast<int>(absl::StatusCode::kPermissionDenied));
  fs::permissions(scratch.path("folder"), fs::perms::owner_all);
  CHECK(fs::is_empty(scratch.path("folder")));
}

TEST_CASE("a file appears when it is published, not before, and whole", "[file]") {
  Scratch scratch;
  const std::string path = scratch.path("model.onnx");
  test::writeBytes(path, "old");
  absl::StatusOr<OutputFile> file = OutputFile::create(path);
  REQUIRE(file.ok());
  const std::string large(3 << 20, 'x');  // beyond the buffer
  std::string expected;
  for (std::string_view piece :
       {std::string_view("begin "), std::string_view(large), std::string_view(), std::string_view(" end")}) {
    REQUIRE(file->append(bytes(piece)).ok());
    expected += piece;
  }
  CHECK(file->size() == expected.size());
  CHECK(file->publish().code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE(file->finish(true).ok());
  CHECK(test::readBytes(path) == "old");
  REQUIRE(file->publish().ok());
  CHECK(test::readBytes(path) == expected);
  CHECK(scratch.names() == std::vector<std::string>{"model.onnx"});
}

TEST_CASE("a file that is given up leaves nothing", "[file]") {
  Scratch scratch;
  test::writeBytes(scratch.path("m"), "old");
  const int before = openDescriptors();
  {
    absl::StatusOr<OutputFile> file = OutputFile::create(scratch.path("m"));
    REQUIRE(file.ok());
    REQUIRE(file->append(bytes("new")).ok());
    std::vector<std::string> names = scratch.names();
    REQUIRE(names.size() == 2);
    CHECK(names[0].substr(0, 7) == ".m.tmp-");
    OutputFile moved = std::move(*file);
    REQUIRE(moved.finish().ok());
  }
  CHECK(test::readBytes(scratch.path("m")) == "old");
  CHECK(scratch.names() == std::vector<std::string>{"m"});
  CHECK(openDescriptors() == before);
}

TEST_CASE("whichever system call fails, the old file stays and nothing is left behind", "[file]") {
  struct Row {
    int error;
    absl::StatusCode code;
  };
  const Row rows[] = {{ENOSPC, absl::StatusCode::kResourceExhausted}, {EDQUOT, absl::StatusCode::kResourceExhausted},
                      {EFBIG, absl::StatusCode::kResourceExhausted},  {EACCES, absl::StatusCode::kPermissionDenied},
                      {EROFS, absl::StatusCode::kPermissionDenied},   {EIO, absl::StatusCode::kDataLoss}};
  Scratch scratch;
  const std::string path = scratch.path("m");
  const std::string text = std::string(2'500'000, 'a') + "z";
  const int before = openDescriptors();
  for (const Row& row : rows) {
    test::writeBytes(path, "old");
    int failures = 0;
    for (int n = 1;; ++n) {
      CAPTURE(row.error, n);
      absl::Status status = write(path, text, Fault::calls(n, row.error, 900'000), true);
      REQUIRE(scratch.names() == std::vector<std::string>{"m"});
      REQUIRE(openDescriptors() == before);
      if (status.ok()) break;
      ++failures;
      REQUIRE(status.code() == row.code);
      REQUIRE(std::string(status.message()) == "cannot write '" + path + "': " + std::strerror(row.error));
      // What fails last is the fsync of the directory: the whole file is there, but a crash may still undo it.
      REQUIRE(test::readBytes(path) == (failures < 7 ? "old" : text));
    }
    CHECK(failures == 7);  // three writes, fsync, close, rename, fsync of the directory
    CHECK(test::readBytes(path) == text);
  }
}

TEST_CASE("writes that are short or interrupted go on where they stopped", "[file]") {
  Scratch scratch;
  const std::string path = scratch.path("m");
  for (int error : {EINTR, EAGAIN}) {
    for (int n = 1; n <= 7; ++n) {  // "written" one byte at a time
      REQUIRE(write(path, "written", Fault::calls(n, error, 1)).ok());
      REQUIRE(test::readBytes(path) == "written");
      fs::remove(path);
    }
  }
  REQUIRE(write(path, "", Fault::calls(1, EINTR)).ok());  // the first call is close: it has happened all the same
  FileCalls stuck = Fault::calls(0, 0, 0);
  CHECK(write(path, "x", stuck).code() == absl::StatusCode::kDataLoss);  // a write of no bytes must not loop for ever
}

TEST_CASE("after a failed write the file cannot be published", "[file]") {
  Scratch scratch;
  const FileCalls calls = Fault::calls(1, ENOSPC);
  absl::StatusOr<OutputFile> file = OutputFile::create(scratch.path("m"), calls);
  REQUIRE(file.ok());
  const std::string large(2 << 20, 'x');
  CHECK_FALSE(file->append(bytes(large)).ok());
  CHECK(file->append(bytes("more")).code() == absl::StatusCode::kResourceExhausted);
  CHECK(file->finish().code() == absl::StatusCode::kResourceExhausted);
  CHECK(file->publish().code() == absl::StatusCode::kResourceExhausted);
  CHECK_FALSE(fs::exists(scratch.path("m")));
}

TEST_CASE("a limit on the file size is an error, not a truncated file", "[file]") {
  Scratch scratch;
  test::writeBytes(scratch.path("m"), "old");
  struct rlimit saved {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &saved) == 0);
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);  // else the signal would end the process
  struct rlimit small = saved;
  small.rlim_cur = 100'000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  absl::Status status = write(scratch.path("m"), std::string(200'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &saved);
  std::signal(SIGXFSZ, handler);
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(test::readBytes(scratch.path("m")) == "old");
  CHECK(scratch.names() == std::vector<std::string>{"m"});
}

TEST_CASE("a new file has the mode of the umask, a replaced one keeps its own", "[file]") {
  Scratch scratch;
  const mode_t mask = ::umask(027);
  REQUIRE(write(scratch.path("new"), "x").ok());
  test::writeBytes(scratch.path("old"), "x");
  REQUIRE(::chmod(scratch.path("old").c_str(), 0606) == 0);
  REQUIRE(write(scratch.path("old"), "y").ok());
  ::umask(mask);
  struct stat info {};
  REQUIRE(::stat(scratch.path("new").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0640);
  REQUIRE(::stat(scratch.path("old").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0606);
  CHECK(test::readBytes(scratch.path("old")) == "y");
}

TEST_CASE("writing to a link replaces what it points to and keeps the link", "[file]") {
  Scratch scratch;
  fs::create_directory(scratch.path("store"));
  test::writeBytes(scratch.path("store/blob"), "old");
  fs::create_symlink("store/blob", scratch.path("link"));
  fs::create_symlink("store/later", scratch.path("dangling"));
  REQUIRE(write(scratch.path("link"), "new").ok());
  REQUIRE(write(scratch.path("dangling"), "made").ok());
  CHECK(fs::is_symlink(scratch.path("link")));
  CHECK(fs::is_symlink(scratch.path("dangling")));
  CHECK(test::readBytes(scratch.path("store/blob")) == "new");
  CHECK(test::readBytes(scratch.path("store/later")) == "made");
  CHECK(scratch.names() == std::vector<std::string>{"dangling", "link", "store"});
  fs::create_symlink("loop", scratch.path("loop"));
  CHECK_FALSE(MappedFile::open(scratch.path("loop")).ok());
}

TEST_CASE("replacing a file that is mapped leaves the mapping as it was", "[file]") {
  Scratch scratch;
  test::writeBytes(scratch.path("m"), "old bytes");
  auto file = MappedFile::open(scratch.path("m"));
  REQUIRE(file.ok());
  REQUIRE(write(scratch.path("m"), "n").ok());
  CHECK(std::memcmp((*file)->bytes().data(), "old bytes", 9) == 0);
}

TEST_CASE("of two writers of one file the later one wins, whole", "[file]") {
  Scratch scratch;
  const std::string path = scratch.path("m");
  absl::StatusOr<OutputFile> first = OutputFile::create(path);
  absl::StatusOr<OutputFile> second = OutputFile::create(path);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  REQUIRE(first->append(bytes("the first")).ok());
  REQUIRE(second->append(bytes("second")).ok());
  REQUIRE(second->finish().ok());
  REQUIRE(second->publish().ok());
  REQUIRE(first->finish().ok());
  REQUIRE(first->publish().ok());
  CHECK(test::readBytes(path) == "the first");
  CHECK(scratch.names() == std::vector<std::string>{"m"});
}

TEST_CASE("a name as long as the system allows can be written", "[file]") {
  Scratch scratch;
  const std::string name(255, 'n');
  REQUIRE(write(scratch.path(name), "x").ok());
  CHECK(test::readBytes(scratch.path(name)) == "x");
  CHECK(write(scratch.path(name + "n"), "x").code() == absl::StatusCode::kInvalidArgument);
  CHECK(scratch.names() == std::vector<std::string>{name});
}

}  // namespace
}  // namespace precast::support
