// What external data a model may refer to. The rows' ids are those of the checklist of bad inputs: D1 to D15.
#include "onnx/ExternalData.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "Command.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using Catch::Contains;
using test::Entries;
using test::externalTensor;
using test::info;
using test::Messages;
using test::node;
using test::writeBytes;

std::string modelOf(const Messages& initializers, const Messages& nodes = {node("Relu", {"x"}, {"y"})}) {
  return test::model(test::graph(nodes, initializers, {info("x")}, {info("y")}));
}

std::string modelWith(const Entries& entries, const test::Dims& dims = {2}) {
  return modelOf({externalTensor("w", DType::float32, dims, entries)});
}

// A folder with a model "m.onnx" and its data "w" of 8 bytes.
struct Folder {
  Folder() { writeBytes(file("w"), test::floatBytes({1, 2})); }
  std::string file(const std::string& name) const { return scratch.file(name); }
  absl::StatusOr<Model> read(const std::string& bytes) const {
    writeBytes(file("m.onnx"), bytes);
    return readFile(file("m.onnx"));
  }
  test::ScratchFolder scratch;
};

std::string dataOf(const Model& model, std::string_view name = "w") {
  const TensorData& data = model.graph.tensor(model.graph.tensorOf(test::valueNamed(model.graph, name)));
  return {reinterpret_cast<const char*>(data.data.data()), data.data.size()};
}

TEST_CASE("D1: locations that are no relative path below the directory are refused before anything is opened") {
  const struct {
    std::string location;
    StatusCode code;
  } rows[] = {
      {"../w", StatusCode::kPermissionDenied},
      {"a/../../w", StatusCode::kPermissionDenied},
      {"a/..", StatusCode::kPermissionDenied},
      {"..", StatusCode::kPermissionDenied},
      {"..\\w", StatusCode::kPermissionDenied},
      {"/etc/passwd", StatusCode::kPermissionDenied},
      {"C:\\w", StatusCode::kPermissionDenied},
      {"C:w", StatusCode::kPermissionDenied},
      {"\\\\host\\w", StatusCode::kPermissionDenied},
      {"file:///w", StatusCode::kPermissionDenied},
      {"", StatusCode::kInvalidArgument},
      {".", StatusCode::kPermissionDenied},
      {"w/", StatusCode::kPermissionDenied},
      {std::string("w\0x", 3), StatusCode::kPermissionDenied},
  };
  const Folder folder;
  for (const auto& row : rows) {
    CAPTURE(row.location);
    const auto model = folder.read(modelWith({{"location", row.location}}));
    CHECK(model.status().code() == row.code);
    CHECK_THAT(std::string(model.status().message()), Contains("external data of tensor 'w'"));
  }
}

TEST_CASE("D2: names with dots, spaces and letters of any script are accepted") {
  const Folder folder;
  fs::create_directory(folder.file("..data"));
  for (const std::string name :
       {"weights..bin", "..data/x", "gewichte für alle", "重み", "a b", "...", "./v", "a.b.c"}) {
    CAPTURE(name);
    writeBytes(folder.file(name), test::floatBytes({3, 4}));
    const auto model = folder.read(modelWith({{"location", name}}));
    REQUIRE(model.ok());
    CHECK(dataOf(*model) == test::floatBytes({3, 4}));
  }
}

TEST_CASE("D3: links may not leave the model's directory, the named one and the real one") {
  const Folder folder;
  fs::create_directories(folder.file("m/sub"));
  fs::create_directory(folder.file("other"));
  fs::rename(folder.file("w"), folder.file("other/w"));
  fs::create_symlink("../other/w", folder.file("m/final"));
  fs::create_symlink("../other", folder.file("m/parent"));
  writeBytes(folder.file("m/sub/w"), test::floatBytes({5, 6}));
  fs::create_symlink("sub/w", folder.file("m/inside"));
  const auto read = [&](const std::string& location) {
    writeBytes(folder.file("m/m.onnx"), modelWith({{"location", location}}));
    return readFile(folder.file("m/m.onnx"));
  };
  CHECK(read("final").status().code() == StatusCode::kPermissionDenied);
  CHECK(read("parent/w").status().code() == StatusCode::kPermissionDenied);
  CHECK_THAT(std::string(read("final").status().message()), Contains("out of its directory"));
  CHECK(read("inside").ok());
  CHECK(read("sub/w").ok());
}

TEST_CASE("D3: a package cache that keeps model and data as links into one store is read") {
  const Folder folder;
  fs::create_directories(folder.file("blobs"));
  fs::create_directories(folder.file("snapshots/1"));
  writeBytes(folder.file("blobs/aa"), modelWith({{"location", "model.onnx_data"}}));
  writeBytes(folder.file("blobs/bb"), test::floatBytes({7, 8}));
  fs::create_symlink("../../blobs/aa", folder.file("snapshots/1/model.onnx"));
  fs::create_symlink("../../blobs/bb", folder.file("snapshots/1/model.onnx_data"));
  const auto model = readFile(folder.file("snapshots/1/model.onnx"));
  REQUIRE(model.ok());
  CHECK(dataOf(*model) == test::floatBytes({7, 8}));
}

TEST_CASE("D4: hard links are files like any other") {
  const Folder folder;
  fs::create_hard_link(folder.file("w"), folder.file("w2"));
  CHECK(folder.read(modelWith({{"location", "w2"}})).ok());
}

TEST_CASE("D5: directories, FIFOs, sockets and devices are refused without waiting") {
  const Folder folder;
  fs::create_directory(folder.file("directory"));
  REQUIRE(::mkfifo(folder.file("fifo").c_str(), 0600) == 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, folder.file("socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  fs::create_symlink("/dev/zero", folder.file("device"));
  for (const char* name : {"directory", "fifo", "socket", "device"}) {
    CAPTURE(name);
    CHECK_FALSE(folder.read(modelWith({{"location", name}})).ok());
  }
  ::close(listener);
}

TEST_CASE("D6: a file that is swapped for a link while models are read never gives what lies outside") {
  const Folder folder;
  fs::create_directories(folder.file("m"));
  writeBytes(folder.file("secret"), test::floatBytes({666, 666}));
  writeBytes(folder.file("m/good"), test::floatBytes({1, 2}));
  writeBytes(folder.file("m/m.onnx"), modelWith({{"location", "w"}}));
  fs::create_hard_link(folder.file("m/good"), folder.file("m/w"));
  std::atomic<bool> stop{false};
  std::thread swapper([&] {
    std::error_code ignored;
    while (!stop) {
      fs::remove(folder.file("m/new"), ignored);
      fs::create_symlink("../secret", folder.file("m/new"), ignored);
      fs::rename(folder.file("m/new"), folder.file("m/w"), ignored);
      fs::create_hard_link(folder.file("m/good"), folder.file("m/new"), ignored);
      fs::rename(folder.file("m/new"), folder.file("m/w"), ignored);
    }
  });
  int good = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto model = readFile(folder.file("m/m.onnx"));
    if (!model.ok()) continue;
    ++good;
    if (dataOf(*model) != test::floatBytes({1, 2})) FAIL("read through the link");
  }
  stop = true;
  swapper.join();
  INFO("good: " << good);
  SUCCEED();
}

TEST_CASE("D7, D8: offsets and lengths are 64-bit decimal numbers inside the file, and agree with the dims") {
  const Folder folder;
  writeBytes(folder.file("w"), std::string(4096 + 8, 'x'));
  const struct {
    const char* id;
    Entries entries;
    StatusCode code;
  } rows[] = {
      {"no offset, no length", {}, StatusCode::kOk},
      {"D8 unaligned", {{"offset", "4093"}}, StatusCode::kOk},
      {"last bytes", {{"offset", "4096"}, {"length", "8"}}, StatusCode::kOk},
      {"leading zeros", {{"offset", "0004096"}}, StatusCode::kOk},
      {"one too far", {{"offset", "4097"}}, StatusCode::kDataLoss},
      {"behind the end", {{"offset", "5000"}}, StatusCode::kDataLoss},
      {"offset + length overflows", {{"offset", "18446744073709551615"}}, StatusCode::kDataLoss},
      {"overflow", {{"offset", "18446744073709551616"}}, StatusCode::kInvalidArgument},
      {"negative", {{"offset", "-1"}}, StatusCode::kInvalidArgument},
      {"plus", {{"offset", "+1"}}, StatusCode::kInvalidArgument},
      {"exponent", {{"offset", "1e3"}}, StatusCode::kInvalidArgument},
      {"hexadecimal", {{"offset", "0x10"}}, StatusCode::kInvalidArgument},
      {"space", {{"offset", " 1"}}, StatusCode::kInvalidArgument},
      {"empty", {{"offset", ""}}, StatusCode::kInvalidArgument},
      {"empty length", {{"length", ""}}, StatusCode::kInvalidArgument},
      {"word", {{"length", "eight"}}, StatusCode::kInvalidArgument},
      {"D8 short", {{"length", "7"}}, StatusCode::kInvalidArgument},
      {"D8 long", {{"length", "9"}}, StatusCode::kInvalidArgument},
  };
  for (const auto& row : rows) {
    CAPTURE(row.id);
    Entries entries = row.entries;
    entries.emplace_back("location", "w");
    const auto model = folder.read(modelWith(entries));
    INFO(model.status());
    CHECK(model.status().code() == row.code);
  }
}

TEST_CASE("D7: dims of petabytes cost an error and no memory") {
  const Folder folder;
  const auto model = folder.read(modelWith({{"location", "w"}}, {1 << 30, 1 << 20}));
  CHECK(model.status().code() == StatusCode::kDataLoss);
}

TEST_CASE("D8: data beyond 2 GiB is reached where it lies, in a file with a hole") {
  const Folder folder;
  constexpr std::uint64_t kFar = (std::uint64_t{5} << 30) + 3;
  writeBytes(folder.file("w"), "");
  fs::resize_file(folder.file("w"), kFar + 8);
  {
    FILE* file = std::fopen(folder.file("w").c_str(), "r+b");
    REQUIRE(std::fseek(file, static_cast<long>(kFar), SEEK_SET) == 0);
    const std::string bytes = test::floatBytes({9, 10});
    REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
    std::fclose(file);
  }
  const auto model = folder.read(modelWith({{"location", "w"}, {"offset", std::to_string(kFar)}}));
  REQUIRE(model.ok());
  CHECK(dataOf(*model) == test::floatBytes({9, 10}));
}

TEST_CASE("D9, D10: basepath, checksum and unknown keys say nothing that is needed, a key twice is refused") {
  const Folder folder;
  CHECK(folder.read(modelWith({{"basepath", "/etc"}, {"location", "w"}, {"checksum", "00"}, {"mine", "1"}})).ok());
  CHECK(folder.read(modelWith({{"location", "w"}, {"location", "w"}})).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("D11: missing, unreadable, empty and short files are told apart") {
  const Folder folder;
  CHECK(folder.read(modelWith({{"location", "missing"}})).status().code() == StatusCode::kNotFound);
  CHECK(folder.read(modelWith({{"location", "w/deeper"}})).status().code() == StatusCode::kNotFound);
  writeBytes(folder.file("empty"), "");
  CHECK(folder.read(modelWith({{"location", "empty"}})).status().code() == StatusCode::kDataLoss);
  CHECK(folder.read(modelWith({{"location", "empty"}}, {0})).ok());
  writeBytes(folder.file("m.onnx"), modelWith({{"location", "w"}}));
  const auto readingW = [&] {
    return test::inChildWithoutRights(
        [&] { return static_cast<int>(readFile(folder.file("m.onnx")).status().code()); });
  };
  REQUIRE(::chmod(folder.file("m.onnx").c_str(), 0644) == 0);
  REQUIRE(::chmod(folder.file(".").c_str(), 0755) == 0);
  REQUIRE(::chmod(folder.file("w").c_str(), 0644) == 0);
  CHECK(readingW() == static_cast<int>(StatusCode::kOk));
  REQUIRE(::chmod(folder.file("w").c_str(), 0) == 0);
  CHECK(readingW() == static_cast<int>(StatusCode::kPermissionDenied));
}

TEST_CASE("D12: a model in memory has no directory") {
  CHECK(test::readBytesOf(modelWith({{"location", "w"}})).status().code() == StatusCode::kFailedPrecondition);
}

TEST_CASE("D13: overlapping tensors, 10^5 tensors in one file and 10^4 files need few descriptors") {
  const Folder folder;
  Messages tensors;
  for (int i = 0; i < 100000; ++i)
    tensors.push_back(externalTensor("w" + std::to_string(i), DType::float32, {1},
                                     {{"location", "w"}, {"offset", i % 2 == 0 ? "0" : "2"}}));
  CHECK(folder.read(modelOf(tensors)).ok());
  tensors.clear();
  fs::create_directory(folder.file("d"));
  for (int i = 0; i < 10000; ++i) {
    const std::string name = "d/" + std::to_string(i);
    writeBytes(folder.file(name), "abcd");
    tensors.push_back(externalTensor("w" + std::to_string(i), DType::float32, {1}, {{"location", name}}));
  }
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
  rlimit few = old;
  few.rlim_cur = 32;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  const auto model = folder.read(modelOf(tensors));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &old) == 0);
  CHECK(model.ok());
}

// The places where a tensor may stand, each with the external tensor in `tensor`.
std::vector<std::pair<std::string, std::string>> places(const std::string& tensor) {
  const std::string constant = node("Constant", {}, {"c"}, {test::tensorAttribute("value", tensor)});
  const std::string sum = node("Add", {"x", "c"}, {"y"});
  const std::string branch = test::graph({node("Add", {"x", "w"}, {"r"})}, {tensor}, {}, {"\x0a\x01r"});
  const std::string indices = test::rawTensor("", DType::int64, {2}, std::string(16, '\0'));
  const std::string sparse = test::Proto()
                                 .text(field::kSparseValues, tensor)
                                 .text(field::kSparseIndices, indices)
                                 .number(field::kSparseDims, 2);
  const std::string sparseAttribute =
      test::Proto().text(field::kAttributeName, "sparse_value").text(field::kSparseTensor, sparse);
  const std::string call = node("F", {"x"}, {"y"}, {}, "call", "f");
  const std::string function = test::function("f", "F", {"x"}, {"y"}, {constant, sum}, {test::opset(17)});
  const std::string condition = test::rawTensor("b", DType::boolean, {}, std::string(1, '\1'));
  const auto plain = [](const std::string& graph) { return test::model(graph); };
  return {
      {"initializer", modelOf({tensor}, {node("Add", {"x", "w"}, {"y"})})},
      {"Constant", modelOf({}, {constant, sum})},
      {"body", modelOf({condition}, {node("If", {"b"}, {"y"},
                                          {test::graphAttribute("then_branch", branch),
                                           test::graphAttribute("else_branch", branch)})})},
      {"function", test::model(test::graph({call}, {}, {info("x")}, {info("y")}), 8,
                               {test::opset(17), test::opset(1, "f")}, {function})},
      {"sparse initializer", plain(test::graph({node("Relu", {"x"}, {"y"})}, {}, {info("x")}, {info("y")}) +
                                   std::string(test::Proto().text(field::kSparseInitializer, sparse)))},
      {"sparse Constant", modelOf({}, {node("Constant", {}, {"c"}, {sparseAttribute}), sum})},
  };
}

TEST_CASE("D14: external tensors of the graph go through the one door") {
  const Folder folder;
  for (const auto& [place, bytes] : places(externalTensor("w", DType::float32, {2}, {{"location", "../m/w"}}))) {
    CAPTURE(place);
    CHECK(folder.read(bytes).status().code() == StatusCode::kPermissionDenied);
  }
  for (const auto& [place, bytes] : places(externalTensor("w", DType::float32, {2}, {{"location", "w"}}))) {
    CAPTURE(place);
    CHECK(folder.read(bytes).ok());
  }
}

TEST_CASE("D14: an external Constant is written with its contents, also where nothing changes") {
  const Folder folder;
  const std::string elsewhere = folder.file("elsewhere");
  fs::create_directory(elsewhere);
  for (const auto& [place, bytes] : places(externalTensor("w", DType::float32, {2}, {{"location", "w"}}))) {
    CAPTURE(place);
    const auto model = folder.read(bytes);
    REQUIRE(model.ok());
    CompileOptions options;
    options.policy.mode = PrecisionMode::mustKeepOriginDtype;
    const auto result = compile(model->graph, options);
    REQUIRE(result.ok());
    REQUIRE(writeFile(*result, *model->source, elsewhere + "/out.onnx").ok());
    const auto again = readFile(elsewhere + "/out.onnx");
    INFO(again.status());
    REQUIRE(again.ok());
    const std::string data =
        fs::exists(elsewhere + "/out.onnx.data") ? test::readBytes(elsewhere + "/out.onnx.data") : "";
    CHECK_THAT(test::readBytes(elsewhere + "/out.onnx") + data, Contains(test::floatBytes({1, 2})));
  }
}

TEST_CASE("D15: data may stand in the model's own file") {
  const Folder folder;
  const std::string bytes = modelWith({{"location", "m.onnx"}});
  const auto model = folder.read(bytes);
  REQUIRE(model.ok());
  CHECK(dataOf(*model) == bytes.substr(0, 8));
}

}  // namespace
}  // namespace precast::onnx
