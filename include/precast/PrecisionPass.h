// Pluggable deciders. For each node, in topological order, the passes of a pipeline are asked in order; the first that
// answers decides what is wanted for the node's operands. Which of the wanted dtypes the node really gets is then a
// matter of the kernel rows that the target has (precision-semantics, sections 2 and 4).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Export.h"
#include "precast/Graph.h"
#include "precast/PrecisionPlan.h"
#include "precast/PrecisionPolicy.h"
#include "precast/Target.h"

namespace precast::passes {
class Decider;
class PolicyIndex;
struct ConstantOrigins;
}  // namespace precast::passes

PRECAST_EXPORT_BEGIN
namespace precast {

/// What an operand should be.
enum class Want : std::uint8_t {
  own,       ///< the dtype it has in the original graph
  producer,  ///< the dtype that its producer decided; own where there is none (graph inputs, constants)
  float32,
  float16,
  bfloat16,
};

/// What to try where no row has the wanted dtype.
enum class Fallback : std::uint8_t {
  raiseThenLower,  ///< float32; else, if lowering is permitted, a 16-bit dtype
  ownThenRaise,    ///< as if the operand's own dtype had been wanted
  /// Only rows in which the leading operand and the first float output have what they want; if there is none, as if
  /// every operand had wanted float32 (the matrix unit: float16 in, float32 out).
  bordersOrFloat32,
};

/// When an operand may become less precise than it was.
enum class Lowering : std::uint8_t {
  permitted,   ///< where the mode permits it
  never,       ///< a library that would have to is passed over
  lastResort,  ///< only if no library serves the node otherwise (with a warning)
};

/// An answer for one operand that differs from the rest of the request.
struct OperandWant {
  bool output = false;     ///< false: an input
  std::uint32_t slot = 0;  ///< which one
  Want want = Want::own;   ///< what it should be
  /// If set, only kernel rows that have this dtype there will do, and `want` does not count.
  DType only = DType::undefined;
};

/// The answer of a pass for one node.
struct PrecisionRequest {
  Want inputs = Want::own;                       ///< for every non-constant float input
  Want constants = Want::own;                    ///< for every constant float input
  Want outputs = Want::own;                      ///< for every float output
  Fallback fallback = Fallback::raiseThenLower;  ///< where no row has what is wanted
  Lowering lowering = Lowering::permitted;       ///< whether a less precise row will do
  Reason reason = Reason::keptOrigin;            ///< of a host's own pass: Reason::userPass
  NodeId because = NodeId::none;                 ///< the node whose decision this one follows, if any
  std::string_view
      detail;  ///< shown with the reason: where the policy said so; must outlive the call of compile()/plan()
  /// Answers for single operands. They permit lowering for the operands that they name.
  absl::InlinedVector<OperandWant, 2> operands;
  /// True: this request only filters the kernel rows (`only` of its operands); the next pass decides the rest.
  bool filtersOnly = false;

  /// Every float operand wants `want`.
  static PrecisionRequest uniform(Want want, Reason reason) {
    PrecisionRequest request;
    request.inputs = request.constants = request.outputs = want;
    request.reason = reason;
    return request;
  }
};

/// What a pass sees: one node, its producers' decisions, the target and the policy. Valid during the call only.
class NodeContext {
 public:
  /// The node that is decided.
  NodeId id() const { return node_; }
  /// Its name; "" if it has none.
  std::string_view name() const { return graph_.nodeName(node_); }
  /// Its operator.
  const OpKind& op() const { return graph_.nodeOp(node_); }
  /// What the target says about the operator, with the policy's list moves applied.
  const TargetOp& targetOp() const { return ops_[index(graph_.nodeKind(node_))]; }
  /// The graph that is compiled.
  const Graph& graph() const { return graph_; }
  /// CompileOptions::target, or the target "onnx".
  const Target& target() const { return target_; }
  /// CompileOptions::policy.
  const PrecisionPolicy& policy() const { return policy_; }

  /// Number of input slots; slots run from 0.
  std::size_t inputCount() const { return graph_.inputs(node_).size(); }
  /// Number of output slots.
  std::size_t outputCount() const { return graph_.outputs(node_).size(); }
  /// Own dtype of an operand; undefined if it is omitted or unknown.
  DType inputDType(std::size_t slot) const { return own(graph_.inputs(node_)[slot]); }
  /// As inputDType().
  DType outputDType(std::size_t slot) const { return own(graph_.outputs(node_)[slot]); }
  /// True if the input is a constant, directly or through data movers only.
  bool isConstant(std::size_t slot) const;
  /// The node whose decision input `slot` follows (seen through 16-bit -> float32 Casts of a node's result), and the
  /// dtype that it decided; {none, own dtype} for region inputs, constants, and Casts of those.
  struct Source {
    NodeId node = NodeId::none;      ///< none: there is no such node
    DType dtype = DType::undefined;  ///< what it decided, else the own dtype
  };
  /// Whom input `slot` follows.
  Source source(std::size_t slot) const;
  /// The constant beyond float16's range (finite magnitudes of 65520 and more) that reaches input `slot` through data
  /// movers, Casts, sums and products; {none} if there is none or its contents are unknown. Known only while the
  /// numeric guard is on keep.
  struct BeyondHalf {
    ValueId constant = ValueId::none;  ///< none: there is none
    std::uint64_t elements = 0;        ///< how many are beyond
    double maxAbs = 0;                 ///< the largest finite magnitude in the constant
    bool summed = false;               ///< the operand is a sum with it (a mask) or a product, itself beyond the range
  };
  /// The constant that input `slot` could not hold in float16.
  BeyondHalf constantBeyondHalf(std::size_t slot) const;
  /// The attribute of the node (Graph::attributeNumbers()) that is beyond the range of float16 and on which its result
  /// hangs; of several, that of the largest magnitude. "" if there is none. Known only while the numeric guard is on
  /// keep.
  std::string_view attributeBeyondHalf() const;
  /// False: constantBeyondHalf() and attributeBeyondHalf() have nothing for any node of the graph.
  bool anyConstantBeyondHalf() const { return anyBeyondHalf_; }

  /// The entry of PrecisionPolicy::keepDtype that matches this node (a name before a glob before a type); null if none
  /// does.
  const KeepEntry* keepEntry() const;
  /// The entry of PrecisionPolicy::customizeDtypes that matches this node; null if none does.
  const CustomDtypes* customDtypes() const;
  /// Where the policy put the operator on its list: ListMove::origin; "" if the colour is the target's own.
  std::string_view colourOrigin() const;

 private:
  friend class passes::Decider;
  NodeContext(const Graph& graph, const PrecisionPlan& plan, const Target& target, const PrecisionPolicy& policy,
              absl::Span<const TargetOp> ops, const passes::ConstantOrigins& constants,
              const passes::PolicyIndex& index);
  DType own(ValueId value) const { return value == ValueId::none ? DType::undefined : graph_.dtype(value); }

  const Graph& graph_;
  const PrecisionPlan& plan_;
  const Target& target_;
  const PrecisionPolicy& policy_;
  absl::Span<const TargetOp> ops_;
  const passes::ConstantOrigins& constants_;
  const passes::PolicyIndex& index_;
  bool anyBeyondHalf_;
  NodeId node_ = NodeId::none;
};

/// A decider. Implementations are const, stateless and thread-safe: one object serves many compilations at once.
class PrecisionPass {
 public:
  /// Passes are shared by pointer.
  virtual ~PrecisionPass() = default;
  /// Kebab-case; appears in reports as `user-pass:<name>` when a request has Reason::userPass.
  virtual std::string_view name() const = 0;
  /// What this pass wants for `node`; std::nullopt to leave it to the next pass.
  virtual std::optional<PrecisionRequest> decide(const NodeContext& node) const = 0;
};

/// An ordered list of passes; names are unique. A value; const access is thread-safe.
class PassPipeline {
 public:
  /// No passes: every node keeps its own dtypes where kernels allow it.
  PassPipeline() = default;

  /// The built-in deciders in the order of precedence: "customize-dtypes", "keep-dtype", "numeric-guard",
  /// "list-colour", "mode".
  static PassPipeline standard();

  /// Appends `pass`. kAlreadyExists if a pass of that name is there, kInvalidArgument for null.
  absl::Status add(std::shared_ptr<const PrecisionPass> pass);
  /// Inserts `pass` before the pass named `before`; kNotFound lists the names that are there.
  absl::Status insertBefore(std::string_view before, std::shared_ptr<const PrecisionPass> pass);
  /// Removes the pass named `name`; kNotFound lists the names that are there.
  absl::Status remove(std::string_view name);
  /// In the order in which they are asked.
  absl::Span<const std::shared_ptr<const PrecisionPass>> passes() const { return passes_; }

 private:
  friend class passes::Decider;
  bool isStandard_ = false;  // nothing was added: what these passes look at is known
  std::vector<std::shared_ptr<const PrecisionPass>> passes_;
};

}  // namespace precast
PRECAST_EXPORT_END
