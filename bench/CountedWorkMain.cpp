// CountedWork plan|read|write NODES    one piece of work on a generated model, for a counter of instructions
//
// Only what countedWork() does is to be counted (valgrind --tool=callgrind --toggle-collect=countedWork); see count.py.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "SyntheticGraph.h"
#include "SyntheticModel.h"
#include "precast/precast.h"

namespace {

using namespace precast;

struct Work {
  std::string_view kind;
  Graph graph;
  CompileOptions options;
  std::string text;
  onnx::Model model;
  CompileResult result;
  std::string out;
};

absl::Span<const std::byte> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

extern "C" __attribute__((noinline)) bool countedWork(Work& work) {
  if (work.kind == "plan") return plan(work.graph, work.options).ok();
  if (work.kind == "read") return onnx::read(bytesOf(work.text)).ok();
  onnx::WriteOptions options;
  options.threads = 1;
  return onnx::write(work.result, *work.model.source, &work.out, options).ok();
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: CountedWork plan|read|write NODES\n", stderr);
    return 2;
  }
  Work work;
  work.kind = argv[1];
  const auto nodes = static_cast<std::size_t>(std::strtoull(argv[2], nullptr, 10));
  const absl::StatusOr<Target> target = Target::builtin("onnx");
  if (!target.ok()) return 1;
  work.options.target = &*target;
  work.options.policy.mode = PrecisionMode::allowMixPrecision;
  if (work.kind == "plan") {
    work.graph = bench::syntheticGraph(nodes);
  } else {
    work.text = bench::syntheticModel(nodes);
  }
  if (work.kind == "write") {
    absl::StatusOr<onnx::Model> model = onnx::read(bytesOf(work.text));
    if (!model.ok()) return 1;
    work.model = *std::move(model);
    absl::StatusOr<CompileResult> result = compile(work.model.graph, work.options);
    if (!result.ok()) return 1;
    work.result = *std::move(result);
  }
  return countedWork(work) ? 0 : 1;
}
