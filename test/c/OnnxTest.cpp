// Models through C, from memory and files to memory and files; C++ is the oracle.
#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <stdexcept>

#include "CModels.h"
#include "COwned.h"
#include "Command.h"
#include "ModelBuilder.h"
#include "WatchedCalls.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

/// Functions two deep, tensors of three dimensions, bodies two deep.
std::string deepModel() {
  const Messages opsets = {opset(17), opset(1, "f")};
  const std::string inner = function("f", "Inner", {"a"}, {"b"}, {node("Exp", {"a"}, {"b"})}, opsets);
  const std::string outer =
      function("f", "Outer", {"a"}, {"b"},
               {node("Inner", {"a"}, {"t"}, {}, "one", "f"), node("Inner", {"t"}, {"b"}, {}, "two", "f")}, opsets);
  const auto choice = [](const std::string& body, const char* inside, const char* out) {
    return node("If", {"c"}, {out},
                {graphAttribute("then_branch", graph({body}, {}, {}, {info(inside)})),
                 graphAttribute("else_branch", graph({node("Abs", {"h"}, {std::string(out) + "_e"})}, {}, {},
                                                     {info(std::string(out) + "_e")}))});
  };
  const std::string nested = choice(choice(node("Neg", {"h"}, {"p"}), "p", "q"), "q", "y");
  return model(graph({node("Outer", {"x"}, {"h"}, {}, "call", "f"), nested}, {},
                     {info("x", DType::float32, {1, 1, 1}), info("c", DType::boolean, {})}, {info("y")}),
               8, opsets, {outer, inner});
}

precast_status readWith(const std::string& bytes, const precast_read_options& options, CError& error) {
  CModel read;
  return precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, &options, read.out(), error.out());
}

void count(void* counter) { ++*static_cast<int*>(counter); }

}  // namespace

TEST_CASE("a model goes through C to the bytes that C++ writes, by file and by memory") {
  const std::string bytes = smallModel();
  const ScratchFolder folder;
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CHECK(precast_model_bytes(read) == bytes.size());
  CResult result;
  REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  CWritten written;
  REQUIRE(precast_onnx_write(read, result, nullptr, written.out(), nullptr) == PRECAST_OK);
  const onnx::Model oracle = modelOf(bytes);
  const absl::StatusOr<CompileResult> compiled = compile(oracle.graph);
  std::string expected;
  REQUIRE(onnx::write(*compiled, *oracle.source, &expected).ok());
  CHECK(textOf(precast_written_data(written)) == expected);
  CHECK(precast_written_bytes(written) == expected.size());
  REQUIRE(precast_written_conversion_count(written) == 1);
  precast_conversion conversion = {};
  REQUIRE(precast_written_conversion(written, 0, &conversion, nullptr) == PRECAST_OK);
  CHECK((conversion.elements == 2 && conversion.saturated == 1));
  CHECK(precast_written_conversion(written, 1, &conversion, nullptr) == PRECAST_INVALID_ARGUMENT);

  const std::string path = folder.file("out.onnx");
  REQUIRE(precast_onnx_write_file(read, result, path.c_str(), nullptr, nullptr, nullptr) == PRECAST_OK);
  CHECK(readBytes(path) == expected);
  REQUIRE(precast_onnx_read_file(path.c_str(), nullptr, read.out(), nullptr) == PRECAST_OK);
  CHECK(precast_graph_node_count(precast_model_graph(read)) == precast_graph_node_count(precast_result_graph(result)));

  CError error;
  CHECK(precast_onnx_read_file(folder.file("none.onnx").c_str(), nullptr, read.out(), error.out()) ==
        PRECAST_NOT_FOUND);
  CHECK(error.message() == onnx::readFile(folder.file("none.onnx")).status().message());
  CHECK(read.get() == nullptr);
}

TEST_CASE("what nodes fill their results with is read as C++ wrote it") {
  const auto fill = [](const char* name, float value) {
    return node("ConstantOfShape", {"s"}, {name}, {tensorAttribute("value", floatTensor("", {1}, {value}))}, name);
  };
  const std::string bytes =
      model(graph({fill("a", 2), fill("b", 1e30F), node("Mul", {"x", "a"}, {"t"}), node("Mul", {"t", "b"}, {"y"})}, {},
                  {info("x"), info("s", DType::int64, {1})}, {info("y")}));
  CModel read;
  REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) == PRECAST_OK);
  CResult result;
  REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  CWritten written;
  REQUIRE(precast_onnx_write(read, result, nullptr, written.out(), nullptr) == PRECAST_OK);
  const std::vector<ConvertedFill>& oracle = c::behind(written.get())->result.fills;
  REQUIRE(oracle.size() == 2);
  REQUIRE(precast_written_fill_count(written) == 2);
  std::uint64_t saturated = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    precast_fill row = PRECAST_FILL_INIT;
    precast_conversion conversion = {};
    REQUIRE(precast_written_fill(written, i, &row, &conversion, nullptr) == PRECAST_OK);
    CHECK((row.node == index(oracle[i].node) && row.value == index(oracle[i].value)));
    CHECK((row.from == PRECAST_DTYPE_FLOAT32 && row.to == PRECAST_DTYPE_FLOAT16));
    CHECK(conversion.elements == 1);
    saturated += conversion.saturated;
    CHECK(precast_written_fill(written, i, &row, nullptr, nullptr) == PRECAST_OK);
  }
  CHECK(saturated == 1);
  CError error;
  precast_fill row = PRECAST_FILL_INIT;
  CHECK(precast_written_fill(written, 2, &row, nullptr, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "fill 2 is not there: there are 2");
  CHECK(precast_written_fill(nullptr, 0, &row, nullptr, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(precast_written_fill_count(nullptr) == 0);
}

TEST_CASE("the owner of a model's bytes is released once, after everything that needs them") {
  std::string bytes = smallModel();
  int released = 0;
  CResult result;
  {
    CModel read;
    REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), count, &released, nullptr, read.out(), nullptr) ==
            PRECAST_OK);
    REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  }
  CHECK(released == 0);
  result.out();
  CHECK(released == 1);
  CModel none;
  CHECK(precast_onnx_read("\xFF", 1, count, &released, nullptr, none.out(), nullptr) != PRECAST_OK);
  CHECK(released == 2);
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_keep_alive(graph, &released, count, nullptr) == PRECAST_OK);
  CGraph copy;
  REQUIRE(precast_graph_copy(graph, copy.out(), nullptr) == PRECAST_OK);
  graph.out();
  CHECK(released == 2);
  copy.out();
  CHECK(released == 3);
  CHECK(precast_graph_keep_alive(nullptr, &released, count, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(released == 4);
}

TEST_CASE("every limit of reading can be set, and is the one of C++") {
  struct Limit {
    const char* message;  // of the refusal
    std::uint32_t refused;
    std::uint32_t enough;
    void (*set)(precast_read_options&, Limits&, std::uint32_t);
  };
  const Limit limits[] = {
      {"more than 1 deep", 1, 2, [](auto& c, auto& cpp, auto to) { c.region_depth = cpp.regionDepth = to; }},
      {"more than 1 deep", 1, 2, [](auto& c, auto& cpp, auto to) { c.function_depth = cpp.functionDepth = to; }},
      {"more than 2 nodes", 2, 20, [](auto& c, auto& cpp, auto to) { c.inlined_nodes = cpp.inlinedNodes = to; }},
      {"or 10 bytes", 10, 1 << 20, [](auto& c, auto& cpp, auto to) { c.inlined_bytes = cpp.inlinedBytes = to; }},
      {"x' has 3 dims, the limit is 2", 2, 3, [](auto& c, auto& cpp, auto to) { c.tensor_rank = cpp.tensorRank = to; }},
  };
  const std::string bytes = deepModel();
  for (const Limit& limit : limits) {
    for (const std::uint32_t value : {limit.refused, limit.enough}) {
      precast_read_options options = PRECAST_READ_OPTIONS_INIT;
      onnx::ReadOptions oracleOptions;
      limit.set(options, oracleOptions.limits, value);
      const absl::Status oracle = readBytesOf(bytes, oracleOptions).status();
      INFO(limit.message << " " << oracle);
      CError error;
      CHECK(readWith(bytes, options, error) == static_cast<precast_status>(oracle.raw_code()));
      CHECK(error.code() == (value == limit.refused ? PRECAST_RESOURCE_EXHAUSTED : PRECAST_OK));
      CHECK(error.message() == oracle.message());
      CHECK((value == limit.enough || error.message().find(limit.message) != std::string::npos));
    }
  }
}

TEST_CASE("writing tells how far it is, and takes as many threads as it is told for the same bytes") {
  const LargeModel large;
  CWritten first;
  REQUIRE(precast_onnx_write(large.read, large.result, nullptr, first.out(), nullptr) == PRECAST_OK);
  precast_write_options options = PRECAST_WRITE_OPTIONS_INIT;
  options.on_progress = note;
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    Steps steps;
    options.progress_user = &steps;
    options.threads = threads;
    CWritten written;
    CHECK(startedBy([&] { return precast_onnx_write(large.read, large.result, &options, written.out(), nullptr); }) ==
          static_cast<int>(threads) - 1);
    checkSteps(steps, threads, PRECAST_PHASE_WRITING, precast_written_bytes(written));
    CHECK((textOf(precast_written_data(written)) == textOf(precast_written_data(first))));
  }
}

TEST_CASE("large tensors go where the caller wants them, and files reach the device if asked") {
  const LargeModel large;
  const ScratchFolder folder;
  precast_write_options options = PRECAST_WRITE_OPTIONS_INIT;
  const auto writtenTo = [&](const char* name) {
    syncs = 0;
    CError error;
    const precast_status status =
        precast_onnx_write_file(large.read, large.result, folder.file(name).c_str(), &options, nullptr, error.out());
    INFO(error.message());
    CHECK(status == PRECAST_OK);
    return std::filesystem::exists(folder.file(std::string(name) + ".data"));
  };
  CHECK_FALSE(writtenTo("automatic"));
  CHECK(syncs == 0);
  options.placement = PRECAST_PLACE_EXTERNAL;
  options.durable = 1;
  CHECK(writtenTo("external"));
  CHECK(syncs > 0);
  CModel external;
  REQUIRE(precast_onnx_read_file(folder.file("external").c_str(), nullptr, external.out(), nullptr) == PRECAST_OK);
  CHECK(precast_model_bytes(external) > kSide * kSide * 2);
  options.placement = PRECAST_PLACE_INLINED;
  CHECK_FALSE(writtenTo("inlined"));
  CHECK(readBytes(folder.file("inlined")) == readBytes(folder.file("automatic")));

  CError error;
  CWritten written;
  options.placement = PRECAST_PLACE_EXTERNAL;
  CHECK(precast_onnx_write(large.read, large.result, &options, written.out(), error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "a model that is written into memory can have no data file");
  options.placement = 3;
  CHECK(precast_onnx_write(large.read, large.result, &options, written.out(), error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == "placement is 3, known are 0 to 2");
}

TEST_CASE(
    "a program that was built before options were appended gets their defaults, whatever lies behind its struct") {
  const LargeModel large;
  const auto never = [](const precast_progress*, void*) { FAIL("called"); };
  precast_write_options write = PRECAST_WRITE_OPTIONS_INIT;
  write.on_progress = never;
  write.placement = PRECAST_PLACE_EXTERNAL;
  write.struct_size = offsetof(precast_write_options, on_progress);
  CWritten written;
  CHECK(precast_onnx_write(large.read, large.result, &write, written.out(), nullptr) == PRECAST_OK);

  precast_read_options read = PRECAST_READ_OPTIONS_INIT;
  read.function_depth = 1;
  CError error;
  CHECK(readWith(deepModel(), read, error) == PRECAST_RESOURCE_EXHAUSTED);
  read.struct_size = offsetof(precast_read_options, function_depth);
  CHECK(readWith(deepModel(), read, error) == PRECAST_OK);

  // There never was a struct that ended within these fields.
  for (std::size_t size = read.struct_size + 1; size < sizeof(read); ++size) {
    precast_read_options half = read;
    half.struct_size = size;
    CHECK(readWith(large.bytes, half, error) == PRECAST_INVALID_ARGUMENT);
  }
  for (std::size_t size = write.struct_size + 1; size < sizeof(write); ++size) {
    precast_write_options half = write;
    half.struct_size = size;
    CHECK(precast_onnx_write(large.read, large.result, &half, written.out(), nullptr) == PRECAST_INVALID_ARGUMENT);
  }
}

TEST_CASE("an exception of a progress callback ends at the boundary, after all threads are done") {
  const LargeModel large;
  precast_write_options options = PRECAST_WRITE_OPTIONS_INIT;
  options.threads = 2;
  options.on_progress = [](const precast_progress*, void*) { throw std::runtime_error("mine"); };
  CWritten written;
  CError error;
  CHECK(precast_onnx_write(large.read, large.result, &options, written.out(), error.out()) == PRECAST_INTERNAL);
  CHECK(error.message() == "an exception left a callback or the library");
  CHECK(written.get() == nullptr);
}
