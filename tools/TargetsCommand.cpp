#include "TargetsCommand.h"

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "Messages.h"
#include "TargetFlags.h"
#include "TextTable.h"
#include "fmt/format.h"
#include "precast/Target.h"

namespace precast::tool {

namespace {

std::string librariesOf(const Target& target) {
  std::string list;
  for (const KernelLibrary& library : target.libraries())
    list += fmt::format("{}{}", list.empty() ? "" : ", ", library.name);
  return list;
}

std::string operatorsOf(const Target& target) {
  return servesBySchema(target) ? "all of ONNX" : fmt::format("{}", target.operatorNames().size());
}

}  // namespace

void addTargetsCommand(CLI::App& app) { app.add_subcommand("targets", "List the built-in targets"); }

int runTargets() {
  std::vector<std::vector<std::string>> lines = {{"target", "operators", "kernel libraries", "SoC versions"}};
  for (std::string_view name : Target::builtinNames()) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    if (!target.ok()) return fail(target.status());
    lines.push_back({std::string(name), operatorsOf(*target), librariesOf(*target),
                     fmt::format("{}", fmt::join(Target::socVersions(name), ", "))});
  }
  return printResult(alignColumns(std::move(lines)));
}

}  // namespace precast::tool
