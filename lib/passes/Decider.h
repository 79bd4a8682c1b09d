// The traversal: every node once, in topological order; the passes say what is wanted, the target's rows what there is.
// precision-semantics, section 2. Linear in nodes and operands; no backtracking, no fixed point.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "ir/UseList.h"
#include "passes/ConstantOrigins.h"
#include "passes/PolicyIndex.h"
#include "passes/RowChoice.h"
#include "precast/Diagnostics.h"
#include "precast/Graph.h"
#include "precast/PrecisionPass.h"
#include "precast/PrecisionPlan.h"
#include "precast/Target.h"

namespace precast::passes {

class Decider {
 public:
  /// `graph` has been verified; `order` is its topological order. All arguments outlive the decider.
  Decider(const Graph& graph, const Target& target, const PrecisionPolicy& policy, const PassPipeline& pipeline,
          std::vector<NodeId> order, const ConstantScan& scan, const DiagnosticSink& diagnostics);

  /// The plan, or kFailedPrecondition naming every node that no library accepts.
  absl::StatusOr<PrecisionPlan> run();

 private:
  struct Refusal {
    NodeId node;
    std::string why;  // what there is instead
  };
  /// A glob that has no effect on a node, and perhaps none on any that it matches.
  struct IdleGlob {
    const NodeSelector* entry;
    std::string_view policy;
    std::string_view id;
    NodeId first;
    std::string_view why;
    std::size_t matches = 0;
    bool hasEffect = false;
  };
  using Answered = std::pair<const std::string, RowAnswer>;

  /// All that the standard passes and the row depend on, beside the operator; and what came of it.
  struct Situation {
    static constexpr std::size_t kMaxBytes = 32;
    alignas(std::uint64_t) std::array<std::uint8_t, kMaxBytes> bytes{};  ///< zeros up to the end of the last word
    std::uint8_t size = 0;
    /// Who decided the first float input that is no constant: whom gray nodes follow. No part of what is compared.
    NodeId leader = NodeId::none;
  };
  struct Recalled {
    Situation situation;
    Decision decision;
    std::array<DType, Situation::kMaxBytes> dtypes{};  ///< inputs by slot, then outputs by slot
  };

  // Decider.cpp: the traversal, and operators that need a kernel row.
  void decideNode(NodeId node);
  PrecisionRequest ask();
  void decideByClass(NodeId node);
  bool isOmitted(const OperandWant& filter) const;
  bool fitsFilters(NodeId node) const;
  void giveImplMode(NodeId node);
  void decideCompute(NodeId node, const PrecisionRequest& request);
  void giveReason(NodeId node, const PrecisionRequest& request, const RowAnswer& answer);
  void keepOwn(NodeId node, Reason reason);
  void keepWithoutRows(NodeId node);
  void noteLackOfSchemas() const;

  // Goals.cpp: what the operands of a node want, and the row that answers it.
  void makeGoals(NodeId node, const PrecisionRequest& request);
  void followTogether();
  void keepMarkedOperands(NodeId node);
  const RowAnswer& answerFor(NodeId node, const PrecisionRequest& request, bool mayLower);
  absl::Span<OperandGoal> inputGoals(NodeId node) { return {goals_.data(), graph_.inputs(node).size()}; }
  absl::Span<OperandGoal> outputGoals(NodeId node) {
    return {goals_.data() + graph_.inputs(node).size(), graph_.outputs(node).size()};
  }
  DType wanted(Want want, std::size_t slot, DType own) const;

  // Recall.cpp: nodes in the same situation as one before.
  bool isTypical(NodeId node);
  bool recall(NodeId node);
  void remember(NodeId node);

  // Refusals.cpp: nodes that no library accepts.
  // kernelRows stays last: there is a place for each.
  enum class Help : std::uint8_t {
    freeOperand,
    freeUnchanged,
    otherSchema,
    nameOperands,
    lowerByMode,
    float16Kernels,
    keepDtype,
    kernelRows
  };
  void refuse(NodeId node, Help help);
  std::string filterLabel(NodeId node) const;
  std::string askedByFilters(NodeId node) const;
  bool lacksFiltered(NodeId node) const;
  std::string unmetByNode(NodeId node) const;
  std::string whyRefused(NodeId node) const;
  std::string whyUnnamed(NodeId node, const FilteredRow& row);
  Help whatHelps(NodeId node, const PrecisionRequest& request);
  absl::Status refusalError() const;

  // GraphOps.cpp: operators that need no kernel row.
  void decideConstant(NodeId node);
  void decideControlFlow(NodeId node);
  void decideCast(NodeId node, const PrecisionRequest& request);
  void decideMover(NodeId node, const PrecisionRequest& request);
  DType filteredFloat(bool outputsOnly) const;
  void warnNoEffect(std::string_view id, std::string_view policy, const NodeSelector& entry, NodeId node,
                    std::string_view why);
  void warnIdleGlobs();

  // SettleConstants.cpp: what waits for its users' decisions.
  void settle();
  void settleCasts(const ir::UseList& uses);
  bool handsOn(NodeId node) const;
  template <typename Visit>
  void forEachReader(const ir::UseList& uses, ValueId value, const Visit& visit) const;
  void settleConstants(const ir::UseList& uses);

  struct Operands {
    bool anyFloat = false;
    bool anyUnknown = false;
    bool anyUnknownInput = false;
  };
  Operands ownOperands(NodeId node) const;
  bool isConstantMover(NodeId node) const;
  std::uint32_t detailIndex(std::string_view detail);
  void noteRaised() const;
  void warn(Severity severity, std::string_view id, NodeId node, std::string message) const;

  DType* inputsOf(NodeId node) { return plan_.inputDTypes.data() + graph_.inputOffset(node); }
  DType* outputsOf(NodeId node) { return plan_.outputDTypes.data() + graph_.outputOffset(node); }
  DType decided(ValueId value) const;

  const Graph& graph_;
  const Target& target_;
  const PrecisionPolicy& policy_;
  const PassPipeline& pipeline_;
  const DiagnosticSink& diagnostics_;
  std::vector<TargetOp> ops_;
  PrecisionPlan plan_;
  ConstantOrigins constants_;
  PolicyIndex index_;
  NodeContext context_;
  std::vector<char> keepsOperands_;  // by operator: some operand keeps its own dtype in every mode
  std::vector<char> lacksSchema_;    // by operator: see lacksSchema(); not of single ones that a model calls its own
  NodeId firstWithoutSchema_ = NodeId::none;
  std::size_t countWithoutSchema_ = 0;
  std::vector<Refusal> refusals_;
  // What passes that only filter ask of the node at hand.
  absl::InlinedVector<OperandWant, 2> filters_;
  std::string_view filterDetail_;
  // By Help: what would get a refused node a kernel.
  std::array<bool, static_cast<std::size_t>(Help::kernelRows) + 1> helps_{};
  std::optional<FilteredRow> filtered_;  // Help::nameOperands: the row of the node at hand that would serve it
  std::string named_;               // "InputDtype:float16,OutputDtype:float16 for node 'a'": of the first such node
  std::vector<OperandGoal> goals_;  // of the node at hand, inputs then outputs; kept to reuse its storage
  std::string key_;
  absl::node_hash_map<std::string, RowAnswer> answers_;            // lookups only
  std::vector<std::array<const Answered*, 2>> latest_;             // by operator: its last two answers
  Situation situation_;                                            // of the node at hand
  bool repeats_ = false;                                           // another node in its situation fares the same
  std::vector<std::array<Recalled, 4>> recalled_;                  // by operator: the latest
  absl::flat_hash_map<std::string, std::uint32_t> detailIndices_;  // lookups only
  /// Entries of operator types that were told already that they have no effect on a node; lookups only.
  absl::flat_hash_set<const NodeSelector*> typesTold_;
  std::vector<IdleGlob> idleGlobs_;
};

}  // namespace precast::passes
