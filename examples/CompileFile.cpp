// An ONNX file in, its float16 twin out: CompileFile IN.onnx OUT.onnx. Without arguments a small model is made first.
#include <cstdio>
#include <fstream>
#include <string>

#include "SmallModel.h"
#include "precast/precast.h"

namespace {

absl::Status run(const std::string& in, const std::string& out) {
  const auto model = precast::onnx::readFile(in);
  if (!model.ok()) return model.status();
  precast::CompileOptions options;  // force_fp16 on target "onnx"
  options.diagnostics = [](const precast::Diagnostic& diagnostic) { std::printf("%s\n", diagnostic.message.c_str()); };
  const auto result = precast::compile(model->graph, options);
  if (!result.ok()) return result.status();
  const auto written = precast::onnx::writeFile(*result, *model->source, out);
  if (!written.ok()) return written.status();
  precast::reportConversions(model->graph, *result, written->conversions, options.diagnostics, written->fills);
  std::printf("%s: %zu casts, %zu constants converted, %llu bytes\n", out.c_str(), result->rewrite.casts.size(),
              result->rewrite.constants.size(), static_cast<unsigned long long>(written->bytes));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string in = argc > 1 ? argv[1] : "small.onnx";
  if (argc <= 1) std::ofstream(in, std::ios::binary) << smallModel();
  const absl::Status status = run(in, argc > 2 ? argv[2] : "small.fp16.onnx");
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
