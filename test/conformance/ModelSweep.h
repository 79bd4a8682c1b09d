// One model through every mode and target of the sweep: what must hold of each result, and why a result may be excused.
//
// Nothing is excused by a list of names. The reasons are found out: by the engine (it has no kernel, it does not load
// the source either), by the library's own refusals, and by running the source on rounded inputs.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "precast/precast.h"

namespace precast::test {

struct SweepModel {
  std::string name;
  std::string bytes;
  std::vector<std::string> testSets;  ///< folders
};

struct SweepTarget {
  std::string name;
  Target target;
};

/// The modes of the sweep, by position in an outcome.
const std::vector<PrecisionMode>& sweepModes();
std::vector<SweepTarget> sweepTargets();

enum class Grade { fine, excused, broken };

/// What became of one model in one mode on one target.
struct Outcome {
  Grade grade = Grade::fine;
  std::string name;    ///< one of a few: "numbers agree", "no kernel in the runtime"
  std::string detail;  ///< what it was: "Clip(13)"
  int output = -1;     ///< index into ModelOutcome::outputs
};

struct ModelOutcome {
  std::vector<Outcome> outcomes;     ///< by target, then by mode
  std::vector<std::string> outputs;  ///< the distinct results other than the source itself
};

ModelOutcome sweepModel(const SweepModel& model, const std::vector<SweepTarget>& targets);

}  // namespace precast::test
