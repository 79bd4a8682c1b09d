// The boundary itself: statuses become codes and words, exceptions end, and structs of other headers are read and
// filled as far as both sides know them.
#include "c/Boundary.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>

#include "COwned.h"

namespace precast::c {
namespace {

using test::CError;

struct Sized {
  std::size_t struct_size;
  std::uint32_t first;
  std::uint32_t second;
  std::uint64_t third;
};
constexpr std::size_t kFirst = offsetof(Sized, third);

TEST_CASE("whatever a body does, its code and its words arrive and nothing else") {
  const struct {
    std::function<absl::Status()> body;
    precast_status code;
    const char* message;
  } rows[] = {
      {[] { return absl::OkStatus(); }, PRECAST_OK, ""},
      {[] { return absl::NotFoundError("no such file"); }, PRECAST_NOT_FOUND, "no such file"},
      {[] { return absl::DataLossError(""); }, PRECAST_DATA_LOSS, ""},
      {[]() -> absl::Status { throw std::bad_alloc(); }, PRECAST_RESOURCE_EXHAUSTED, "out of memory"},
      {[]() -> absl::Status { throw std::runtime_error("theirs"); }, PRECAST_INTERNAL,
       "an exception left a callback or the library"},
      {[]() -> absl::Status { throw 7; }, PRECAST_INTERNAL, "an exception left a callback or the library"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.message);
    CHECK(guarded(nullptr, row.body) == row.code);
    CError error;
    CHECK(guarded(error.out(), row.body) == row.code);
    if (row.code == PRECAST_OK) continue;
    CHECK(error.code() == row.code);
    CHECK(error.message() == row.message);
  }
  precast_error* left = reinterpret_cast<precast_error*>(&left);
  CHECK(guarded(&left, [] { return absl::OkStatus(); }) == PRECAST_OK);
  CHECK(left == nullptr);  // of an earlier call
}

TEST_CASE("a struct is read if it is ours, an older one or a newer one with nothing new said") {
  const Sized defaults = {sizeof(Sized), 1, 2, 3};
  struct Newer {
    Sized known;
    unsigned char more[5000];
  };
  const struct {
    std::size_t size;
    std::size_t said;  // the byte beyond ours that is not zero
    bool isRead;
    std::uint64_t third;
  } rows[] = {{sizeof(Sized), 0, true, 30},        {kFirst, 0, true, 3},
              {kFirst + 1, 0, false, 3},           {0, 0, false, 3},
              {sizeof(Sized) + 8, 0, true, 30},    {sizeof(Sized) + 8, 8, false, 3},
              {sizeof(Sized) + 8, 1, false, 3},    {sizeof(Sized) + 8, 9, true, 30},
              {sizeof(Sized) + 4096, 0, true, 30}, {sizeof(Sized) + 4999, 0, false, 3}};
  for (const auto& row : rows) {
    CAPTURE(row.size, row.said);
    Newer given = {{row.size, 10, 20, 30}, {}};
    if (row.said != 0) given.more[row.said - 1] = 1;
    Sized read = {};
    const absl::Status status = readStruct("options", &given.known, defaults, read, {kFirst});
    CHECK(status.ok() == row.isRead);
    CHECK(read.third == row.third);
    CHECK(read.first == (row.isRead ? 10 : 1));
    if (!row.isRead)
      CHECK(std::string(status.message()) == "options: struct_size is " + std::to_string(row.size) +
                                                 ", this library knows 24 bytes; use the _INIT macro");
  }
  Sized read = {};
  CHECK(readStruct<Sized>("options", nullptr, defaults, read).ok());
  CHECK(read.second == 2);
}

TEST_CASE("a struct is filled as far as its header knows it, and keeps its size") {
  for (const std::size_t size : {kFirst, sizeof(Sized), sizeof(Sized) + 16}) {
    Sized out[2] = {{size, 0, 0, 77}, {88, 0, 0, 0}};
    REQUIRE(fillStruct("info", Sized{0, 10, 20, 30}, out, kFirst).ok());
    CHECK(out[0].struct_size == size);
    CHECK(out[0].second == 20);
    CHECK(out[0].third == (size == kFirst ? 77 : 30));
    CHECK(out[1].struct_size == 88);
  }
  Sized out = {kFirst - 1, 0, 0, 77};
  CHECK_FALSE(fillStruct("info", Sized{0, 10, 20, 30}, &out, kFirst).ok());
  CHECK(out.first == 0);
  CHECK(fillStruct<Sized>("info", {}, nullptr).message() == "the struct to fill is null");
}

TEST_CASE("a text goes into a buffer that holds it and its end, and its length is told in any case") {
  for (const std::size_t capacity : {0, 4, 5, 6, 9}) {
    CAPTURE(capacity);
    std::string buffer(9, '#');
    std::size_t size = 0;
    const absl::Status status = fillText("hello", buffer.data(), capacity, &size);
    CHECK(size == 5);
    CHECK(status.code() == (capacity < 6 ? absl::StatusCode::kOutOfRange : absl::StatusCode::kOk));
    CHECK(buffer == (capacity < 6 ? std::string(9, '#') : std::string("hello\0###", 9)));
  }
  CHECK(fillText("hello", nullptr, 9, nullptr).message() == "the buffer is null");
  CHECK(fits(0, 0, nullptr, nullptr).ok());
}

TEST_CASE("numbers beyond their range and lengths without data are refused by name") {
  CHECK(requireId("node", 2, 3).ok());
  CHECK(requireId("node", 3, 3).message() == "node 3 is not there: there are 3");
  CHECK(requireEnum("mode", 0, 7).ok());
  CHECK(requireEnum("mode", 7, 7).ok());
  CHECK(requireEnum("mode", 8, 7).message() == "mode is 8, known are 0 to 7");
  CHECK(requireEnum("mode", -1, 7).message() == "mode is -1, known are 0 to 7");
  CHECK(requireText("name", nullptr, 0).ok());
  CHECK(requireText("name", nullptr, 2).message() == "name is null but has 2 bytes");
  int there = 0;
  CHECK(require({{&there, "a"}, {&there, "b"}}).ok());
  CHECK(require({{&there, "a"}, {nullptr, "b"}, {nullptr, "c"}}).message() == "b is null");
  CHECK(threadsOf(std::size_t{1} << 40) == ~0U);
  CHECK(threadsOf(3) == 3);
}

}  // namespace
}  // namespace precast::c
