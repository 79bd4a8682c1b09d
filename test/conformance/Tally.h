// The closing tables of a sweep: how many results had which outcome, and every outcome that is not plain success by
// name.

#pragma once

#include <string>
#include <vector>

#include "ModelSweep.h"

namespace precast::test {

struct SweptModel {
  std::string name;
  ModelOutcome result;
};

/// One table per target, outcomes by modes.
std::string countTables(const std::vector<SweptModel>& models, const std::vector<SweepTarget>& targets);

/// The outcomes of `grade`, each with its details and the models that had it; beyond `namesPerDetail` models only their
/// number.
std::string deviations(const std::vector<SweptModel>& models, Grade grade, std::size_t namesPerDetail);

std::size_t countOf(const std::vector<SweptModel>& models, Grade grade);

}  // namespace precast::test
