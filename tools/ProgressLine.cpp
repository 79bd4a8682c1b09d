#include "ProgressLine.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "fmt/format.h"

namespace precast::tool {

namespace {

constexpr auto kSilence = std::chrono::seconds(1);
constexpr auto kBetween = std::chrono::milliseconds(100);
constexpr double kMebibyte = 1024.0 * 1024.0;
constexpr const char* kEraseLine = "\r\x1b[K";

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : enabled_(!quiet && ::isatty(STDERR_FILENO) == 1), next_(Clock::now() + kSilence) {}

ProgressSink ProgressLine::sink() {
  if (!enabled_) return {};
  return [this](const Progress& progress) { show(progress); };
}

void ProgressLine::show(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (now < next_ || progress.total == 0) return;
  next_ = now + kBetween;
  visible_ = true;
  print(fmt::format("{}precast: {} {:.0f} of {:.0f} MiB ({}%)", kEraseLine,
                    progress.phase == Phase::scanning ? "scanning" : "writing",
                    static_cast<double>(progress.done) / kMebibyte, static_cast<double>(progress.total) / kMebibyte,
                    progress.done * 100 / progress.total));
}

void ProgressLine::clear() {
  if (!visible_) return;
  visible_ = false;
  print(kEraseLine);
}

}  // namespace precast::tool
