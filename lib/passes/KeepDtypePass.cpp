// keep_dtype: the nodes that the user names keep their own dtypes; they are lowered only where no kernel library serves
// them otherwise. Precision-semantics, section 5. Constant time per node (a hash lookup), plus one match per glob.
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

class KeepDtypePass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "keep-dtype"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    const KeepEntry* entry = node.keepEntry();
    if (entry == nullptr) return std::nullopt;
    PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::keepDtype);
    request.lowering = Lowering::lastResort;
    request.detail = entry->origin;
    return request;
  }
};

}  // namespace

std::shared_ptr<const PrecisionPass> makeKeepDtypePass() { return std::make_shared<KeepDtypePass>(); }

}  // namespace precast::passes
