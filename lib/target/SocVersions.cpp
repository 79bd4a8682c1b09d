// Which built-in target describes which Ascend SoC: ops_info/ascend/soc-versions.json.
#include <algorithm>

#include "fmt/format.h"
#include "precast/Target.h"
#include "support/NearestName.h"
#include "target/EmbeddedFiles.h"
#include "target/OpsInfoReader.h"

namespace precast {

namespace {

absl::StatusOr<std::vector<target::SocVersion>> socTable() {
  const target::EmbeddedFile* file = target::findEmbedded("ascend/soc-versions.json");
  if (file == nullptr) return absl::InternalError("the table of SoC versions is not built in");
  return target::readSocVersions(file->text, file->path);
}

// What a message says about a name that is none of the table: those of a target that is called so, which may be others
// than the name is like.
std::string listKnownSocs(std::string_view name, const std::vector<target::SocVersion>& table) {
  std::vector<std::string_view> known;
  std::vector<std::string_view> ofTarget;
  std::string_view called;
  for (const target::SocVersion& soc : table) {
    known.emplace_back(soc.name);
    if (!support::equalIgnoringCase(soc.target, name)) continue;
    called = soc.target;
    ofTarget.emplace_back(soc.name);
  }
  const std::string list = fmt::format("{}", fmt::join(known, ", "));
  if (!ofTarget.empty()) return fmt::format("{}; target '{}' is for {}", list, called, fmt::join(ofTarget, ", "));
  // Drivers name the chip alone: 310P3.
  const std::string prefixed = fmt::format("Ascend{}", name);
  const bool isChip = std::find(known.begin(), known.end(), prefixed) != known.end();
  return support::listKnown(isChip ? prefixed : name, known);
}

}  // namespace

std::vector<std::string> Target::socVersions(std::string_view target) {
  std::vector<std::string> versions;
  const absl::StatusOr<std::vector<target::SocVersion>> table = socTable();
  if (!table.ok()) return versions;
  for (const target::SocVersion& soc : *table) {
    if (target.empty() || soc.target == target) versions.push_back(soc.name);
  }
  return versions;
}

absl::StatusOr<Target> Target::forSoc(std::string_view socVersion) {
  const absl::StatusOr<std::vector<target::SocVersion>> table = socTable();
  if (!table.ok()) return table.status();
  for (const target::SocVersion& soc : *table) {
    if (soc.name == socVersion) return builtin(soc.target);
  }
  return absl::NotFoundError(
      fmt::format("no SoC version '{}'; known are {}", socVersion, listKnownSocs(socVersion, *table)));
}

}  // namespace precast
