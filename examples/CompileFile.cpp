// An ONNX file in, its float16 twin out: CompileFile IN.onnx OUT.onnx. Without arguments a model of one Relu is made
// first.
#include <cstdio>
#include <fstream>
#include <string>

#include "precast/precast.h"

namespace {

// One field of a protobuf message, short enough for a length of one byte.
std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

void writeSmallModel(const std::string& path) {
  const std::string shape = field(1, "\x08\x04");                   // one dimension of 4
  const std::string type = field(1, "\x08\x01" + field(2, shape));  // a float32 tensor
  const std::string node = field(1, "x") + field(2, "y") + field(3, "relu") + field(4, "Relu");
  const std::string graph = field(1, node) + field(2, "small") + field(11, field(1, "x") + field(2, type)) +
                            field(12, field(1, "y") + field(2, type));
  std::ofstream(path, std::ios::binary) << "\x08\x08" + field(7, graph) + field(8, "\x10\x0D");  // IR 8, opset 13
}

absl::Status run(const std::string& in, const std::string& out) {
  const auto model = precast::onnx::readFile(in);
  if (!model.ok()) return model.status();
  precast::CompileOptions options;  // force_fp16 on target "onnx"
  options.diagnostics = [](const precast::Diagnostic& diagnostic) { std::printf("%s\n", diagnostic.message.c_str()); };
  const auto result = precast::compile(model->graph, options);
  if (!result.ok()) return result.status();
  const auto written = precast::onnx::writeFile(*result, *model->source, out);
  if (!written.ok()) return written.status();
  precast::reportConversions(model->graph, *result, written->conversions, options.diagnostics);
  std::printf("%s: %zu casts, %zu constants converted, %llu bytes\n", out.c_str(), result->rewrite.casts.size(),
              result->rewrite.constants.size(), static_cast<unsigned long long>(written->bytes));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string in = argc > 1 ? argv[1] : "small.onnx";
  if (argc <= 1) writeSmallModel(in);
  const absl::Status status = run(in, argc > 2 ? argv[2] : "small.fp16.onnx");
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
