// A model that never touches the disk: bytes in, bytes out. The owner handed to read() keeps the input alive for as
// long as anything refers to it, so weights are never copied.
#include <cstdio>
#include <memory>
#include <string>

#include "SmallModel.h"
#include "precast/precast.h"

namespace {

absl::StatusOr<std::string> toFloat16(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  const auto view = absl::MakeConstSpan(reinterpret_cast<const std::byte*>(owner->data()), owner->size());
  const auto model = precast::onnx::read(view, owner);
  if (!model.ok()) return model.status();
  const auto result = precast::compile(model->graph);
  if (!result.ok()) return result.status();
  std::string out;
  const auto written = precast::onnx::write(*result, *model->source, &out);
  if (!written.ok()) return written.status();
  return out;
}

absl::Status run() {
  const auto once = toFloat16(smallModel());
  if (!once.ok()) return once.status();
  const auto twice = toFloat16(*once);
  if (!twice.ok()) return twice.status();
  std::printf("%zu bytes became %zu\n", smallModel().size(), once->size());
  std::printf("compiled again: %s\n", *once == *twice ? "the same bytes" : "other bytes");
  const auto broken = toFloat16(once->substr(0, 20));
  std::printf("cut short: %s\n", std::string(broken.status().message()).c_str());
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
