// Readers of the JSON files that describe a target: op-info tables in Ascend's own format with a few extensions, op
// maps, target descriptions and the table of SoC versions (ops_info/README.md). Pure functions; thread-safe. Errors are
// kInvalidArgument "FILE:LINE:COLUMN: ...".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/Target.h"

namespace precast::target {

/// What an operator of an op-info file has rows for, before it meets the table that it overlays.
struct ReadEntry {
  OpEntry entry;
  std::string key;                     ///< the operator as the file spells it
  std::string place;                   ///< "FILE:LINE:COLUMN" of its key
  std::string engine;                  ///< that runs it, as CANN calls it; "" if the entry says none
  bool rowsUnstated = false;           ///< neither `dtype` nor `type` columns: it has the default rows
  bool dynamicWithoutColumns = false;  ///< `dynamicFormat` and no `dtype`: rows come from elsewhere
  bool kernelWithoutOperands = false;  ///< as `rows` says, or CANN describes it so: it needs no rows
};

/// An op-info table. Keys that precast has no use for are ignored: CANN's own files have many. One that was meant as an
/// operand but is none, an unknown `paramType`, `parameter` or `rows`, and a flag that is neither `true` nor `false`,
/// are errors, and so is an operator without a name; a key that is nearly one which is read, a gap in the operands of
/// an entry with columns, and an entry that no operator can reach, are warnings. `defaultRows` is what an entry without
/// any `dtype` or `type` column has.
absl::StatusOr<std::vector<ReadEntry>> readOpsInfo(std::string_view text, std::string_view source,
                                                   RowSource defaultRows, const DiagnosticSink& diagnostics = {});

struct NamedMapping {
  std::string onnxType;
  OpMapping mapping;
};
absl::StatusOr<std::vector<NamedMapping>> readOpMap(std::string_view text, std::string_view source);

struct TargetDescription {
  std::string name;
  struct Library {
    std::string name;
    std::vector<std::string> files;
  };
  std::vector<Library> libraries;  ///< in the order in which they are tried
  bool keepsUnknownOps = false;
  std::string opMap;      ///< file; "" for none
  std::string implModes;  ///< file of the implementation modes that kernels offer; "" for none
  bool rowsFromSchema = false;
};
absl::StatusOr<TargetDescription> readTarget(std::string_view text, std::string_view source);

struct SocVersion {
  std::string name;    ///< as Ascend's tools call it
  std::string target;  ///< the built-in target that describes it
};
absl::StatusOr<std::vector<SocVersion>> readSocVersions(std::string_view text, std::string_view source);

}  // namespace precast::target
