// Writing a whole model while the system fails: at every call in turn, by a limit, by the death of the process, and by
// a second writer. The files are the old ones or the new ones, and nothing else is left.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "Command.h"
#include "CompiledModel.h"
#include "Descriptors.h"
#include "onnx/ModelWriter.h"
#include "precast/precast.h"

namespace precast {
namespace {

using test::CompiledModel;
using test::contentsOf;
using test::openDescriptors;

/// What happens at the call numbered `at` (from 1). Calls have no context, hence the statics.
struct Fault {
  static int at;
  static int error;  // 0: the process dies
  static int count;
  static int syncs;
  static std::size_t most;  // bytes that one write takes

  static bool strikes() {
    if (++count != at) return false;
    if (error == 0) ::_exit(42);
    errno = error;
    return true;
  }
  static ssize_t write(int file, const void* data, std::size_t size) {
    return strikes() ? -1 : ::write(file, data, std::min(size, most));
  }
  static ssize_t writeAt(int file, const void* data, std::size_t size, off_t offset) {
    return strikes() ? -1 : ::pwrite(file, data, std::min(size, most), offset);
  }
  static int sync(int) {
    ++syncs;
    return strikes() ? -1 : 0;
  }
  static int close(int file) {
    const int result = ::close(file);
    return strikes() ? -1 : result;
  }
  static int rename(const char* from, const char* to) { return strikes() ? -1 : ::rename(from, to); }
  static int link(const char* from, const char* to) { return strikes() ? -1 : ::link(from, to); }
  static int resize(int file, off_t size) { return strikes() ? -1 : ::ftruncate(file, size); }

  static const support::FileCalls& calls(int at, int error, std::size_t most = ~std::size_t{0}) {
    static constexpr support::FileCalls calls = {&write, &sync, &close, &rename, &writeAt, &resize, &link};
    Fault::at = at;
    Fault::error = error;
    Fault::most = most;
    count = 0;
    syncs = 0;
    return calls;
  }
};
int Fault::at = 0;
int Fault::error = 0;
int Fault::count = 0;
int Fault::syncs = 0;
std::size_t Fault::most = 0;

onnx::WriteOptions oneThread(bool durable) {
  onnx::WriteOptions options;
  options.threads = 1;  // so that the n-th call is the same in every run
  options.durable = durable;
  return options;
}

absl::Status write(const CompiledModel& compiled, const support::FileCalls& calls, bool durable = true) {
  return onnx::writeFileWith(calls, compiled.result(), *compiled.model().source, compiled.path("out.onnx"),
                             oneThread(durable))
      .status();
}

TEST_CASE("whichever call fails, the old model stays and nothing new is left") {
  for (bool external : {false, true}) {
    for (int error : {ENOSPC, EIO, EDQUOT}) {
      const CompiledModel compiled(external);
      test::writeBytes(compiled.path("out.onnx"), "old");
      const std::vector<std::string> before = compiled.names();
      const int descriptors = openDescriptors();
      int failures = 0;
      for (int n = 1;; ++n) {
        CAPTURE(external, error, n);
        const absl::Status status = write(compiled, Fault::calls(n, error));
        REQUIRE(openDescriptors() == descriptors);
        if (status.ok()) break;
        ++failures;
        REQUIRE(status.code() == (error == EIO ? absl::StatusCode::kDataLoss : absl::StatusCode::kResourceExhausted));
        if (n == Fault::count && contentsOf(compiled.path("in.onnx")).size() > 0 &&
            test::readBytes(compiled.path("out.onnx")) != "old") {
          // The last call of all, fsync of the directory: the model is there, whole, but a crash may yet undo it.
          REQUIRE_FALSE(contentsOf(compiled.path("out.onnx")).empty());
          continue;
        }
        REQUIRE(test::readBytes(compiled.path("out.onnx")) == "old");
        REQUIRE(compiled.names() == before);
      }
      CHECK(failures > (external ? 15 : 10));
      CHECK_FALSE(contentsOf(compiled.path("out.onnx")).empty());
    }
  }
}

TEST_CASE("writes that are short or interrupted end with the same bytes") {
  for (bool external : {false, true}) {
    const CompiledModel compiled(external);
    REQUIRE(write(compiled, Fault::calls(0, 0), false).ok());
    const std::string expected = test::readBytes(compiled.path("out.onnx"));
    for (int n = 1; n <= 4; ++n) {
      for (int error : {EINTR, EAGAIN}) {
        if (n == 1 && error == EAGAIN) continue;  // the first call is ftruncate, which knows no EAGAIN
        CAPTURE(external, n, error);
        REQUIRE(write(compiled, Fault::calls(n, error, 10'007), false).ok());
        REQUIRE(test::readBytes(compiled.path("out.onnx")) == expected);
      }
    }
  }
}

TEST_CASE("nothing is synced unless that is asked for, and then every file and its directory are") {
  for (bool external : {false, true}) {
    const CompiledModel compiled(external);
    REQUIRE(write(compiled, Fault::calls(0, 0), false).ok());
    CHECK(Fault::syncs == 0);
    REQUIRE(std::remove(compiled.path("out.onnx").c_str()) == 0);
    if (external) REQUIRE(std::remove(compiled.path("out.onnx.data").c_str()) == 0);
    REQUIRE(write(compiled, Fault::calls(0, 0), true).ok());
    CHECK(Fault::syncs == (external ? 4 : 2));
  }
}

TEST_CASE("a process that dies at any call leaves the old model or the new one, each with its data") {
  for (bool external : {false, true}) {
    const CompiledModel compiled(external);
    REQUIRE(write(compiled, Fault::calls(0, 0)).ok());
    const std::string fresh = contentsOf(compiled.path("out.onnx"));
    // The old model has its data in "out.onnx.data", and the new one must not take that name.
    const std::string old = test::readBytes(compiled.path("in.onnx"));
    const auto reset = [&] {
      for (const std::string& name : compiled.names())
        if (name.substr(0, 2) != "in") std::remove(compiled.path(name).c_str());
      std::string data;
      test::writeBytes(compiled.path("out.onnx"), external ? test::weightedModel("out.onnx.data", &data) : old);
      if (external) test::writeBytes(compiled.path("out.onnx.data"), data);
    };
    reset();
    const std::string stale = contentsOf(compiled.path("out.onnx"));
    REQUIRE(stale != fresh);
    bool done = false;
    for (int n = 1; !done; ++n) {
      CAPTURE(external, n);
      reset();
      const int status = test::inChild([&] { return write(compiled, Fault::calls(n, 0)).ok() ? 0 : 1; });
      REQUIRE((status == 42 || status == 0));
      done = status == 0;
      const std::string contents = contentsOf(compiled.path("out.onnx"));
      REQUIRE((contents == fresh || (contents == stale && !done)));
      int temporary = 0;
      for (const std::string& name : compiled.names()) temporary += name[0] == '.';
      REQUIRE(temporary <= (done ? 0 : external ? 2 : 1));
    }
  }
}

TEST_CASE("a limit on the size of files is an error of writing, not a signal's") {
  const CompiledModel compiled(false);
  const int status = test::inChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {1 << 16, 1 << 16};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    return write(compiled, support::FileCalls::system()).code() == absl::StatusCode::kResourceExhausted ? 0 : 1;
  });
  CHECK(status == 0);
  CHECK(compiled.names() == std::vector<std::string>{"in.onnx"});
}

TEST_CASE("of two processes that write one model at a time, one wins whole") {
  for (bool external : {false, true}) {
    CAPTURE(external);
    const CompiledModel compiled(external);
    CompileOptions keep;
    keep.policy.mode = PrecisionMode::forceFp32;
    const auto kept = compile(compiled.model().graph, keep);
    REQUIRE(kept.ok());
    const auto& source = *compiled.model().source;
    REQUIRE(onnx::writeFile(compiled.result(), source, compiled.path("half")).ok());
    REQUIRE(onnx::writeFile(*kept, source, compiled.path("float")).ok());
    const std::string halfContents = contentsOf(compiled.path("half"));
    const std::string floatContents = contentsOf(compiled.path("float"));
    const std::string target = compiled.path("out.onnx");
    const pid_t other = ::fork();
    for (int round = 0; round < 20; ++round) {
      // Who loses a race for the data file's name is told so.
      (void)onnx::writeFile(other == 0 ? *kept : compiled.result(), source, target);
    }
    if (other == 0) ::_exit(0);
    int status = 0;
    ::waitpid(other, &status, 0);
    const std::string contents = contentsOf(target);
    CHECK((contents == halfContents || contents == floatContents));
    for (const std::string& name : compiled.names()) CHECK(name[0] != '.');
  }
}

}  // namespace
}  // namespace precast
