// The flags that say what the user wants of precision, with the names and values of Ascend's ATC.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct PolicyFlags {
  std::string precisionMode;
  std::string precisionModeV2;
  std::string modifyMixlist;
  std::string keepDtype;
  std::string customizeDtypes;
  std::string opPrecisionMode;
  std::string opSelectImplmode;
  std::string optypelistForImplmode;
  std::string outputType;
  std::string inputFp16Nodes;
  std::string weightClip;
  std::string_view weightClipFlag = "--weight_clip";  ///< as it is spelled: ATC calls it --is_weight_clip
  std::string numericGuard;
};

void addPolicyFlags(CLI::App& command, PolicyFlags& flags);

/// The files that the flags name, each with its flag; "" where a flag is not given.
std::vector<std::pair<std::string_view, std::string>> policyFiles(const PolicyFlags& flags);

/// What the flags themselves say, without the files that they name; kInvalidArgument with one sentence about a flag
/// whose value is wrong or that contradicts another.
absl::StatusOr<PrecisionPolicy> policyOfFlags(const PolicyFlags& flags);

/// Adds what the files say to `policy`. Errors of the files, and kNotFound and the like for a file that cannot be read.
absl::Status readPolicyFiles(const PolicyFlags& flags, const Target& target, const DiagnosticSink& diagnostics,
                             PrecisionPolicy& policy);

}  // namespace precast::tool
