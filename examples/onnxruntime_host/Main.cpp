// A host with a real engine: it compiles a model in memory, runs the original and the result in ONNX Runtime, which it
// links (Session.h), and prints how they differ in speed and in their answers.
//
//   onnxruntime_host MODEL N,C,H,W TARGET [LEAST_COSINE]
//
// The model has one float32 input and one float32 output. Ends with 1 if the answers differ more than LEAST_COSINE
// says.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "../Answers.h"
#include "Session.h"
#include "precast/precast.h"

namespace {

absl::StatusOr<std::string> compileInMemory(const std::shared_ptr<const std::string>& bytes, const char* targetName) {
  const auto target = precast::Target::builtin(targetName);
  if (!target.ok()) return target.status();
  const auto model =
      precast::onnx::read(absl::MakeConstSpan(reinterpret_cast<const std::byte*>(bytes->data()), bytes->size()), bytes);
  if (!model.ok()) return model.status();
  precast::CompileOptions options;
  options.target = &*target;
  options.policy.numericGuard = precast::NumericGuard::keep;  // what float16 would ruin stays in float32
  const auto result = precast::compile(model->graph, options);
  if (!result.ok()) return result.status();
  std::string out;
  if (auto written = precast::onnx::write(*result, *model->source, &out); !written.ok()) return written.status();

  precast::ReportInput report;
  report.model = "compiled";
  report.graph = &model->graph;
  report.result = &*result;
  report.mode = options.policy.mode;
  report.bytesBefore = bytes->size();
  report.bytesAfter = out.size();
  std::printf("%s", precast::writeReportTable(report).c_str());
  return out;
}

double milliseconds(const Session& session, const std::vector<float>& input, const std::vector<std::int64_t>& shape) {
  const auto start = std::chrono::steady_clock::now();
  if (!session.run(input, shape).ok()) return std::nan("");
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

absl::Status run(const std::string& path, const std::vector<std::int64_t>& shape, const char* target, double least) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("no file '" + path + "'");
  const auto original =
      std::make_shared<const std::string>(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  const auto compiled = compileInMemory(original, target);
  if (!compiled.ok()) return compiled.status();

  const auto before = Session::create(*original);
  if (!before.ok()) return before.status();
  const auto after = Session::create(*compiled);
  if (!after.ok()) return after.status();
  const std::vector<float> input = page(shape);
  const auto expected = (*before)->run(input, shape);
  if (!expected.ok()) return expected.status();
  const auto answer = (*after)->run(input, shape);
  if (!answer.ok()) return answer.status();
  const Difference difference = compare(*expected, *answer);
  std::vector<double> timesBefore, timesAfter;  // in turn, so that both see the same machine
  for (int i = 0; i < 11; ++i) {
    timesBefore.push_back(milliseconds(**before, input, shape));
    timesAfter.push_back(milliseconds(**after, input, shape));
  }
  std::printf("ONNX Runtime %s, one thread, median of 11 runs\n", OrtGetApiBase()->GetVersionString());
  std::printf("  original  %8.2f ms\n  compiled  %8.2f ms\n", median(timesBefore), median(timesAfter));
  std::printf("  cosine %.6f, largest difference %.2g of %zu numbers\n", difference.cosine, difference.largest,
              expected->size());
  if (!(difference.cosine >= least)) return absl::FailedPreconditionError("the answers differ too much");
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: onnxruntime_host MODEL N,C,H,W TARGET [LEAST_COSINE]\n");
    return 2;
  }
  std::vector<std::int64_t> shape;
  std::stringstream extents(argv[2]);
  for (std::string extent; std::getline(extents, extent, ',');) shape.push_back(std::atoll(extent.c_str()));
  const absl::Status status = run(argv[1], shape, argv[3], argc > 4 ? std::atof(argv[4]) : 0.0);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
