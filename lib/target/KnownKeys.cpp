#include "target/KnownKeys.h"

#include <algorithm>

#include "absl/types/span.h"
#include "support/NearestName.h"

namespace precast::target {

namespace {

struct Keys {
  absl::Span<const std::string_view> read;
  absl::Span<const std::string_view> others;  // source: the parsers of op-info libraries in Ascend's graph engine
};

constexpr std::string_view kEntryRead[] = {"cube",          "domain",       "dynamicFormat",    "moves_data",
                                           "opFile",        "opInfo",       "precision_reduce", "rows",
                                           "since_version", "until_version"};
constexpr std::string_view kEntryOthers[] = {"aclnnSupport",
                                             "async",
                                             "attr",
                                             "binfile",
                                             "compute",
                                             "coreType",
                                             "cubeOp",
                                             "dynamicCompileStatic",
                                             "dynamicRankSupport",
                                             "dynamicShapeSupport",
                                             "heavyOp",
                                             "imp_path",
                                             "inputMemContinues",
                                             "jitCompile",
                                             "kernel",
                                             "needCheckSupport",
                                             "op",
                                             "opImplSwitch",
                                             "opInterface",
                                             "outputMemContinues",
                                             "partial",
                                             "prebuildPattern",
                                             "precision_reduce_bf16",
                                             "rangeLimit",
                                             "sgatKeyAttr",
                                             "slicePattern",
                                             "softsync",
                                             "why"};
constexpr std::string_view kOperandRead[] = {"dtype", "name", "paramType", "parameter", "type"};
constexpr std::string_view kOperandOthers[] = {
    "enable",     "fallback",   "format",           "needCompile",         "reshapeType",         "shape",
    "shapesType", "sub_format", "tuneformatSwitch", "unknownshape_enable", "unknownshape_format", "value",
    "valueDepend"};
constexpr std::string_view kFlagRead[] = {"flag"};
constexpr std::string_view kFileRead[] = {"value"};
constexpr std::string_view kInfoRead[] = {"engine"};
constexpr std::string_view kInfoOthers[] = {
    "computeCost", "flagAsync", "flagPartial",         "formatAgnostic", "functionName", "kernelSo",     "opKernelLib",
    "opsFlag",     "resource",  "subTypeOfInferShape", "topicType",      "userDefined",  "workspaceSize"};

Keys keysAt(KeyPlace place) {
  switch (place) {
  case KeyPlace::entry:
    return {kEntryRead, kEntryOthers};
  case KeyPlace::operand:
    return {kOperandRead, kOperandOthers};
  case KeyPlace::flag:
    return {kFlagRead, kFileRead};
  case KeyPlace::file:
    return {kFileRead, kFlagRead};
  case KeyPlace::info:
    break;
  }
  return {kInfoRead, kInfoOthers};
}

}  // namespace

std::string_view meantKey(KeyPlace place, std::string_view key) {
  const Keys keys = keysAt(place);
  const auto has = [](absl::Span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has(keys.read, key) || has(keys.others, key)) return {};
  const std::string_view near = support::nearestName(key, keys.read);
  if (near.empty()) return {};
  const std::string_view pair[] = {near, support::nearestName(key, keys.others)};
  return has(keys.others, support::nearestName(key, pair)) ? std::string_view() : near;
}

}  // namespace precast::target
