// The name of a data file among files that are there: whatever they hold, none of them is replaced.
#include "onnx/DataFile.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "Command.h"

namespace precast::onnx {
namespace {

namespace fs = std::filesystem;

/// A folder with the data of a model "m" in the file "new".
struct Folder {
  explicit Folder(const std::string& data) { test::writeBytes(scratch.file("new"), data); }
  void write(const std::string& name, const std::string& bytes) const { test::writeBytes(scratch.file(name), bytes); }
  /// The name that is found, with "=" behind it if the data is there already; or the error.
  std::string found() const {
    const absl::StatusOr<DataFile> file = findDataFile(scratch.file("m"), scratch.file("new"));
    if (!file.ok()) return std::string(file.status().message());
    return fs::path(file->path).filename().string() + (file->isThere ? "=" : "");
  }
  test::ScratchFolder scratch;
};

TEST_CASE("the first name that is free or holds the same bytes is the one") {
  const Folder folder("data");
  CHECK(folder.found() == "m.data");
  folder.write("m.data", "else");  // of the same size
  CHECK(folder.found() == "m.1.data");
  folder.write("m.1.data", "data and more");
  folder.write("m.2.data", "dat");
  folder.write("m.3.data", "");
  CHECK(folder.found() == "m.4.data");
  folder.write("m.5.data", "data");  // behind a free name
  CHECK(folder.found() == "m.4.data");
  folder.write("m.4.data", "data");
  CHECK(folder.found() == "m.4.data=");
  folder.write("m.data", "data");
  CHECK(folder.found() == "m.data=");
}

TEST_CASE("what is no file takes a name, and a link gives it to what it names") {
  const Folder folder("data");
  fs::create_directory(folder.scratch.file("m.data"));
  fs::create_symlink("nowhere", folder.scratch.file("m.1.data"));
  CHECK(folder.found() == "m.2.data");
  folder.write("theirs", "data");
  fs::create_symlink("theirs", folder.scratch.file("m.2.data"));
  CHECK(folder.found() == "m.2.data=");
  folder.write("theirs", "else");
  CHECK(folder.found() == "m.3.data");
}

TEST_CASE("files are compared to their last byte, wherever blocks end") {
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{1} << 18, (std::size_t{1} << 18) + 1, std::size_t{3} << 19}) {
    const std::string data(size, 'a');
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      CAPTURE(size, at);
      const Folder folder(data);
      folder.write("m.data", data);
      CHECK(folder.found() == "m.data=");
      std::string other = data;
      other[at] = 'b';
      folder.write("m.data", other);
      CHECK(folder.found() == "m.1.data");
    }
  }
}

TEST_CASE("data of no bytes is the same as a file of no bytes") {
  const Folder folder("");
  folder.write("m.data", "");
  CHECK(folder.found() == "m.data=");
}

TEST_CASE("a thousand names that are taken are an error that names the first and the last") {
  const Folder folder("data");
  folder.write("m.data", "else");
  for (int i = 1; i <= 998; ++i) folder.write("m." + std::to_string(i) + ".data", "else");
  CHECK(folder.found() == "m.999.data");
  folder.write("m.999.data", "else");
  const std::string model = folder.scratch.file("m");
  CHECK(folder.found() ==
        "'" + model + ".data' and '" + model + ".1.data' to '" + model + ".999.data' hold other data");
  CHECK(findDataFile(model, folder.scratch.file("new")).status().code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("data that cannot be read is an error, not another file's data") {
  const Folder folder("data");
  folder.write("m.data", "else");
  const absl::StatusOr<DataFile> file = findDataFile(folder.scratch.file("m"), folder.scratch.file("gone"));
  CHECK(file.status().code() == absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace precast::onnx
