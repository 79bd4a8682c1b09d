// The options of reading, compiling and writing: what they do, and what a program gets that was built before some were
// appended to their structs. The system calls are watched, for files alone do not show threads and syncs.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

#include "COwned.h"
#include "Command.h"
#include "ModelBuilder.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

std::atomic<int> threadsStarted = 0;
std::atomic<int> syncs = 0;

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto next = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  ++threadsStarted;
  return next(thread, attributes, start, argument);
}

extern "C" int fsync(int descriptor) {
  ++syncs;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace {

constexpr std::int64_t kSide = 1024;  // a matrix of 4 MiB: more than one thread's work

std::string largeModel() {
  std::vector<float> values(kSide * kSide, 0.5F);
  values[1] = 70000;
  return model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mm")}, {floatTensor("w", {kSide, kSide}, values)},
                     {info("x", DType::float32, {1, kSide})}, {info("y", DType::float32, {1, kSide})}));
}

struct LargeModel {
  LargeModel() {
    REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) ==
            PRECAST_OK);
    REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  }
  std::string bytes = largeModel();
  CModel read;
  CResult result;
};

using Steps = std::vector<precast_progress>;

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

void note(const precast_progress* progress, void* steps) { static_cast<Steps*>(steps)->push_back(*progress); }

void checkSteps(const Steps& steps, std::size_t threads, precast_phase phase, std::uint64_t total) {
  REQUIRE(steps.size() > (threads == 1 ? 1 : 0));  // the caller's thread tells; others may be faster
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CHECK((steps[i].phase == phase && steps[i].total == total));
    CHECK((i == 0 || steps[i - 1].done <= steps[i].done));
  }
  CHECK(steps.back().done == total);
}

int startedBy(const std::function<precast_status()>& call) {
  threadsStarted = 0;
  CHECK(call() == PRECAST_OK);
  return threadsStarted;
}

}  // namespace

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

TEST_CASE("the limits of a JSON graph can be set, and are those of C++") {
  const std::string text = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32","shape":[1,1,1]}],
                              "constants":[],"nodes":[],"outputs":["x"]})";
  for (const std::uint32_t depth : {0U, 3U, 4U}) {
    for (const std::uint32_t rank : {0U, 2U, 3U}) {
      INFO(depth << " deep, rank " << rank);
      precast_json_options options = PRECAST_JSON_OPTIONS_INIT;
      options.json_depth = depth;
      options.tensor_rank = rank;
      Limits limits;
      if (depth != 0) limits.jsonDepth = depth;
      if (rank != 0) limits.tensorRank = rank;
      const absl::Status oracle = parseGraphJson(text, "G", limits).status();
      CHECK(oracle.ok() == (depth != 3 && rank != 2));
      CGraph graph;
      CError error;
      CHECK(precast_graph_parse_json(text.data(), text.size(), "G", &options, graph.out(), error.out()) ==
            static_cast<precast_status>(oracle.raw_code()));
      CHECK(error.message() == oracle.message());
      CHECK((graph.get() != nullptr) == oracle.ok());
    }
  }
  precast_json_options wrong = PRECAST_JSON_OPTIONS_INIT;
  --wrong.struct_size;
  CGraph graph;
  CHECK(precast_graph_parse_json(text.data(), text.size(), "G", &wrong, graph.out(), nullptr) ==
        PRECAST_INVALID_ARGUMENT);
}

TEST_CASE("the scan of constants tells how far it is, and takes as many threads as it is told") {
  const LargeModel large;
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_numeric_guard(policy, PRECAST_GUARD_KEEP, nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.policy = policy;
  options.on_progress = note;
  for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
    Steps steps;
    options.progress_user = &steps;
    options.threads = threads;
    CResult result;
    CHECK(startedBy([&] {
            return precast_compile(precast_model_graph(large.read), &options, result.out(), nullptr);
          }) == static_cast<int>(threads) - 1);
    checkSteps(steps, threads, PRECAST_PHASE_SCANNING, kSide * kSide * sizeof(float));
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
  precast_compile_options compile = PRECAST_COMPILE_OPTIONS_INIT;
  compile.on_progress = never;
  compile.struct_size = offsetof(precast_compile_options, on_progress);
  CPlan plan;
  CHECK(precast_make_plan(precast_model_graph(large.read), &compile, plan.out(), nullptr) == PRECAST_OK);
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
