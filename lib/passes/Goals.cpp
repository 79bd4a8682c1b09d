// What every operand of a node wants, and the kernel row that answers it. Nodes of one operator mostly repeat each
// other, so the answers are remembered.
#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "passes/Decider.h"
#include "passes/Modes.h"

namespace precast::passes {

DType Decider::wanted(Want want, std::size_t slot, DType own) const {
  if (want == Want::producer) {
    const DType dtype = context_.source(slot).dtype;
    return isFloat(dtype) ? dtype : own;
  }
  return want == Want::own ? own : dtypeOf(want);
}

void Decider::makeGoals(NodeId node, const PrecisionRequest& request) {
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  const DType* ownInputs = inputsOf(node);
  const DType* ownOutputs = outputsOf(node);
  const bool named = request.reason == Reason::userPass;
  goals_.resize(inputs.size() + outputs.size());
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    OperandGoal goal;
    goal.own = ownInputs[slot];
    if (isFloat(goal.own)) {
      goal.constant = constants_.isConstant[index(inputs[slot])] != 0;
      const Want want = goal.constant ? request.constants : request.inputs;
      goal.want = wanted(want, slot, goal.own);
      goal.followed = want == Want::producer;
      goal.explicitWant = named;
    }
    goals_[slot] = goal;
  }
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    OperandGoal goal;
    goal.own = ownOutputs[slot];
    if (isFloat(goal.own)) {
      goal.want = request.outputs == Want::producer ? goal.own : wanted(request.outputs, 0, goal.own);
      goal.explicitWant = named;
    }
    goals_[inputs.size() + slot] = goal;
  }
  if (request.inputs == Want::producer) followTogether();
  if (keepsOperands_[index(graph_.nodeKind(node))] != 0) keepMarkedOperands(node);
  for (const OperandWant& operand : request.operands) {
    const absl::Span<OperandGoal> goals = operand.output ? outputGoals(node) : inputGoals(node);
    if (operand.slot >= goals.size()) continue;
    OperandGoal& goal = goals[operand.slot];
    if (operand.only != DType::undefined) {
      goal.only = operand.only;
      continue;
    }
    if (!isFloat(goal.own)) continue;
    goal.want =
        operand.output && operand.want == Want::producer ? goal.own : wanted(operand.want, operand.slot, goal.own);
    goal.explicitWant = true;
    goal.followed = false;
  }
}

// Where one input follows its producer to the other 16-bit dtype, the operands that the schema ties to it may go along.
// If they may not, the node is raised now and lowered by the next compilation, which sees a float32 node.
void Decider::followTogether() {
  const auto leader = std::find_if(goals_.begin(), goals_.end(),
                                   [](const OperandGoal& goal) { return goal.followed && isHalf(goal.want); });
  if (leader == goals_.end()) return;
  const DType followed = leader->want;
  for (OperandGoal& goal : goals_) {
    if (isFloat(goal.own)) goal.beside = followed;
  }
}

// What must not lose precision although the schema would let it: `parameter: keep`, and what the kernel does not have.
void Decider::keepMarkedOperands(NodeId node) {
  const TargetOp& op = ops_[index(graph_.nodeKind(node))];
  const OwnDTypes own{plan_.inputs(graph_, node), plan_.outputs(graph_, node)};
  for (std::size_t operand = 0; operand < goals_.size(); ++operand) {
    OperandGoal& goal = goals_[operand];
    if (!isFloat(goal.own)) continue;
    const KernelOperand* serving = servingOperand(op, *firstEntry(op), own, operand);
    const bool keeps =
        serving != nullptr ? serving->keep : isForeignOperand(graph_.nodeOp(node), op, *firstEntry(op), own, operand);
    if (!keeps) continue;
    goal.want = goal.own;
    goal.explicitWant = true;        // whatever the others fall back to, ...
    goal.beside = DType::undefined;  // ... and whomever they follow
    goal.followed = false;
  }
}

// Nodes of one operator mostly repeat each other: the last two answers are tried first, then the table of all. The
// key is the goals themselves, byte for byte.
const RowAnswer& Decider::answerFor(NodeId node, const PrecisionRequest& request, bool mayLower) {
  static_assert(std::has_unique_object_representations_v<OperandGoal>, "goals are compared as bytes");
  const OpKindId kind = graph_.nodeKind(node);
  for (OperandGoal& goal : goals_) goal.mayLower = mayLower;
  const std::uint32_t header[] = {index(kind), static_cast<std::uint32_t>(request.fallback),
                                  static_cast<std::uint32_t>(graph_.inputs(node).size())};
  const std::size_t goalBytes = goals_.size() * sizeof(OperandGoal);
  const auto isKey = [&](const std::string& key) {
    return key.size() == sizeof(header) + goalBytes && std::memcmp(key.data(), header, sizeof(header)) == 0 &&
           std::memcmp(key.data() + sizeof(header), goals_.data(), goalBytes) == 0;
  };
  std::array<const Answered*, 2>& latest = latest_[index(kind)];
  for (const Answered* answered : latest) {
    if (answered != nullptr && isKey(answered->first)) return answered->second;
  }
  key_.assign(reinterpret_cast<const char*>(header), sizeof(header));
  key_.append(reinterpret_cast<const char*>(goals_.data()), goalBytes);
  auto found = answers_.find(key_);
  if (found == answers_.end()) {
    found =
        answers_
            .emplace(key_,
                     chooseRow(graph_.opKind(kind), ops_[index(kind)],
                               {goals_, graph_.inputs(node).size(), modeRow(policy_.mode).lowered, request.fallback}))
            .first;
  }
  latest = {&*found, latest[0]};
  return found->second;
}

}  // namespace precast::passes
