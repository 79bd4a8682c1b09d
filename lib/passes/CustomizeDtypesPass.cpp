// customize_dtypes: the user names the dtypes that operands of a node must have. That only filters the kernel rows;
// what is wanted of the rest is for the next pass to say, and a node that no such row serves is an error
// (precision-semantics, section 5). Constant time per node.
#include "passes/StandardPasses.h"

namespace precast::passes {

namespace {

class CustomizeDtypesPass final : public PrecisionPass {
 public:
  std::string_view name() const override { return "customize-dtypes"; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    const CustomDtypes* entry = node.customDtypes();
    if (entry == nullptr) return std::nullopt;
    PrecisionRequest request;
    request.filtersOnly = true;
    request.reason = Reason::customized;
    request.detail = entry->nodes.origin;
    for (const bool output : {false, true}) {
      const auto& dtypes = output ? entry->outputs : entry->inputs;
      for (std::uint32_t slot = 0; slot < dtypes.size(); ++slot) {
        if (dtypes[slot].has_value()) request.operands.push_back({output, slot, Want::own, *dtypes[slot]});
      }
    }
    return request;
  }
};

}  // namespace

std::shared_ptr<const PrecisionPass> makeCustomizeDtypesPass() { return std::make_shared<CustomizeDtypesPass>(); }

}  // namespace precast::passes
