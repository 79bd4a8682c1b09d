// The numeric guard's first rule: a node whose result hangs on a constant that float16 cannot hold keeps its own dtypes
// (precision-semantics, section 9). The case that taught it: a BatchNormalization of PP-OCR's text detector has a
// variance of 9.8e7; saturated to 65504 the model's output is noise (cosine 0.014), with that one node in float32 it is
// right (0.99998). A number among the node's attributes is such a constant too. Cost: one scan of the float constants
// per compilation, then a look-up per constant operand.
#include <algorithm>
#include <iterator>

#include "passes/ConstantUse.h"
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

struct UseRow {
  std::string_view type;
  std::uint32_t firstSlot;
  ConstantUse use;
};

// ONNX operators, those that ONNX Runtime fuses them to, and those that Ascend calls otherwise; sorted.
constexpr UseRow kUses[] = {
    {"Add", 0, ConstantUse::factor},
    {"BNInfer", 1, ConstantUse::factor},
    {"BatchMatMul", 0, ConstantUse::factor},
    {"BatchMatMulV2", 0, ConstantUse::factor},
    {"BatchNorm", 1, ConstantUse::factor},
    {"BatchNormalization", 1, ConstantUse::factor},
    {"Clip", 1, ConstantUse::bound},
    {"ClipByValue", 1, ConstantUse::bound},
    {"Conv", 1, ConstantUse::factor},
    {"Conv2D", 1, ConstantUse::factor},
    {"ConvTranspose", 1, ConstantUse::factor},
    {"Div", 0, ConstantUse::factor},
    {"Einsum", 0, ConstantUse::factor},
    {"FusedConv", 1, ConstantUse::factor},
    {"FusedGemm", 0, ConstantUse::factor},
    {"FusedMatMul", 0, ConstantUse::factor},
    {"GRU", 1, ConstantUse::factor},
    {"Gemm", 0, ConstantUse::factor},
    {"GroupNormalization", 1, ConstantUse::factor},
    {"InstanceNormalization", 1, ConstantUse::factor},
    {"LSTM", 1, ConstantUse::factor},
    {"LayerNorm", 1, ConstantUse::factor},
    {"LayerNormalization", 1, ConstantUse::factor},
    {"MatMul", 0, ConstantUse::factor},
    {"MatMulV2", 0, ConstantUse::factor},
    {"Max", 0, ConstantUse::bound},
    {"Maximum", 0, ConstantUse::bound},
    {"Min", 0, ConstantUse::bound},
    {"Minimum", 0, ConstantUse::bound},
    {"Mul", 0, ConstantUse::factor},
    {"Pad", 2, ConstantUse::bound},
    {"Pow", 0, ConstantUse::factor},
    {"RMSNormalization", 1, ConstantUse::factor},
    {"RNN", 1, ConstantUse::factor},
    {"RealDiv", 0, ConstantUse::factor},
    {"SimplifiedLayerNormalization", 1, ConstantUse::factor},
    {"SkipLayerNormalization", 1, ConstantUse::factor},
    {"SkipSimplifiedLayerNormalization", 1, ConstantUse::factor},
    {"Sub", 0, ConstantUse::factor},
    {"Where", 1, ConstantUse::bound},
};

constexpr bool usesAreSorted() {
  for (std::size_t row = 1; row < std::size(kUses); ++row) {
    if (kUses[row - 1].type >= kUses[row].type) return false;
  }
  return true;
}
static_assert(usesAreSorted(), "constantUse() searches kUses by bisection");

class NumericGuardPass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "numeric-guard"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    if (!node.anyConstantBeyondHalf()) return std::nullopt;
    if (!guardsConstants(node.policy())) return std::nullopt;
    if (const std::string_view attribute = node.attributeBeyondHalf(); !attribute.empty()) {
      PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::weightOutOfRange);
      request.lowering = Lowering::lastResort;
      request.detail = attribute;
      return request;
    }
    for (std::size_t slot = 0; slot < node.inputCount(); ++slot) {
      const NodeContext::BeyondHalf beyond = node.constantBeyondHalf(slot);
      if (!isFloat(node.inputDType(slot)) || beyond.constant == ValueId::none) continue;
      // A masked sum cast to float16 on its way here would hold infinities, which a Softmax turns into NaN.
      if (!beyond.summed && constantUse(node.op(), slot) != ConstantUse::factor) continue;
      PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::weightOutOfRange);
      request.lowering = Lowering::lastResort;
      request.detail = node.graph().valueName(beyond.constant);
      if (beyond.summed) request.because = node.source(slot).node;
      return request;
    }
    return std::nullopt;
  }
};

}  // namespace

ConstantUse constantUse(const OpKind& op, std::size_t slot) {
  const auto* row = std::lower_bound(std::begin(kUses), std::end(kUses), op.type,
                                     [](const UseRow& r, std::string_view type) { return r.type < type; });
  if (row == std::end(kUses) || row->type != op.type || slot < row->firstSlot) return ConstantUse::other;
  return row->use;
}

bool isBoundAlone(const Graph& graph, const ir::UseList& uses, ValueId value) {
  const absl::Span<const ir::Use> readers = uses.of(value);
  return !readers.empty() && !graph.isRegionOutput(value) &&
         std::all_of(readers.begin(), readers.end(), [&](const ir::Use& use) {
           return constantUse(graph.nodeOp(use.node), use.slot) == ConstantUse::bound;
         });
}

bool guardsConstants(const PrecisionPolicy& policy) {
  switch (policy.mode) {
  case PrecisionMode::forceFp32:
  case PrecisionMode::mustKeepOriginDtype:
    return false;  // nothing is lowered that has a float32 kernel
  case PrecisionMode::allowFp32ToBf16:
  case PrecisionMode::allowMixPrecisionBf16:
    return false;  // bfloat16 has the range of float32
  default:
    return true;
  }
}

std::shared_ptr<const PrecisionPass> makeNumericGuardPass() { return std::make_shared<NumericGuardPass>(); }

}  // namespace precast::passes
