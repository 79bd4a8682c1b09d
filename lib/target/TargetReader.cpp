#include <utility>

#include "fmt/format.h"
#include "support/StrictJson.h"
#include "target/OpsInfoReader.h"

namespace precast::target {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonValue;

absl::StatusOr<std::vector<int>> readIndices(const JsonDocument& json, const JsonMember& member) {
  if (member.value.kind != JsonValue::Kind::array) {
    return json.error(member.value.position,
                      fmt::format("'{}' must be an array, is {}", member.key, describe(member.value.kind)));
  }
  std::vector<int> indices;
  for (const JsonValue& item : member.value.array) {
    if (item.kind != JsonValue::Kind::integer || item.integer < -1 || item.integer > 1000) {
      return json.error(item.position, fmt::format("'{}' holds operand indices, -1 for none", member.key));
    }
    indices.push_back(static_cast<int>(item.integer));
  }
  return indices;
}

}  // namespace

absl::StatusOr<std::vector<NamedMapping>> readOpMap(std::string_view text, std::string_view source) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  const JsonValue* map = json->root.find("map");
  if (map == nullptr || map->kind != JsonValue::Kind::array)
    return json->error(json->root.position, "an op map has an array 'map'");
  std::vector<NamedMapping> mappings;
  for (const JsonValue& item : map->array) {
    NamedMapping mapping;
    for (const JsonMember& member : item.object) {
      if (member.key == "onnx") mapping.onnxType = member.value.string;
      if (member.key == "type") mapping.mapping.targetType = member.value.string;
      if (member.key == "variant") mapping.mapping.variant = member.value.string;
      if (member.key == "since") mapping.mapping.sinceVersion = static_cast<int>(member.value.integer);
      if (member.key == "inputs" || member.key == "outputs") {
        absl::StatusOr<std::vector<int>> indices = readIndices(*json, member);
        if (!indices.ok()) return indices.status();
        (member.key == "inputs" ? mapping.mapping.inputs : mapping.mapping.outputs) = *std::move(indices);
      }
    }
    if (mapping.onnxType.empty() || mapping.mapping.targetType.empty()) {
      return json->error(item.position, "an entry of an op map names 'onnx' and 'type'");
    }
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

absl::StatusOr<TargetDescription> readTarget(std::string_view text, std::string_view source) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  TargetDescription target;
  const auto strings = [](const JsonValue& array) {
    std::vector<std::string> list;
    for (const JsonValue& item : array.array) list.push_back(item.string);
    return list;
  };
  for (const JsonMember& member : json->root.object) {
    if (member.key == "name") target.name = member.value.string;
    if (member.key == "unknown_ops") target.keepsUnknownOps = member.value.string == "keep";
    if (member.key == "op_map") target.opMap = member.value.string;
    if (member.key == "impl_modes") target.implModes = member.value.string;
    if (member.key == "default_rows") target.rowsFromSchema = member.value.string == "schema";
    if (member.key != "libraries") continue;
    for (const JsonValue& item : member.value.array) {
      TargetDescription::Library library;
      if (const JsonValue* name = item.find("name"); name != nullptr) library.name = name->string;
      if (const JsonValue* files = item.find("files"); files != nullptr) library.files = strings(*files);
      target.libraries.push_back(std::move(library));
    }
  }
  if (target.name.empty() || target.libraries.empty())
    return json->error(json->root.position, "a target has a name and libraries");
  return target;
}

absl::StatusOr<std::vector<SocVersion>> readSocVersions(std::string_view text, std::string_view source) {
  absl::StatusOr<JsonDocument> json = support::parseJson(text, source);
  if (!json.ok()) return json.status();
  const JsonValue* groups = json->root.find("soc_versions");
  if (groups == nullptr || groups->kind != JsonValue::Kind::array)
    return json->error(json->root.position, "a table of SoC versions has an array 'soc_versions'");
  std::vector<SocVersion> versions;
  for (const JsonValue& group : groups->array) {
    const JsonValue* target = group.find("target");
    const JsonValue* names = group.find("names");
    if (target == nullptr || target->string.empty() || names == nullptr || names->array.empty())
      return json->error(group.position, "an entry of 'soc_versions' has a 'target' and 'names'");
    for (const JsonValue& name : names->array) versions.push_back({name.string, target->string});
  }
  return versions;
}

}  // namespace precast::target
