#include "support/OpenBeneath.h"

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "Command.h"

namespace precast::support {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a file is opened below its directory, through links that stay there, and nowhere else") {
  const test::ScratchFolder scratch;
  const std::string home = scratch.file("home");
  fs::create_directories(home + "/sub");
  fs::create_directories(scratch.file("homeless"));
  test::writeBytes(home + "/sub/w", "inside");
  test::writeBytes(scratch.file("homeless/w"), "outside");
  fs::create_symlink("sub/w", home + "/relative");
  fs::create_symlink(home + "/sub/w", home + "/absolute");
  fs::create_symlink(scratch.file("homeless/w"), home + "/out");
  fs::create_symlink("../homeless", home + "/outdir");
  fs::create_symlink(home, scratch.file("alias"));
  const auto open = [](const std::string& directory, const std::string& name,
                       const std::vector<std::string>& others = {}) {
    const auto file = openBeneath(directory, name, others);
    if (!file.ok()) return std::string(absl::StatusCodeToString(file.status().code()));
    const auto bytes = (*file)->bytes();
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  CHECK(open(home, "sub/w") == "inside");
  CHECK(open(home, "relative") == "inside");
  CHECK(open(home, "absolute") == "inside");
  CHECK(open(scratch.file("alias"), "absolute") == "inside");
  CHECK(open(home, "out") == "PERMISSION_DENIED");
  CHECK(open(home, "outdir/w") == "PERMISSION_DENIED");
  CHECK(open(home, "../homeless/w") == "PERMISSION_DENIED");
  CHECK(open(home, "out", {scratch.file("homeless")}) == "outside");
  CHECK(open(home, "out", {scratch.file("home")}) == "PERMISSION_DENIED");
  CHECK(open(home, "missing") == "NOT_FOUND");
  CHECK(open(home, "sub") == "INVALID_ARGUMENT");
  CHECK(open("/", home.substr(1) + "/sub/w") == "inside");
}

TEST_CASE("the real directory of a file is that of what its links end at") {
  const test::ScratchFolder scratch;
  fs::create_directories(scratch.file("blobs"));
  test::writeBytes(scratch.file("blobs/1"), "");
  fs::create_symlink("blobs/1", scratch.file("link"));
  CHECK(realDirectoryOf(scratch.file("link")) == fs::canonical(scratch.path() / "blobs").string());
  CHECK(realDirectoryOf(scratch.file("missing")).empty());
}

}  // namespace
}  // namespace precast::support
