// Which built-in target describes which Ascend SoC: ops_info/ascend/soc-versions.json.
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
  std::vector<std::string_view> names;
  for (const target::SocVersion& soc : *table) {
    if (soc.name == socVersion) return builtin(soc.target);
    names.push_back(soc.name);
  }
  return absl::NotFoundError(
      fmt::format("no SoC version '{}'; known are {}", socVersion, support::listKnown(socVersion, names)));
}

}  // namespace precast
