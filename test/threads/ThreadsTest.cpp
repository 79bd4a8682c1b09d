// One graph, one policy and one target, compiled by 64 threads at once. Under ThreadSanitizer (preset tsan) this says
// that const access is thread-safe; in every build, that all threads get the same bytes.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "GraphText.h"
#include "ModelBuilder.h"
#include "precast-c/precast.h"
#include "precast/precast.h"

using namespace precast;
using namespace precast::test;

namespace {

constexpr int kThreads = 64;

// A chain of all that the compiler treats in its own way: constants, movers, Casts, bodies, lists, guards.
std::string modelBytes() {
  Messages nodes;
  Messages weights;
  std::string last = "x";
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    weights.push_back(floatTensor("w" + n, {2}, {1, i % 3 == 0 ? 70000.0F : 0.5F}));
    nodes.push_back(node("MatMul", {last, "w" + n}, {"m" + n}, {}, "matmul" + n));
    nodes.push_back(node("Reshape", {"m" + n, "shape"}, {"r" + n}, {}, "reshape" + n));
    nodes.push_back(node("Softmax", {"r" + n}, {"s" + n}, {}, "softmax" + n));
    last = "s" + n;
  }
  weights.push_back(rawTensor("shape", DType::int64, {1}, std::string("\2\0\0\0\0\0\0\0", 8)));
  nodes.push_back(node("Identity", {last}, {"y"}));
  return model(test::graph(nodes, weights, {info("x")}, {info("y")}));
}

// Runs `work` (which returns what it made) in all threads at once; fails the test unless all made the same.
template <typename Work>
void checkSame(const Work& work) {
  std::vector<std::string> made(kThreads);
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ++ready;
      while (ready.load() < kThreads) std::this_thread::yield();
      made[static_cast<std::size_t>(t)] = work();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(made[0].empty());
  for (const std::string& each : made) CHECK(each == made[0]);
}

}  // namespace

TEST_CASE("64 threads compile one graph to the same bytes") {
  const std::string bytes = modelBytes();
  const onnx::Model source = modelOf(bytes);
  for (const char* name : {"onnx", "ascend310p"}) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    const PassPipeline passes = PassPipeline::standard();
    CompileOptions options;
    options.target = &*target;
    options.passes = &passes;
    options.policy.mode = PrecisionMode::allowMixPrecision;
    options.policy.numericGuard = NumericGuard::keep;
    options.policy.keepDtype.push_back({NodeSelector::Kind::glob, "softmax1*", ""});
    checkSame([&] {
      std::string out;
      const absl::StatusOr<CompileResult> result = compile(source.graph, options);
      if (!result.ok() || !onnx::write(*result, *source.source, &out).ok()) return std::string();
      ReportInput report;
      report.graph = &source.graph;
      report.result = &*result;
      return out + writeReportJson(report);
    });
  }
}

TEST_CASE("64 threads read, compile and write through C") {
  const std::string bytes = modelBytes();
  checkSame([&] {
    precast_model* read = nullptr;
    precast_result* result = nullptr;
    precast_written* written = nullptr;
    std::string out;
    if (precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, &read, nullptr) == PRECAST_OK &&
        precast_compile(precast_model_graph(read), nullptr, &result, nullptr) == PRECAST_OK &&
        precast_onnx_write(read, result, nullptr, &written, nullptr) == PRECAST_OK) {
      const precast_string data = precast_written_data(written);
      out.assign(data.data, data.size);
    }
    precast_written_free(written);
    precast_result_free(result);
    precast_model_free(read);
    return out;
  });
}
