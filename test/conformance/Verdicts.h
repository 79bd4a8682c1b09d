// What the engine makes of the source of a sweep and of its results. One object per source: results that are the same
// bytes are loaded and run once.

#pragma once

#include "Agreement.h"
#include "ModelSweep.h"
#include "TestData.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace precast::test {

class Verdicts {
 public:
  /// Loads and runs the source. `graph` says which dtypes its inputs and outputs have.
  Verdicts(const SweepModel& model, const Graph& graph);

  /// What the engine says of the result `bytes`. `half` is the 16-bit dtype that it may have been lowered to; undefined
  /// asks for the very bits of the source's results.
  Outcome judge(const std::string& bytes, DType half);

 private:
  struct Run {
    std::vector<EngineValue> inputs;
    std::vector<EngineValue> expected;
    std::map<DType, std::vector<EngineValue>> ofRoundedInputs;
  };

  bool sourceOptimizes();
  Outcome load(const std::string& bytes, DType half, Optimization optimization);
  Outcome compare(const OrtModel& model, DType half);
  Outcome compareRun(Run& run, const std::vector<EngineValue>& actual, DType half);

  const SweepModel& model_;
  std::string sourceError_;   // why the source does not load
  std::string numbersError_;  // why no numbers can be compared
  std::optional<OrtModel> source_;
  std::optional<bool> sourceOptimizes_;
  std::vector<Run> runs_;
  std::map<std::pair<std::string, DType>, Outcome> known_;
};

}  // namespace precast::test
