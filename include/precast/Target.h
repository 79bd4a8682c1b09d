// What the hardware has: kernel libraries with their kernel rows, list colours, and how ONNX operators map onto them.
// Read from op-info JSON in Ascend's own format plus a few documented extensions (ops_info/README.md).
// A Target is immutable after loading; const access is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Diagnostics.h"
#include "precast/Export.h"
#include "precast/Graph.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// The list an operator is on in the mixed modes: `precision_reduce.flag` "true", "false", absent or empty.
enum class ListColour : std::uint8_t { gray, white, black };

/// How the decider treats an operator.
enum class OpClass : std::uint8_t {
  compute,      ///< needs a kernel row
  dataMover,    ///< needs no row: follows its input
  cast,         ///< Cast, CastLike
  controlFlow,  ///< If, Loop, Scan: operands and bodies' borders keep their dtypes
  keepOwn,      ///< Constant, Shape, Size, sequence and optional operators: own dtypes
};

/// Where the rows of an entry come from.
enum class RowSource : std::uint8_t {
  columns,  ///< `dtype` lists: row i is the i-th word of every list
  sets,     ///< AI CPU `type` lists: each operand's own dtype must be in its set
  schema,   ///< every float dtype that the operator's schema allows, at the model's opset
  uniform,  ///< dynamicFormat without columns: all floats float16, or all float32
};

/// One operand in the rows of an operator.
struct KernelOperand {
  std::string name;           ///< as the file spells it
  bool optional = false;      ///< may be omitted; then it matches anything
  bool variadic = false;      ///< paramType "dynamic": this operand and all that follow share its column
  bool keep = false;          ///< extension `parameter: keep`: wants its own dtype in every mode
  std::vector<DType> column;  ///< RowSource::columns: one dtype per row
  DTypeSet set;               ///< RowSource::sets
};

/// One operator in one kernel library.
struct OpEntry {
  std::string domain;                    ///< extension; "" is ONNX's default domain or none
  std::string type;                      ///< "Conv2D"
  int sinceVersion = 0;                  ///< extension: serves operators of this schema version and newer, ...
  int untilVersion = 0;                  ///< ... up to this one; 0: all newer ones, until another entry takes over
  ListColour colour = ListColour::gray;  ///< its list in the mixed modes
  bool colourStated = false;             ///< false: `precision_reduce` absent or empty
  OpClass opClass = OpClass::compute;    ///< whether it needs a row
  RowSource rows = RowSource::columns;   ///< how its rows are given
  std::size_t rowCount = 0;              ///< RowSource::columns
  bool cube = false;                     ///< runs on the matrix unit
  /// The implementation modes that the kernel offers ("high_precision", ...). From the built-in table of Ascend; an
  /// op-info file does not state them and cannot change them.
  std::vector<std::string> implModes;
  std::vector<KernelOperand> inputs;   ///< by input index
  std::vector<KernelOperand> outputs;  ///< by output index
  std::string source;                  ///< file it was read from
};

/// A set of kernels that is asked as one; a target has one or more, in order.
struct KernelLibrary {
  std::string name;              ///< as in reports: "aicore", "aicpu", "onnx"
  std::vector<OpEntry> entries;  ///< in the order of the files
};

/// How one ONNX operator is served by an operator of the target. An index of -1 is an operand that the target's
/// operator does not have. An empty vector is the identity.
struct OpMapping {
  std::string targetType;    ///< the operator of the target
  std::string variant;       ///< "" matches every OpKind::variant; else only that one
  int sinceVersion = 0;      ///< applies to operators of this version and newer
  std::vector<int> inputs;   ///< ONNX input slot -> target input index
  std::vector<int> outputs;  ///< ONNX output slot -> target output index
};

/// What a target says about one operator of a graph.
struct TargetOp {
  std::string_view targetType;           ///< "" if it has the graph's own name
  const OpMapping* mapping = nullptr;    ///< null: operands match by position
  OpClass opClass = OpClass::compute;    ///< whether it needs a row
  ListColour colour = ListColour::gray;  ///< its list, by the first library alone
  bool colourStated = false;             ///< false: no entry there, or one without a list
  bool known = false;                    ///< some library has an entry, or it needs none
  std::vector<const OpEntry*> entries;   ///< by library; null where that library has none
};

/// The tables of one piece of hardware. Copies share them.
class Target {
 public:
  /// A built-in target by name ("onnx", "ascend310"). kNotFound lists the names.
  static absl::StatusOr<Target> builtin(std::string_view name);
  /// The built-in target for an Ascend SoC, by the name that Ascend's tools use ("Ascend310P3"). kNotFound lists the
  /// known SoC versions. "Ascend910A" and "Ascend910B" are grades of the first Ascend910; "Ascend910B1" to
  /// "Ascend910B4" are the later 910b.
  static absl::StatusOr<Target> forSoc(std::string_view socVersion);
  /// The names that builtin() takes.
  static std::vector<std::string_view> builtinNames();
  /// The known SoC versions, or those of one built-in target.
  static std::vector<std::string> socVersions(std::string_view target = {});

  /// A target of its own from op-info JSON text: its first library is named "ops_info", behind it are those of the
  /// engines that entries name (withOpsInfo()); it has no op map, and unknown operators are refused. `source` is the
  /// target's name and names the text in errors (kInvalidArgument, with line and column).
  static absl::StatusOr<Target> fromOpsInfo(std::string_view json, std::string_view source,
                                            const DiagnosticSink& diagnostics = {});

  /// A copy of this target in which the entries of `json` replace or add to those of the library that their engine
  /// names (`opInfo.engine`, ops_info/README.md), or of the first. A library that this target does not have comes
  /// behind the others, with a warning ("ops-info-engine") unless it is made by fromOpsInfo(). An entry replaces those
  /// of its operator whose versions its own include: without `since_version`, all. A note
  /// ("ops-info-replaces") says which operators of which file are replaced.
  absl::StatusOr<Target> withOpsInfo(std::string_view json, std::string_view source,
                                     const DiagnosticSink& diagnostics = {}) const;

  /// The name in reports and messages.
  std::string_view name() const;
  /// In the order in which they are tried.
  absl::Span<const KernelLibrary> libraries() const;
  /// True: an operator without an entry keeps its own dtypes, with a warning. False: it is refused.
  bool keepsUnknownOps() const;
  /// True if ONNX operators reach this target's entries through an op map.
  bool hasOpMap() const;
  /// The operators that some library has an entry for, as "Type" or "domain:Type"; sorted, each once.
  std::vector<std::string> operatorNames() const;
  /// The ONNX operators that the op map serves; sorted, each once.
  std::vector<std::string> mappedOperatorNames() const;
  /// The ways in which the op map serves an ONNX operator: one per version and variant; none without an op map.
  std::vector<const OpMapping*> mappings(std::string_view onnxType) const;

  /// True if the first library has kernel rows with `dtype` for what a network mostly computes (every table has some
  /// bfloat16 for loading, storing and comparing alone): of the matrix unit, where the target marks its operators, else
  /// of MatMul, Gemm and Conv, or of any operator where it has none of these.
  bool computesIn(DType dtype) const;
  /// A built-in table of implementation modes, for resolveImplModes(): "high_precision", "high_performance", each also
  /// with _for_all behind it. "" if there is none of that name.
  static std::string_view implModeTable(std::string_view name);

  /// What this target says about `kind`. Views point into this target and stay valid as long as it (or a copy) lives.
  TargetOp resolve(const OpKind& kind) const;

 private:
  struct Table;
  explicit Target(std::shared_ptr<const Table> table);
  std::shared_ptr<const Table> table_;
};

}  // namespace precast
PRECAST_EXPORT_END
