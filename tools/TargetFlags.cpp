#include "TargetFlags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "InputFile.h"
#include "Messages.h"
#include "fmt/format.h"

namespace precast::tool {

namespace {

// Of a name that is not among those known, what `find`, which then finds nothing, says.
template <typename Names>
std::string unknownName(std::string_view flag, const std::string& name, const Names& known,
                        absl::StatusOr<Target> (*find)(std::string_view)) {
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return "";
  return fmt::format("{}: {}", flag, messageOf(find(name).status()));
}

}  // namespace

void addTargetFlags(CLI::App& command, TargetFlags& flags, const std::string& fallback) {
  const std::string otherwise = fallback.empty() ? "" : fmt::format(" (default: {})", fallback);
  command.add_option("--target", flags.target,
                     fmt::format("built-in target: {}{}", fmt::join(Target::builtinNames(), ", "), otherwise));
  command.add_option("--soc_version", flags.socVersion,
                     fmt::format("Ascend SoC: {}", fmt::join(Target::socVersions(), ", ")));
  command
      .add_option("--ops_info", flags.opsInfo, "op-info file of your own; may be given several times, later ones win")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);  // what follows its one value is a word of its own
}

std::string targetFlagsMistake(const TargetFlags& flags) {
  if (!flags.target.empty() && !flags.socVersion.empty()) return "--target and --soc_version exclude each other";
  const std::string mistake = unknownName("--target", flags.target, Target::builtinNames(), Target::builtin);
  return mistake.empty() ? unknownName("--soc_version", flags.socVersion, Target::socVersions(), Target::forSoc)
                         : mistake;
}

absl::StatusOr<Target> readTarget(const TargetFlags& flags, const std::string& fallback,
                                  const DiagnosticSink& diagnostics) {
  const bool named = !flags.target.empty() || !flags.socVersion.empty();
  std::optional<Target> target;
  if (named || flags.opsInfo.empty()) {
    absl::StatusOr<Target> base =
        !flags.socVersion.empty() ? Target::forSoc(flags.socVersion) : Target::builtin(named ? flags.target : fallback);
    if (!base.ok()) return base.status();
    target = *std::move(base);
  }
  for (const std::string& path : flags.opsInfo) {
    const absl::StatusOr<std::string> text = readText(path);
    if (!text.ok()) return text.status();
    absl::StatusOr<Target> next = target.has_value() ? target->withOpsInfo(*text, path, diagnostics)
                                                     : Target::fromOpsInfo(*text, path, diagnostics);
    if (!next.ok()) return next.status();
    target = *std::move(next);
  }
  return *std::move(target);
}

bool servesBySchema(const Target& target) {
  OpKind any;
  any.type = "any";
  any.hasSchema = true;
  return target.resolve(any).known;
}

}  // namespace precast::tool
