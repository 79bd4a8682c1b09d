// The precision mode: what every float operand wants when nobody else has spoken for the node. A mode is a row of a
// table (precision-semantics, section 3). The mixed modes end here only where the pipeline has no list-colour pass: own
// dtypes.
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

struct ModeRow {
  Want want;
  Lowering lowering;
  Reason reason;
};

// In the order of PrecisionMode.
constexpr ModeRow kModes[] = {
    {Want::float16, Lowering::permitted, Reason::forcedFp16},  // force_fp16
    {Want::float32, Lowering::permitted, Reason::forcedFp32},  // force_fp32
    {Want::own, Lowering::permitted, Reason::keptOrigin},      // allow_fp32_to_fp16
    {Want::own, Lowering::permitted, Reason::keptOrigin},      // allow_fp32_to_bf16
    {Want::own, Lowering::never, Reason::keptOrigin},          // must_keep_origin_dtype
    {Want::own, Lowering::permitted, Reason::keptOrigin},      // allow_mix_precision
    {Want::own, Lowering::permitted, Reason::keptOrigin},      // allow_mix_precision_bf16
    {Want::float32, Lowering::permitted, Reason::forcedFp32},  // cube_fp16in_fp32out, all but the cube operators
};

class ModePass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "mode"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    const PrecisionMode mode = node.policy().mode;
    const ModeRow& row = kModes[static_cast<std::size_t>(mode)];
    PrecisionRequest request = PrecisionRequest::uniform(row.want, row.reason);
    request.lowering = row.lowering;
    // A black operator without a float32 kernel goes to the next library rather than down to float16.
    if (row.want == Want::float32 && node.targetOp().colour == ListColour::black) request.lowering = Lowering::never;
    if (node.targetOp().opClass == OpClass::dataMover && row.want == Want::own) {
      request.inputs = request.outputs = Want::producer;
      request.reason = Reason::movesData;
    }
    return request;
  }
};

}  // namespace

std::shared_ptr<const PrecisionPass> makeModePass() { return std::make_shared<ModePass>(); }

}  // namespace precast::passes
