// The precision mode: what every float operand wants when nobody else has spoken for the node. A mode is a row of a
// table (precision-semantics, section 3). The mixed modes end here only where the pipeline has no list-colour pass: own
// dtypes.
#include "passes/Modes.h"
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

bool isCube(const TargetOp& op) {
  return !op.entries.empty() && op.entries.front() != nullptr && op.entries.front()->cube;
}

class ModePass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "mode"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    const PrecisionMode mode = node.policy().mode;
    const ModeRow& row = modeRow(mode);
    PrecisionRequest request = PrecisionRequest::uniform(row.want, row.reason);
    request.lowering = row.lowering;
    // A black operator without a float32 kernel goes to the next library rather than down to float16.
    const bool black = node.targetOp().colour == ListColour::black;
    if (row.want == Want::float32 && black) request.lowering = Lowering::never;
    if (node.targetOp().opClass == OpClass::dataMover && row.want == Want::own) {
      request.inputs = request.outputs = Want::producer;
      request.reason = Reason::movesData;
    }
    if (mode == PrecisionMode::cubeFp16InFp32Out && isCube(node.targetOp()) && !black) {
      request.inputs = request.constants = Want::float16;
      request.fallback = Fallback::bordersOrFloat32;
      request.reason = Reason::forcedFp16;
    }
    return request;
  }
};

}  // namespace

std::shared_ptr<const PrecisionPass> makeModePass() { return std::make_shared<ModePass>(); }

}  // namespace precast::passes
