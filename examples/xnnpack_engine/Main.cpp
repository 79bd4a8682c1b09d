// An engine with its own IR and XNNPACK's kernels, driven by precast's plan: it reads an ONNX model itself, asks
// precast which dtype every operand should have on a target that lists XNNPACK's kernels, lowers accordingly, and
// compares its answers with those of ONNX Runtime. XNNPACK types its operators strictly and converts nothing by itself,
// so a plan that left anything open could not be run.
//
//   xnnpack_engine MODEL N,C,H,W OPS_INFO
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "../Answers.h"
#include "../onnxruntime_host/Session.h"
#include "Engine.h"
#include "precast/precast.h"

namespace {

constexpr std::size_t kPages = 8;

absl::StatusOr<std::string> readAll(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("no file '" + std::string(path) + "'");
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

absl::Status run(const char* modelPath, const std::vector<std::int64_t>& shape, const char* opsInfoPath) {
  const auto bytes = readAll(modelPath);
  if (!bytes.ok()) return bytes.status();
  const auto opsInfo = readAll(opsInfoPath);
  if (!opsInfo.ok()) return opsInfo.status();
  const auto target = precast::Target::fromOpsInfo(*opsInfo, "xnnpack-ops-info.json");
  if (!target.ok()) return target.status();
  const auto model =
      precast::onnx::read(absl::MakeConstSpan(reinterpret_cast<const std::byte*>(bytes->data()), bytes->size()));
  if (!model.ok()) return model.status();
  const auto network = xnn_engine::readNetwork(*bytes);
  if (!network.ok()) return network.status();

  const auto session = Session::create(*bytes);
  if (!session.ok()) return session.status();
  std::vector<float> expected;
  for (std::size_t i = 0; i < kPages; ++i) {
    const auto answer = (*session)->run(page(shape, i), shape);
    if (!answer.ok()) return answer.status();
    expected.insert(expected.end(), answer->begin(), answer->end());
  }

  // XNNPACK's float16 kernels also add up in float16, so their answers are only near; those in float32 are the same.
  struct Row {
    precast::PrecisionMode mode;
    double mostDifference;
  };
  for (const Row& row : {Row{precast::PrecisionMode::forceFp32, 1e-4}, Row{precast::PrecisionMode::forceFp16, 0.1},
                         Row{precast::PrecisionMode::allowMixPrecision, 0.1}}) {
    precast::CompileOptions options;
    options.target = &*target;
    options.policy.mode = row.mode;
    const auto plan = precast::plan(model->graph, options);
    if (!plan.ok()) return plan.status();
    const auto engine = xnn_engine::lower(*network, {model->graph, *plan}, shape);
    if (!engine.ok()) return engine.status();

    std::vector<float> answers;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kPages; ++i) {
      const auto answer = (*engine)->run(page(shape, i));
      if (!answer.ok()) return answer.status();
      answers.insert(answers.end(), answer->begin(), answer->end());
    }
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    const Difference difference = compare(expected, answers);
    std::size_t sameClass = 0;  // the model tells upright lines from those upside down
    for (std::size_t i = 0; i + 1 < answers.size(); i += 2) {
      sameClass += (answers[i] > answers[i + 1]) == (expected[i] > expected[i + 1]);
    }
    std::printf("%-20s %3zu of %3zu operators in float16, %2zu conversions, %6.2f ms, largest difference %.2g\n",
                std::string(toString(row.mode)).c_str(), (*engine)->halfOperators(), (*engine)->operators(),
                (*engine)->conversions(), time.count() / kPages, difference.largest);
    if (!(difference.largest <= row.mostDifference) || sameClass != kPages)
      return absl::FailedPreconditionError("the answers differ");
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: xnnpack_engine MODEL N,C,H,W OPS_INFO\n");
    return 2;
  }
  if (xnn_initialize(nullptr) != xnn_status_success) {
    std::fprintf(stderr, "XNNPACK does not run on this CPU\n");
    return 1;
  }
  std::vector<std::int64_t> shape;
  std::stringstream extents(argv[2]);
  for (std::string extent; std::getline(extents, extent, ',');) shape.push_back(std::atoll(extent.c_str()));
  const absl::Status status = run(argv[1], shape, argv[3]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
