// One line on a terminal that says how far a long run is, and goes away at its end. Nothing where standard error is no
// terminal, and nothing in the first second.
#pragma once

#include <chrono>

#include "precast/Progress.h"

namespace precast::tool {

class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// What CompileOptions and WriteOptions call; empty if nothing is to be shown. It must not outlive this object.
  ProgressSink sink();
  /// Takes the line away, so that something else can be printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void show(const Progress& progress);

  bool enabled_;
  bool visible_ = false;
  Clock::time_point next_;  // when the line is next drawn
};

}  // namespace precast::tool
