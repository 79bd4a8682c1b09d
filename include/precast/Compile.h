// The compiler: decide the dtype of every operand, place the casts, convert the constants.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/Diagnostics.h"
#include "precast/Export.h"
#include "precast/Graph.h"
#include "precast/Half.h"
#include "precast/PrecisionPass.h"
#include "precast/PrecisionPlan.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Progress.h"
#include "precast/Target.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// What compile() and plan() go by. A default-constructed one is force_fp16 on the target "onnx".
struct CompileOptions {
  /// What the user wants. Default: force_fp16, as ATC.
  PrecisionPolicy policy;
  /// What the hardware has. Null: the built-in target "onnx". Must outlive the call.
  const Target* target = nullptr;
  /// Who decides. Null: PassPipeline::standard(). Must outlive the call.
  const PassPipeline* passes = nullptr;
  /// Where warnings and notes go. Default: nowhere.
  DiagnosticSink diagnostics;
  /// Threads that scan constants; 0: as many as there are processors.
  unsigned threads = 0;
  /// Who is told how far the scan of constants is. Default: nobody.
  ProgressSink progress;
};

/// What compile() and plan() check before they look at a graph: kInvalidArgument if the policy contradicts itself (list
/// moves without a mixed mode, an operator on two lists, entries for the same nodes or output that disagree), has an
/// entry without a name, or contradicts the target (a bfloat16 mode where nothing computes in bfloat16).
absl::Status checkOptions(const CompileOptions& options);

/// One Cast that compile() inserted.
struct InsertedCast {
  ValueId value = ValueId::none;     ///< the value that is cast, in the input graph
  DType from = DType::undefined;     ///< dtype that the value has there
  DType to = DType::undefined;       ///< dtype that its users read
  std::size_t users = 0;             ///< operands and graph outputs that read the result
  std::int64_t bytes = -1;           ///< bytes read and written by the Cast; -1 if the shape is unknown
  RegionId region = RegionId::main;  ///< where the Cast stands, in the input graph
};

/// An operand of the input graph that reads a constant, directly or through data movers.
struct ConstantUser {
  NodeId node;         ///< who reads it
  std::uint32_t slot;  ///< at which input
};

/// One constant, or default of a graph input, whose dtype compile() changed. Its contents are converted when they are
/// read (convertTensor) or written.
struct ConvertedConstant {
  ValueId value = ValueId::none;  ///< in the output graph
  DType from = DType::undefined;  ///< dtype of the contents
  DType to = DType::undefined;    ///< dtype of the value
  std::uint32_t usersBegin = 0;   ///< in RewriteSummary::constantUsers
  std::uint32_t userCount = 0;    ///< see RewriteSummary::users()
};

/// What a node fills its result with (ConstantOfShape), where a front end wrote it at another dtype: no constant of the
/// graph, so that compile() does not know it.
struct ConvertedFill {
  NodeId node = NodeId::none;     ///< in the graph that was compiled
  ValueId value = ValueId::none;  ///< its result, in the output graph
  DType from = DType::undefined;  ///< dtype in the model
  DType to = DType::undefined;    ///< dtype as written
  ConversionStats stats;          ///< what the conversion did
};

/// The implementation mode of one node of the output graph.
struct NodeImplMode {
  NodeId node = NodeId::none;                 ///< in the output graph
  ImplMode mode = ImplMode::highPerformance;  ///< what its kernel should use
};

/// What the rewrite did to the graph.
struct RewriteSummary {
  std::vector<InsertedCast> casts;                ///< in a fixed order
  std::size_t castsRemoved = 0;                   ///< Casts of the input graph that became superfluous
  std::vector<ConvertedConstant> constants;       ///< in a fixed order, which ConversionStats follow
  std::vector<ConstantUser> constantUsers;        ///< of all constants, one after the other
  NumericGuard numericGuard = NumericGuard::off;  ///< the guard in force
  Overflow overflow = Overflow::saturate;         ///< of constants beyond the range of their new dtype
  /// Nodes of the output graph whose implementation mode the policy chose, in order; front ends write it down.
  std::vector<NodeImplMode> implModes;

  /// Who reads a constant at its new dtype, by node and slot.
  absl::Span<const ConstantUser> users(const ConvertedConstant& constant) const {
    return absl::MakeConstSpan(constantUsers).subspan(constant.usersBegin, constant.userCount);
  }
};

/// A compiled graph, with the decisions behind it.
struct CompileResult {
  Graph graph;             ///< the rewritten graph; shares the input's buffers
  PrecisionPlan plan;      ///< for the nodes of the input graph
  RewriteSummary rewrite;  ///< what differs from the input
};

/// Decides the precision of every node of `graph` and returns the rewritten graph with the plan that explains it.
/// Inputs and outputs of the graph keep name, order and dtype. `graph` is not changed. Pure, deterministic,
/// thread-safe; linear time. kInvalidArgument: the graph does not verify, or the policy contradicts itself.
/// kFailedPrecondition: nodes that no kernel library accepts, all named with what each library offers and what would
/// help. kInternal: the result does not verify.
absl::StatusOr<CompileResult> compile(const Graph& graph, const CompileOptions& options = {});

/// The decisions alone, for engines that have their own IR. Of weights it touches those that a Cast may bring to
/// float16 at run time (numeric guard, not off), or all of them where the guard keeps nodes by them. Errors as
/// compile().
absl::StatusOr<PrecisionPlan> plan(const Graph& graph, const CompileOptions& options = {});

/// Bytes of the contents of constant `value` at its dtype; kInvalidArgument if it is not a constant,
/// kFailedPrecondition if its contents are unknown.
absl::StatusOr<std::size_t> tensorBytes(const Graph& graph, ValueId value);

/// Writes the contents of constant `value`, converted to its dtype, to `out`, whose size must be tensorBytes(). Round
/// to nearest even; finite values beyond the range saturate or, as RewriteSummary::overflow may ask, become infinite;
/// infinities and NaN stay. Returns what the conversion did.
absl::StatusOr<ConversionStats> convertTensor(const Graph& graph, ValueId value, absl::Span<std::byte> out,
                                              Overflow overflow = Overflow::saturate);

/// Reports what the conversion of constants did (numeric guard, not off): a "weight-out-of-range" warning for each
/// constant whose values saturated, naming it and the users that take it as more than a bound; a note with all users if
/// none does; a "constant-vanishes" warning for each that is zero throughout and was not before. Defaults of retyped
/// inputs are reported likewise, and so are `fills`, at the node that fills. `stats` are by RewriteSummary::constants.
/// For whoever converts: the tool and the front ends, after writing.
void reportConversions(const Graph& input, const CompileResult& result, absl::Span<const ConversionStats> stats,
                       const DiagnosticSink& diagnostics, absl::Span<const ConvertedFill> fills = {});

}  // namespace precast
PRECAST_EXPORT_END
