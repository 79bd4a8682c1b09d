// What a mapping shows, what is read past it, and the memory that stands behind the file of some mappings.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Command.h"
#include "support/File.h"

namespace precast::support {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a mapped file shows its bytes, also after the name is gone, and an empty file shows none") {
  const test::ScratchFolder scratch;
  test::writeBytes(scratch.file("a"), "some bytes");
  test::writeBytes(scratch.file("empty"), "");
  auto file = MappedFile::open(scratch.file("a"));
  REQUIRE(file.ok());
  fs::remove(scratch.file("a"));
  CHECK(std::memcmp((*file)->bytes().data(), "some bytes", 10) == 0);
  auto empty = MappedFile::open(scratch.file("empty"));
  REQUIRE(empty.ok());
  CHECK((*empty)->bytes().empty());
}

TEST_CASE("reading past the mapping gives what the mapping shows, holes included, until the file is shortened") {
  const test::ScratchFolder scratch;
  for (std::size_t size :
       {std::size_t{1000}, std::size_t{8} << 20, std::size_t{32} << 20}) {  // small files keep no descriptor
    const std::string path = scratch.file("f" + std::to_string(size));
    test::writeBytes(path, std::string(size / 4, 'a'));
    fs::resize_file(path, size / 2);
    std::ofstream(path, std::ios::binary | std::ios::app) << std::string(size / 4, 'b');
    fs::resize_file(path, size);
    auto file = MappedFile::open(path);
    REQUIRE(file.ok());
    for (std::size_t at = 0; at < size; at += size / 16 + 1) {
      std::vector<std::byte> read(std::min(size / 8, size - at), std::byte{1});
      REQUIRE((*file)->read(at, absl::MakeSpan(read)).ok());
      CHECK(std::memcmp(read.data(), (*file)->bytes().data() + at, read.size()) == 0);
    }
    (*file)->release(size / 8 + 1, size / 2);
    CHECK((*file)->bytes()[size / 8 + 1] == std::byte{'a'});
    if (size < 2000) continue;
    fs::resize_file(path, size / 2);
    std::vector<std::byte> read(size / 8);
    CHECK((*file)->read(size * 3 / 4, absl::MakeSpan(read)).code() == absl::StatusCode::kDataLoss);
  }
}

TEST_CASE("a tail stays when pages are released, and is read from memory, also together with the end of the file") {
  const test::ScratchFolder scratch;
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1000}, std::size_t{4096}, std::size_t{2} << 20, (std::size_t{17} << 20) + 5}) {
    CAPTURE(size);
    const std::string path = scratch.file("f" + std::to_string(size));
    test::writeBytes(path, std::string(size, 'a'));
    auto file = MappedFile::open(path);
    REQUIRE(file.ok());
    const std::string tail(10000, 't');
    auto both = (*file)->withTail(path, {reinterpret_cast<const std::byte*>(tail.data()), tail.size()});
    REQUIRE(both.ok());
    const std::size_t all = (*both)->bytes().size();
    REQUIRE(all >= size + tail.size());
    const std::string shown(reinterpret_cast<const char*>((*both)->bytes().data()), all);
    CHECK(shown.substr(0, size) == std::string(size, 'a'));
    CHECK(shown.substr(all - tail.size()) == tail);
    for (std::size_t at : {std::size_t{0}, size - size / 7, size, all - 10}) {
      std::vector<std::byte> read(all - at);
      REQUIRE((*both)->read(at, absl::MakeSpan(read)).ok());
      CHECK(std::memcmp(read.data(), shown.data() + at, read.size()) == 0);
    }
    (*both)->release(0, all);
    (*both)->release(all - 10, 10);
    CHECK(std::memcmp((*both)->bytes().data(), shown.data(), all) == 0);
  }
}

}  // namespace
}  // namespace precast::support
