// Whole models on disk: the same bytes however they are written, data files that are never replaced, and limits that
// are seen before any file is made.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "Command.h"
#include "CompiledModel.h"
#include "ModelBuilder.h"
#include "precast/precast.h"

namespace precast {
namespace {

namespace fs = std::filesystem;
using test::CompiledModel;
using test::contentsOf;
using Names = std::vector<std::string>;

onnx::WriteOptions with(onnx::DataPlacement placement, unsigned threads = 0) {
  onnx::WriteOptions options;
  options.placement = placement;
  options.threads = threads;
  return options;
}

void write(const CompiledModel& compiled, const std::string& name, const onnx::WriteOptions& options = {}) {
  const absl::StatusOr<onnx::WriteResult> written =
      onnx::writeFile(compiled.result(), *compiled.model().source, compiled.path(name), options);
  INFO(std::string(written.status().message()));
  REQUIRE(written.ok());
}

// The weights as convertTensor() makes them, one by one and not through any writer.
std::string expectedContents(const CompiledModel& compiled) {
  std::string all;
  const Graph& graph = compiled.result().graph;
  for (const ConvertedConstant& constant : compiled.result().rewrite.constants) {
    std::vector<std::byte> bytes(*tensorBytes(graph, constant.value));
    REQUIRE(convertTensor(graph, constant.value, absl::MakeSpan(bytes)).ok());
    all.append(graph.valueName(constant.value)).append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return all;
}

TEST_CASE("the source of another model is refused, in memory and in a file") {
  const CompiledModel compiled(false);
  const CompiledModel other(true);
  constexpr const char* kMessage = "the source is that of another model than the one that was compiled";
  std::string out = "as before";
  const absl::Status inMemory = onnx::write(compiled.result(), *other.model().source, &out).status();
  CHECK((inMemory.code() == absl::StatusCode::kInvalidArgument && inMemory.message() == kMessage));
  CHECK(out == "as before");
  const std::vector<std::string> before = compiled.names();
  CHECK(onnx::writeFile(other.result(), *compiled.model().source, compiled.path("o.onnx")).status().message() ==
        kMessage);
  CHECK(compiled.names() == before);
}

TEST_CASE("the files that a model is in are named") {
  const CompiledModel compiled(true);
  CHECK(onnx::sourceFiles(*compiled.model().source) ==
        std::vector<std::string>{compiled.path("in.onnx"), compiled.path("in.onnx.data")});
}

TEST_CASE("any number of threads writes the same bytes and counts the same conversions") {
  for (bool external : {false, true}) {
    CAPTURE(external);
    const CompiledModel compiled(external);
    const auto placement = external ? onnx::DataPlacement::external : onnx::DataPlacement::inlined;
    std::string first;
    for (unsigned threads : {1U, 2U, 8U}) {
      CAPTURE(threads);
      const std::string folder = compiled.path("t" + std::to_string(threads));
      fs::create_directory(folder);
      const std::string path = folder + "/out.onnx";
      const auto written = onnx::writeFile(compiled.result(), *compiled.model().source, path, with(placement, threads));
      REQUIRE(written.ok());
      const std::string bytes = test::readBytes(path) + (external ? test::readBytes(path + ".data") : "");
      CHECK(written->bytes == bytes.size());
      if (threads == 1) first = bytes;
      CHECK(bytes == first);
      CHECK(contentsOf(path) == expectedContents(compiled));
      REQUIRE(written->conversions.size() == 4);
      for (const ConversionStats& stats : written->conversions) CHECK(stats.saturated == 1);
      CHECK(written->conversions[0].elements == 301 * 197);
      CHECK(written->conversions[3].maxAbs == 70000);
    }
  }
}

TEST_CASE("memory gets the bytes that a file gets, and no data file") {
  const CompiledModel compiled(true);
  std::string out;
  REQUIRE(onnx::write(compiled.result(), *compiled.model().source, &out).ok());
  write(compiled, "out.onnx", with(onnx::DataPlacement::inlined));
  CHECK(out == test::readBytes(compiled.path("out.onnx")));
  CHECK(compiled.names() == Names{"in.onnx", "in.onnx.data", "out.onnx"});
  CHECK(contentsOf(compiled.path("out.onnx")) == expectedContents(compiled));
  const auto refused =
      onnx::write(compiled.result(), *compiled.model().source, &out, with(onnx::DataPlacement::external));
  CHECK(refused.status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("weights stay where they were unless the caller says otherwise") {
  const CompiledModel inside(false);
  write(inside, "out.onnx");
  CHECK(inside.names() == Names{"in.onnx", "out.onnx"});
  write(inside, "ext.onnx", with(onnx::DataPlacement::external));
  CHECK(inside.names() == Names{"ext.onnx", "ext.onnx.data", "in.onnx", "out.onnx"});
  CHECK(contentsOf(inside.path("ext.onnx")) == contentsOf(inside.path("out.onnx")));
  const CompiledModel outside(true);
  write(outside, "out.onnx");
  CHECK(outside.names() == Names{"in.onnx", "in.onnx.data", "out.onnx", "out.onnx.data"});
  CHECK(contentsOf(outside.path("out.onnx")) == contentsOf(inside.path("out.onnx")));
}

TEST_CASE("a model that is compiled onto itself is read to the end before it is replaced") {
  for (bool external : {false, true}) {
    CAPTURE(external);
    const CompiledModel compiled(external);
    const std::string expected = expectedContents(compiled);
    const std::string data = external ? test::readBytes(compiled.path("in.onnx.data")) : "";
    write(compiled, "in.onnx");
    CHECK(contentsOf(compiled.path("in.onnx")) == expected);
    if (!external) continue;
    CHECK(compiled.names() == Names{"in.onnx", "in.onnx.1.data", "in.onnx.data"});
    CHECK(test::readBytes(compiled.path("in.onnx.data")) == data);
  }
}

TEST_CASE("a data file with other contents is left alone, one with the same contents is used") {
  const CompiledModel compiled(true);
  test::writeBytes(compiled.path("out.onnx.data"), "somebody's");
  fs::create_directory(compiled.path("out.onnx.1.data"));
  fs::create_symlink("in.onnx", compiled.path("out.onnx.2.data"));
  std::string note;
  onnx::WriteOptions options;
  options.diagnostics = [&](const Diagnostic& diagnostic) { note += diagnostic.message; };
  for (int run = 0; run < 2; ++run) {
    note.clear();
    write(compiled, "out.onnx", options);
    CHECK(compiled.names() == Names{"in.onnx", "in.onnx.data", "out.onnx", "out.onnx.1.data", "out.onnx.2.data",
                                    "out.onnx.3.data", "out.onnx.data"});
    CHECK(note == "'out.onnx.data' holds other data and is left as it is; the data of '" + compiled.path("out.onnx") +
                      "' is in 'out.onnx.3.data'");
    CHECK(contentsOf(compiled.path("out.onnx")) == expectedContents(compiled));
  }
  CHECK(test::readBytes(compiled.path("out.onnx.data")) == "somebody's");
  CHECK(fs::is_symlink(compiled.path("out.onnx.2.data")));
}

TEST_CASE("what is written again is the same two files with the same bytes, whatever was written between") {
  const CompiledModel compiled(true);
  const Names names = {"in.onnx", "in.onnx.data", "out.onnx", "out.onnx.data"};
  write(compiled, "out.onnx");
  CHECK(compiled.names() == names);
  const std::string model = test::readBytes(compiled.path("out.onnx"));
  const std::string data = test::readBytes(compiled.path("out.onnx.data"));
  write(compiled, "out.onnx");
  CHECK(compiled.names() == names);
  CHECK(test::readBytes(compiled.path("out.onnx")) == model);
  CHECK(test::readBytes(compiled.path("out.onnx.data")) == data);
  // Other weights under the same name get a file of their own, once.
  CompileOptions origin;
  origin.policy.mode = PrecisionMode::mustKeepOriginDtype;
  const absl::StatusOr<CompileResult> other = compile(compiled.model().graph, origin);
  REQUIRE(other.ok());
  Names both = names;
  both.insert(both.end() - 1, "out.onnx.1.data");
  for (int run = 0; run < 2; ++run) {
    REQUIRE(onnx::writeFile(*other, *compiled.model().source, compiled.path("out.onnx")).ok());
    CHECK(compiled.names() == both);
    write(compiled, "out.onnx");
    CHECK(compiled.names() == both);
    CHECK(test::readBytes(compiled.path("out.onnx")) == model);
    CHECK(test::readBytes(compiled.path("out.onnx.data")) == data);
  }
}

TEST_CASE("a symbolic link stays, and the file that it names is replaced with its mode") {
  const CompiledModel compiled(false);
  test::writeBytes(compiled.path("real.onnx"), "old");
  REQUIRE(::chmod(compiled.path("real.onnx").c_str(), 0600) == 0);
  fs::create_symlink("real.onnx", compiled.path("link.onnx"));
  write(compiled, "link.onnx");
  CHECK(fs::is_symlink(compiled.path("link.onnx")));
  CHECK(fs::status(compiled.path("real.onnx")).permissions() == fs::perms(0600));
  CHECK(contentsOf(compiled.path("real.onnx")) == expectedContents(compiled));
}

// A compiled model whose weights are `count` zeros, a hole in a data file.
struct WeightsOfZeros {
  explicit WeightsOfZeros(std::int64_t count) {
    const std::string tensor = test::externalTensor("w", DType::float32, {count}, {{"location", "w"}});
    test::writeBytes(folder.file("m"), test::model(test::graph({test::node("Add", {"x", "w"}, {"y"})}, {tensor},
                                                               {test::info("x", DType::float32, {count})},
                                                               {test::info("y", DType::float32, {count})})));
    test::writeBytes(folder.file("w"), "");
    fs::resize_file(folder.file("w"), static_cast<std::uintmax_t>(4 * count));
    auto read = onnx::readFile(folder.file("m"));
    REQUIRE(read.ok());
    model = *std::move(read);
    auto compiled = compile(model.graph);
    REQUIRE(compiled.ok());
    result = *std::move(compiled);
  }
  test::ScratchFolder folder;
  onnx::Model model;
  CompileResult result;
};

TEST_CASE("weights of zeros are holes in the file, as large as they say") {
  constexpr std::int64_t kCount = 32 << 20;
  const WeightsOfZeros zeros(kCount);
  const auto written = onnx::writeFile(zeros.result, *zeros.model.source, zeros.folder.file("out"));
  REQUIRE(written.ok());
  CHECK(written->conversions[0].elements == kCount);
  struct stat info {};
  REQUIRE(::stat(zeros.folder.file("out.data").c_str(), &info) == 0);
  CHECK(info.st_size == 2 * kCount);
  CHECK(info.st_blocks * 512 < 1 << 20);
}

TEST_CASE("a model that no protocol buffer can hold is refused before any file is made") {
  constexpr std::int64_t kCount = 1'300'000'000;  // 2.6 GB in float16
  const WeightsOfZeros zeros(kCount);
  // Not even a temporary file, for which this folder is no place.
  const std::string nowhere = zeros.folder.file("nowhere/out");
  const auto refused = onnx::writeFile(zeros.result, *zeros.model.source, nowhere, with(onnx::DataPlacement::inlined));
  CHECK(refused.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(std::string(refused.status().message()).find("with its tensors inside would have 26000") != std::string::npos);
  std::string out;
  CHECK(onnx::write(zeros.result, *zeros.model.source, &out).status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(onnx::writeFile(zeros.result, *zeros.model.source, nowhere).status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("what a Constant node holds in a data file moves into a model in another folder") {
  for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::mustKeepOriginDtype}) {
    const test::ScratchFolder folder;
    const std::string tensor = test::externalTensor("", DType::float32, {2}, {{"location", "w"}});
    const std::string constant = test::node("Constant", {}, {"c"}, {test::tensorAttribute("value", tensor)});
    test::writeBytes(folder.file("m"), test::model(test::graph({constant, test::node("Add", {"x", "c"}, {"y"})}, {},
                                                               {test::info("x")}, {test::info("y")})));
    test::writeBytes(folder.file("w"), test::floatBytes({1, 2}));
    const auto model = onnx::readFile(folder.file("m"));
    REQUIRE(model.ok());
    CompileOptions options;
    options.policy.mode = mode;
    const auto result = compile(model->graph, options);
    REQUIRE(result.ok());
    fs::create_directory(folder.file("other"));
    REQUIRE(onnx::writeFile(*result, *model->source, folder.file("other/m")).ok());
    const std::string contents = contentsOf(folder.file("other/m"));
    CHECK(contents.size() == (mode == PrecisionMode::forceFp16 ? 1 + 4 : 1 + 8));
  }
}

TEST_CASE("progress grows to the total of both files") {
  const CompiledModel compiled(true);
  for (unsigned threads : {1U, 2U}) {
    std::vector<Progress> seen;
    onnx::WriteOptions options = with(onnx::DataPlacement::automatic, threads);
    options.progress = [&](const Progress& progress) { seen.push_back(progress); };
    const auto written = onnx::writeFile(compiled.result(), *compiled.model().source, compiled.path("o"), options);
    REQUIRE(written.ok());
    REQUIRE(seen.size() > 2);
    for (std::size_t i = 1; i < seen.size(); ++i) CHECK(seen[i - 1].done < seen[i].done);
    CHECK(seen.back().done == written->bytes);
    CHECK(seen.front().total == written->bytes);
  }
}

TEST_CASE("weights whose file was shortened meanwhile are an error, not the end of the process") {
  const CompiledModel compiled(true);
  fs::resize_file(compiled.path("in.onnx.data"), 200'000);
  const auto written = onnx::writeFile(compiled.result(), *compiled.model().source, compiled.path("out.onnx"));
  CHECK(written.status().code() == absl::StatusCode::kDataLoss);
  CHECK(compiled.names() == Names{"in.onnx", "in.onnx.data"});
}

}  // namespace
}  // namespace precast
