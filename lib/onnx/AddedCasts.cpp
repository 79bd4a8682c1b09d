#include "onnx/AddedCasts.h"

#include "fmt/format.h"
#include "schema/Schema.h"

namespace precast::onnx {

absl::Status checkAddedCasts(const CompileResult& result, int opset) {
  if (opset == 0) return absl::OkStatus();
  const OpKind cast = makeOpKind({}, "Cast", opset);
  if (!cast.hasSchema) return absl::OkStatus();
  const DTypeSet& from = cast.signature.typeVars[cast.signature.inputs[0].typeVar];
  const DTypeSet& to = cast.signature.typeVars[cast.signature.outputs[0].typeVar];
  for (const InsertedCast& inserted : result.rewrite.casts) {
    if (from.contains(inserted.from) && to.contains(inserted.to)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "value '{}' cannot be cast from {} to {}: Cast-{}, which the model's opset {} has, does not allow that",
        result.graph.valueName(inserted.value), toString(inserted.from), toString(inserted.to), cast.sinceVersion,
        opset));
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
