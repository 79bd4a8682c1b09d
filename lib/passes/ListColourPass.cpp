// The mixed modes: white operators take the mode's 16-bit dtype, black ones keep their own, gray ones follow the node
// before them (precision-semantics, section 3). Operators that need no kernel row follow as gray ones do, unless they
// have a colour.
#include "passes/Modes.h"
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

PrecisionRequest white(PrecisionMode mode) {
  const Want want = modeRow(mode).lowered == DType::bfloat16 ? Want::bfloat16 : Want::float16;
  PrecisionRequest request = PrecisionRequest::uniform(want, Reason::whiteList);
  request.fallback = Fallback::ownThenRaise;
  return request;
}

PrecisionRequest black() {
  PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::blackList);
  request.lowering = Lowering::never;
  return request;
}

PrecisionRequest gray(const NodeContext& node) {
  PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::keptOrigin);
  request.inputs = Want::producer;
  for (std::size_t slot = 0; slot < node.inputCount(); ++slot) {
    if (!isFloat(node.inputDType(slot)) || node.isConstant(slot)) continue;
    if (const NodeContext::Source source = node.source(slot); source.node != NodeId::none) {
      request.reason = Reason::grayFollows;
      request.because = source.node;
    }
    break;  // the first non-constant float input decides
  }
  return request;
}

class ListColourPass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "list-colour"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    if (!isMixMode(node.policy().mode)) return std::nullopt;
    const TargetOp& op = node.targetOp();
    if (op.opClass == OpClass::cast) return std::nullopt;
    PrecisionRequest request = op.colour == ListColour::white   ? white(node.policy().mode)
                               : op.colour == ListColour::black ? black()
                                                                : gray(node);
    request.detail = node.colourOrigin();
    return request;
  }
};

}  // namespace

std::shared_ptr<const PrecisionPass> makeListColourPass() { return std::make_shared<ListColourPass>(); }

}  // namespace precast::passes
