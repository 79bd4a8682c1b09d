// precast_conformance: no broken model, ever. Compiles many models in every mode on several targets, and holds each
// result to what a result owes: it verifies, loads, computes the same, keeps its inputs and outputs, and compiles to
// itself.
//
//   precast_conformance corpus [--only=TEXT] [--list] [--keep=FOLDER]   the models and test data of Debian's
//   libonnx-testdata precast_conformance schema [--only=TEXT] [--list] [--keep=FOLDER]   a generated model for every
//   operator version
//
// Ends with tables of all outcomes; exit status 1 if anything is broken. --only takes the models whose name has TEXT in
// it, --list names all models behind every excuse, --keep leaves sources and results in an empty FOLDER.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "Command.h"
#include "Corpus.h"
#include "FullCheck.h"
#include "ModelSweep.h"
#include "SchemaModels.h"
#include "Tally.h"
#include "fmt/format.h"

namespace {

using namespace precast::test;

struct Flags {
  std::string models;
  std::string only;
  std::string keep;
  bool list = false;
};

bool parse(const std::vector<std::string>& arguments, Flags& flags) {
  for (const std::string& argument : arguments) {
    if (argument == "corpus" || argument == "schema") {
      flags.models = argument;
    } else if (argument.rfind("--only=", 0) == 0) {
      flags.only = argument.substr(7);
    } else if (argument.rfind("--keep=", 0) == 0) {
      flags.keep = argument.substr(7);
    } else if (argument == "--list") {
      flags.list = true;
    } else {
      return false;
    }
  }
  return !flags.models.empty();
}

std::vector<SweepModel> chosen(const Flags& flags) {
  std::vector<SweepModel> all = flags.models == "corpus" ? corpusModels() : schemaModels();
  std::vector<SweepModel> some;
  for (SweepModel& model : all) {
    if (model.name.find(flags.only) != std::string::npos) some.push_back(std::move(model));
  }
  return some;
}

std::vector<SweptModel> sweepAll(const std::vector<SweepModel>& models, const std::vector<SweepTarget>& targets) {
  std::vector<SweptModel> swept(models.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < models.size(); i = next++) {
      swept[i] = {models[i].name, sweepModel(models[i], targets)};
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  return swept;
}

int run(const Flags& flags) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<SweepModel> models = chosen(flags);
  const std::vector<SweepTarget> targets = sweepTargets();
  std::vector<SweptModel> swept = sweepAll(models, targets);
  const ScratchFolder scratch;
  std::vector<std::string> sources;
  for (const SweepModel& model : models) sources.push_back(model.bytes);
  const std::size_t checked = applyFullCheck(swept, sources, flags.keep.empty() ? scratch.path().string() : flags.keep);
  fmt::print("{}", deviations(swept, Grade::excused, flags.list ? models.size() : 3));
  fmt::print("{}", deviations(swept, Grade::broken, models.size()));
  fmt::print("{}", countTables(swept, targets));
  const std::size_t broken = countOf(swept, Grade::broken);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print(
      "\n{} models, {} results: {} fine, {} excused, {} broken; {} distinct ones through the full checker; {:.0f} s\n",
      models.size(), models.size() * targets.size() * sweepModes().size(), countOf(swept, Grade::fine),
      countOf(swept, Grade::excused), broken, checked, seconds.count());
  return broken == 0 && !models.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  if (!parse({argv + 1, argv + argc}, flags)) {
    fmt::print(stderr, "usage: precast_conformance corpus|schema [--only=TEXT] [--list] [--keep=FOLDER]\n");
    return 2;
  }
  try {
    return run(flags);
  } catch (const std::exception& error) {
    fmt::print(stderr, "precast_conformance: {}\n", error.what());
    return 1;
  }
}
